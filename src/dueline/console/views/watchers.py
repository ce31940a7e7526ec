"""Who watches a case: let somebody, and let go of them."""

from collections.abc import Callable

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import watchers
from dueline.console.access import Visit, agents_only
from dueline.console.acting import by_form
from dueline.core.errors import Refusal
from dueline.queries.case_pages import facts_of, watchers_of, who_may_watch


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Visit, case_id: int) -> HttpResponse:
    def let_watch() -> None:
        kind, id_ = _chosen(request.POST.get("who", ""))
        if kind == "agent":
            watchers.let_agent_watch(case_id, agent_id=id_, actor=request.person, at=request.now)
        else:
            watchers.let_contact_watch(
                case_id, contact_id=id_, actor=request.person, at=request.now
            )

    return _by_form(request, case_id, let_watch, _("From here they watch the case."))


@agents_only
@require_POST
def end(request: Visit, case_id: int, kind: str, person_id: int) -> HttpResponse:
    def let_go() -> None:
        if kind == "agent":
            watchers.end_agents_watch(
                case_id, agent_id=person_id, actor=request.person, at=request.now
            )
        else:
            watchers.end_contacts_watch(
                case_id, contact_id=person_id, actor=request.person, at=request.now
            )

    return _by_form(request, case_id, let_go, _("They no longer watch the case."))


def _by_form(request: Visit, case_id: int, act: Callable[[], None], said: str) -> HttpResponse:
    def offered() -> dict[str, object]:
        contacts, agents = who_may_watch(facts_of(case_id, request.person))
        return {"watchers": watchers_of(case_id), "contacts": contacts, "agents": agents}

    return by_form(request, case_id, "watchers", act, said=said, offered=offered)


def _chosen(who: str) -> tuple[str, int]:
    """Read "contact-7" or "agent-3"."""
    kind, _sep, id_ = who.partition("-")
    if kind not in ("contact", "agent") or not id_.isdecimal() or len(id_) > 17:
        raise Refusal("nobody", "Choose who is to watch the case.")
    return kind, int(id_)
