"""What stands under one's own letters to customers."""

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dueline.actions import agents
from dueline.console.access import Visit, agents_only
from dueline.console.refusals import status_of
from dueline.core.errors import Refusal
from dueline.queries.agents import signature_of
from dueline.wording.markdown import render as as_html
from dueline.wording.refusals import say_refusal


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Visit) -> HttpResponse:
    """Show the signature; post to look at another one, or to save it."""
    if request.method != "POST":
        return _page(request, signature_of(request.person.id))
    typed = request.POST.get("signature", "")
    if "look" in request.POST:
        return _page(request, typed)
    try:
        agents.set_own_signature(typed, actor=request.person)
    except Refusal as refusal:
        return _page(request, typed, refusal=refusal)
    flashes.success(request, _("Saved. It stands under what you write from now on."))
    return HttpResponseRedirect("/console/signature")


def _page(request: Visit, signature: str, *, refusal: Refusal | None = None) -> HttpResponse:
    context = {
        "here": "signature",
        "signature": signature,
        "drawn": as_html(signature),
        "errors": {"signature": say_refusal(refusal)} if refusal else {},
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "console/signature.html", context, status=status)
