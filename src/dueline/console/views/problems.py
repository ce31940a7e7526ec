"""Known problems: the list of them, one of them, and which of them a case has."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import problems
from dueline.console.access import Visit, agents_only
from dueline.console.acting import by_form, number
from dueline.console.lines import Line, lines
from dueline.console.refusals import status_of
from dueline.core.errors import Refusal
from dueline.core.lifecycle import CaseState
from dueline.queries import problems as queries
from dueline.queries.plans import titles_of_plans
from dueline.queries.queue import QueueRow, newest

_MOST_CASES = 500
_OPEN = [state.value for state in CaseState if state.is_open]


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Visit) -> HttpResponse:
    refused = None
    if request.method == "POST":
        try:
            made = problems.create(**_typed(request), actor=request.person, at=request.now)
            return HttpResponseRedirect(f"/console/problems/{made.pk}")
        except Refusal as refusal:
            refused = refusal
    context = {
        "here": "cases",
        "problems": queries.problems(),
        "typed": request.POST if refused else {},
        "refusal": refused,
    }
    status = status_of(refused) if refused else 200
    return render(request, "console/problems.html", context, status=status)


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Visit, problem_id: int) -> HttpResponse:
    """Show one problem, or say better what it is."""
    if request.method != "POST":
        return _page(request, problem_id)
    return _do(
        request,
        problem_id,
        lambda: problems.describe(problem_id, **_typed(request), actor=request.person),
        lambda _done: _("Kept."),
    )


@agents_only
@require_POST
def announce(request: Visit, problem_id: int) -> HttpResponse:
    return _do(
        request,
        problem_id,
        lambda: problems.announce(
            problem_id,
            text=request.POST.get("text", ""),
            seen=_seen(request),
            actor=request.person,
            at=request.now,
        ),
        lambda n: (
            ngettext("Sent in %(n)s case.", "Sent in %(n)s cases, in each alone.", n) % {"n": n}
        ),
    )


@agents_only
@require_POST
def solve(request: Visit, problem_id: int) -> HttpResponse:
    return _do(
        request,
        problem_id,
        lambda: problems.solve(problem_id, actor=request.person, at=request.now),
        lambda _done: _("Solved. Its open cases go on until each is resolved."),
    )


@agents_only
@require_POST
def solve_with_cases(request: Visit, problem_id: int) -> HttpResponse:
    return _do(
        request,
        problem_id,
        lambda: problems.solve_with_cases(
            problem_id,
            text=request.POST.get("text", ""),
            seen=_seen(request),
            actor=request.person,
            at=request.now,
        ),
        lambda n: (
            ngettext(
                "Solved, and %(n)s case is resolved.", "Solved, and %(n)s cases are resolved.", n
            )
            % {"n": n}
        ),
    )


@agents_only
@require_POST
def take_up_again(request: Visit, problem_id: int) -> HttpResponse:
    return _do(
        request,
        problem_id,
        lambda: problems.take_up_again(problem_id, actor=request.person, at=request.now),
        lambda _done: _("The problem is open again."),
    )


# --- from the page of a case --------------------------------------------------------------------


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def of_case(request: Visit, case_id: int) -> HttpResponse:
    def link() -> None:
        title, actor, at = request.POST.get("title", ""), request.person, request.now
        if title.strip():
            problems.link_to_new(case_id, title=title, actor=actor, at=at)
        elif chosen := number(request, "problem"):
            problems.link(case_id, problem_id=chosen, actor=actor, at=at)
        else:
            raise Refusal("nothing-chosen", "Choose a known problem, or name a new one.")

    return by_form(
        request,
        case_id,
        "problem",
        link,
        said=_("Linked. Only colleagues see that."),
        offered=lambda: {"problems": queries.unsolved()},
    )


@agents_only
@require_POST
def unlink(request: Visit, case_id: int) -> HttpResponse:
    return by_form(
        request,
        case_id,
        "problem",
        lambda: problems.unlink(case_id, actor=request.person, at=request.now),
        said=_("The case is linked to no known problem any more."),
        offered=lambda: {"problems": queries.unsolved()},
    )


# --- the page of one ----------------------------------------------------------------------------


def _do(
    request: Visit, problem_id: int, act: Callable[[], Any], say: Callable[[Any], str]
) -> HttpResponse:
    try:
        done = act()
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return _page(request, problem_id, typed=request.POST, refusal=refusal)
    flashes.success(request, say(done))
    return HttpResponseRedirect(f"/console/problems/{problem_id}")


def _page(
    request: Visit,
    problem_id: int,
    *,
    typed: Mapping[str, Any] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    problem = queries.problem(problem_id)
    rows = newest(request.person, problem_id=problem_id, limit=_MOST_CASES)
    open_rows = [row for row in rows if row.state in _OPEN]
    ended = [row for row in rows if row.state not in _OPEN]

    def drawn(rows: list[QueueRow]) -> list[Line]:
        return lines(
            rows,
            reader=request.person,
            plans=titles_of_plans(),
            now=request.now,
            zone=request.zone,
        )

    context = {
        "here": "cases",
        "problem": problem,
        "open_rows": drawn(open_rows),
        "ended_rows": drawn(ended),
        "typed": typed or {},
        "refusal": refusal,
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "console/problem.html", context, status=status)


def _typed(request: Visit) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("title", "text")}


def _seen(request: Visit) -> set[int]:
    return {int(id_) for id_ in request.POST.getlist("case") if id_.isdecimal() and len(id_) < 18}
