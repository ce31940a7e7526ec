"""How an agent is woken: by which ways, in which order, and whether a test page arrives."""

from collections.abc import Mapping

from django.contrib import messages as flashes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import page_destinations as acts
from dueline.console.access import Visit, agents_only
from dueline.console.administration import administrators_only, typed_in
from dueline.core.errors import Refusal
from dueline.core.page_ways import SERVICES
from dueline.models import Agent, PageDestination
from dueline.outlets.paging import send_to
from dueline.queries.pages import destinations_of
from dueline.wording import pages as wording
from dueline.wording.refusals import say_refusal


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: Visit) -> HttpResponse:
    return _ways(request, request.person.id)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def of_agent(request: Visit, agent_id: int) -> HttpResponse:
    return _ways(request, agent_id)


def _ways(request: Visit, agent_id: int) -> HttpResponse:
    agent = Agent.objects.select_related("account").filter(pk=agent_id).first()
    if agent is None:
        raise Http404
    if request.method != "POST":
        return _page(request, agent, service=request.GET.get("service", ""))
    typed = typed_in(request)
    service = typed.get("service", "")
    try:
        acts.add(
            agent_id,
            service=service,
            label=typed.get("label", ""),
            typed=typed,
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        errors = {refusal.code: say_refusal(refusal)}
        return _page(request, agent, service=service, typed=typed, errors=errors)
    flashes.success(request, _("Added. Send a test page, and say whether it arrives."))
    return _back(request, agent_id)


@agents_only
@require_POST
def trial(request: Visit, destination_id: int) -> HttpResponse:
    """Send a test page and say at once what the service answers.

    This leaves the house within the request, in bounded time: it is a question to a service, like
    the trial of a mailbox. It says nothing of any case, and nobody waits for it but who asks.
    """
    try:
        destination = acts.begin_trial(destination_id, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _refused(request, refusal)
    if destination.kind == PageDestination.Kind.MAIL:
        acts.mail_trial(destination, actor=request.person, at=request.now)
        flashes.success(request, _("The test page is in the outbox."))
        return _back(request, destination.agent_id)
    text = wording.trial(desk_name=request.standing.name)
    told = send_to(
        destination.address,
        title=text.title,
        body=text.body,
        may_stay_inside=destination.may_stay_inside,
    )
    acts.note_trial(destination, ok=told.ok, said=told.said, at=request.now)
    say = flashes.success if told.ok else flashes.error
    say(request, f"{destination.label}: {told.said}")
    return _back(request, destination.agent_id)


@agents_only
@require_POST
def confirm(request: Visit, destination_id: int) -> HttpResponse:
    try:
        destination = acts.confirm(destination_id, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _refused(request, refusal)
    flashes.success(request, _("Good: this way wakes you."))
    return _back(request, destination.agent_id)


@agents_only
@require_POST
def move_up(request: Visit, destination_id: int) -> HttpResponse:
    destination = acts.move_up(destination_id, actor=request.person, at=request.now)
    return _back(request, destination.agent_id)


@agents_only
@require_POST
def activity(request: Visit, destination_id: int) -> HttpResponse:
    is_active = request.POST.get("is_active") == "yes"
    destination = acts.set_active(
        destination_id, is_active=is_active, actor=request.person, at=request.now
    )
    return _back(request, destination.agent_id)


@agents_only
@require_POST
def remove(request: Visit, destination_id: int) -> HttpResponse:
    destination = acts.remove(destination_id, actor=request.person, at=request.now)
    flashes.success(request, _("Removed."))
    return _back(request, destination.agent_id)


def _back(request: Visit, agent_id: int) -> HttpResponse:
    if agent_id == request.person.id:
        return HttpResponseRedirect(reverse("console:my_pages"))
    return HttpResponseRedirect(reverse("console:settings_pages", args=[agent_id]))


def _refused(request: Visit, refusal: Refusal) -> HttpResponse:
    if refusal.code == "not-found":
        raise refusal
    flashes.error(request, say_refusal(refusal))
    return HttpResponseRedirect(request.META.get("HTTP_REFERER", "/console/my-pages"))


def _page(
    request: Visit,
    agent: Agent,
    *,
    service: str = "",
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    chosen = SERVICES.get(service)
    ways = destinations_of(agent.pk)
    context = {
        "here": "my-pages",
        "agent": agent,
        "is_own": agent.pk == request.person.id,
        "ways": ways,
        "is_reachable": any(way.is_active and way.confirmed_at for way in ways),
        "services": [(key, one.title) for key, one in SERVICES.items()],
        "service": service if chosen else "",
        "chosen": chosen,
        "typed": typed or {},
        "errors": errors or {},
    }
    response = render(request, "console/my_pages.html", context, status=400 if errors else 200)
    response["Cache-Control"] = "no-store"
    return response
