"""Settings: the people of the desk."""

from collections.abc import Mapping

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import agents as acts
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.core.errors import Refusal
from dueline.queries.agents import agents
from dueline.queries.audit import role_changes
from dueline.queries.desk import desk_row
from dueline.queries.pages import failing_agents, unreachable_agents
from dueline.queries.quiet import away
from dueline.wording.quiet import say_away
from dueline.wording.refusals import say_refusal

_EMPTY = {"name": "", "email": "", "tier": "1"}


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Visit) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    typed = typed_in(request)
    try:
        agent, path = acts.add_agent(
            name=typed.get("name", ""),
            email=typed.get("email", ""),
            tier=_tier(typed),
            is_administrator=typed.get("is_administrator") == "yes",
            is_manager=typed.get("is_manager") == "yes",
            own_password=typed.get("own_password", ""),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _page(request, typed=typed, errors={refusal.code: say_refusal(refusal)})
    return _page(request, invited=(agent.name, path))


@administrators_only
@require_POST
def change(request: Visit, agent_id: int) -> HttpResponse:
    typed = typed_in(request)
    try:
        acts.change_agent(
            agent_id,
            name=typed.get("name", ""),
            tier=_tier(typed),
            is_administrator=typed.get("is_administrator") == "yes",
            is_manager=typed.get("is_manager") == "yes",
            own_password=typed.get("own_password", ""),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _refused(request, refusal)
    return _saved(request)


@administrators_only
@require_POST
def invite(request: Visit, agent_id: int) -> HttpResponse:
    try:
        path = acts.invite_again(agent_id, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _refused(request, refusal)
    name = next(agent.name for agent in agents() if agent.id == agent_id)
    return _page(request, invited=(name, path))


@administrators_only
@require_POST
def activity(request: Visit, agent_id: int) -> HttpResponse:
    """Let somebody out, or in again."""
    is_active = typed_in(request).get("is_active") == "yes"
    try:
        acts.set_active(agent_id, is_active=is_active, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _refused(request, refusal)
    return _saved(request)


def _page(
    request: Visit,
    *,
    typed: Mapping[str, str] = _EMPTY,
    errors: Mapping[str, str] | None = None,
    invited: tuple[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    address = desk_row()["public_url"]
    page = {
        "here": "settings",
        "tab": "people",
        "agents": agents(),
        "typed": {
            name: typed.get(name, "") for name in (*_EMPTY, "is_administrator", "is_manager")
        },
        "errors": errors or {},
        "changes": role_changes(),
        "unreachable": unreachable_agents(),
        "failing": failing_agents(),
        "absent": {
            id_: say_away(gone.name, until=gone.until, deputy=gone.deputy)
            for id_, gone in away(at=request.now).items()
        },
        # Shown once, since mail may not leave the house yet.
        "invited": {"name": invited[0], "address": f"{address}{invited[1]}"} if invited else None,
    }
    response = render(
        request, "console/settings/people.html", page, status=400 if errors else status
    )
    response["Cache-Control"] = "no-store"
    return response


def _refused(request: Visit, refusal: Refusal) -> HttpResponse:
    if refusal.code == "not-found":
        raise refusal
    flashes.error(request, say_refusal(refusal))
    return _page(request, status=409)


def _saved(request: Visit) -> HttpResponse:
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:settings_people"))


def _tier(typed: Mapping[str, str]) -> int:
    return {"1": 1, "2": 2}.get(typed.get("tier", ""), 0)
