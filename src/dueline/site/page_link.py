"""The page behind the link of a page: one button, and nobody signs in at three in the morning."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dueline.actions import attempts, page_answers
from dueline.core.errors import Refusal
from dueline.core.instants import now
from dueline.models import Page
from dueline.portal.access import computer_of
from dueline.queries.pages import page_facts, page_of_token
from dueline.wording.pages import say_acknowledged, say_due, say_what


# No cookie proves anything here, so none can be misused: the token in the address is the key. The
# windows that chat programs open for a link keep no cookies at all.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the page is about; post to acknowledge. A preview of the link changes nothing."""
    at = now()
    page = page_of_token(token, at=at)
    if page is None:
        return _unknown(request)
    if request.method != "POST":
        return _drawn(request, page)
    try:
        page_answers.by_link(token, at=at)
    except Refusal as refusal:
        if refusal.code == "not-found":
            return _unknown(request)
        return _drawn(request, page, status=409)
    return HttpResponseRedirect(request.path)


def _unknown(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        raise Http404
    network = attempts.network_of(computer_of(request))
    if attempts.take(attempts.PAGE_LINK, network, at=now()):
        raise Http404
    return HttpResponse("Too many links. Wait an hour.\n", status=429, content_type="text/plain")


def _drawn(request: HttpRequest, page: Page, *, status: int = 200) -> HttpResponse:
    paging, at = page.paging, now()
    facts = page_facts(page, at=at)
    with override(page.agent.language or get_language()):
        context = {
            "what": say_what(facts),
            "due": say_due(facts),
            "number": facts.number,
            "is_running": paging.state in (paging.State.RUNNING, paging.State.EXHAUSTED),
            "is_critical": facts.priority == "critical",
            "acknowledged": say_acknowledged(
                name=paging.acknowledged_by.name,
                at=paging.acknowledged_at,
                now=at,
                zone=facts.zone,
            )
            if paging.acknowledged_by and paging.acknowledged_at
            else "",
            "is_theirs": paging.acknowledged_by_id == page.agent_id,
            "name": page.agent.name,
            "case_url": f"/console/cases/{facts.number}" if facts.number else "/console/queue",
        }
        response = render(request, "page_link.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
