"""Settings: whom to wake, in which order."""

from collections.abc import Mapping

from django.contrib import messages as flashes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import paging_chains as acts
from dueline.actions.paging_chains import MOST_STEPS, ChainTyped
from dueline.console.access import Visit
from dueline.console.acting import number
from dueline.console.administration import administrators_only, typed_in
from dueline.console.pagings import preview
from dueline.console.refusals import status_of
from dueline.core.errors import Refusal
from dueline.core.paging import Chain
from dueline.queries.paging import (
    ChainRow,
    can_be_paged,
    chain,
    chains,
    choosable,
    chosen_chains,
    names,
)
from dueline.wording.paging import say_rounds, say_whom
from dueline.wording.refusals import say_refusal

_SPARE = 3  # empty steps below those that there are
_EMPTY = {"name": "", "rounds": "3", "wait-1": "5", "wait-2": "5", "wait-3": "5"}


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Visit) -> HttpResponse:
    """The chains, and a new one."""
    if request.method != "POST":
        return _index(request)
    typed = typed_in(request)
    try:
        made = acts.add_chain(ChainTyped.read(typed), actor=request.person, at=request.now)
    except Refusal as refusal:
        return _index(request, typed=typed, refusal=refusal)
    flashes.success(request, _("The chain is ready. Choose below what it is for."))
    return HttpResponseRedirect(reverse("console:settings_chain", args=[made.pk]))


@administrators_only
@require_POST
def choose(request: Visit) -> HttpResponse:
    """Choose which chain is gone through for what."""
    try:
        acts.choose_chains(
            critical=number(request, "critical"),
            watch=number(request, "watch"),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _index(request, refusal=Refusal("critical", refusal.words, **refusal.facts))
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:settings_paging"))


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Visit, chain_id: int) -> HttpResponse:
    found = chain(chain_id)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _one(request, found)
    typed = typed_in(request)
    try:
        acts.change_chain(
            chain_id,
            ChainTyped.read(typed),
            version=number(request, "version") or 0,
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return _one(request, found, typed=typed, refusal=refusal)
    flashes.success(request, _("Saved. What is under way goes on as it began."))
    return HttpResponseRedirect(reverse("console:settings_chain", args=[chain_id]))


@administrators_only
@require_POST
def remove(request: Visit, chain_id: int) -> HttpResponse:
    try:
        acts.remove_chain(chain_id, actor=request.person, at=request.now)
    except Refusal as refusal:
        found = chain(chain_id)
        if refusal.code == "not-found" or found is None:
            raise
        return _one(request, found, refusal=refusal)
    flashes.success(request, _("The chain is removed."))
    return HttpResponseRedirect(reverse("console:settings_paging"))


def _index(
    request: Visit, *, typed: Mapping[str, str] = _EMPTY, refusal: Refusal | None = None
) -> HttpResponse:
    found, known = chains(), names()
    critical, watch = chosen_chains()
    page = {
        "here": "settings",
        "tab": "paging",
        "chains": [
            (row, [say_whom(step, rotas=known.rotas, agents=known.agents) for step in row.steps])
            for row in found
        ],
        "critical": critical or "",
        "watch": watch or "",
        "reachable": can_be_paged(),
        **_form(typed, rows=_SPARE),
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "console/settings/paging.html", page, status=status)


def _one(
    request: Visit,
    row: ChainRow,
    *,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    stored = Chain(row.steps, row.rounds)
    page = {
        "here": "settings",
        "tab": "paging",
        "chain": row,
        "preview": preview(stored, request),
        "rounds_said": say_rounds(stored),
        **_form(_typed(row) if typed is None else typed, rows=len(row.steps) + _SPARE),
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "console/settings/paging_chain.html", page, status=status)


def _form(typed: Mapping[str, str], *, rows: int) -> dict[str, object]:
    rotas, people = choosable()
    return {
        "typed": typed,
        "rows": range(1, min(rows, MOST_STEPS) + 1),
        "whom": [
            (_("On call"), [(f"rota:{id_}", name) for id_, name in rotas]),
            (_("One person"), [(f"agent:{id_}", name) for id_, name in people]),
            (
                _("Several"),
                [("everyone", _("Everyone of Tier One")), ("managers", _("The support managers"))],
            ),
        ],
    }


def _typed(row: ChainRow) -> dict[str, str]:
    """Return a chain as its form is filled in."""
    typed = {"name": row.name, "rounds": str(row.rounds)}
    if row.outside_hours_only:
        typed["outside_hours_only"] = "yes"
    for position, step in enumerate(row.steps, start=1):
        id_ = step.rota or step.agent
        typed[f"whom-{position}"] = f"{step.whom}:{id_}" if id_ else step.whom
        typed[f"wait-{position}"] = str(int(step.wait.total_seconds()) // 60)
    return typed
