"""Settings: the policy in force, and every version that was ever published."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dueline.console.access import Visit
from dueline.console.administration import administrators_only
from dueline.core.policy import Cell, CommitmentKind, Plan, Policy
from dueline.core.policy_changes import changes
from dueline.core.priorities import Priority
from dueline.queries.guide_editions import editions, guides_in_force
from dueline.queries.policies import current_policy
from dueline.queries.policy_drafts import draft
from dueline.queries.policy_versions import Published, version, versions
from dueline.wording.language import say_language
from dueline.wording.policy_changes import say_change
from dueline.wording.promise_lines import say_kind
from dueline.wording.targets import say_clock_of, say_every, say_within


class Matrix(NamedTuple):
    """rows: of a priority its title and, for each kind, (what is promised, on which clock)."""

    plan: Plan
    rows: list[tuple[str, list[tuple[str, str]]]]


@administrators_only
@require_safe
def show(request: Visit) -> HttpResponse:
    found = current_policy(at=request.now)
    page = {
        "here": "settings",
        "tab": "policy",
        "found": found,
        "kinds": kind_titles(),
        "matrices": matrices(found.policy),
        "draft": draft(),
        "versions": versions(at=request.now),
        "guides": guides_in_force(at=request.now),
        "editions": editions(),
        "say_language": say_language,
    }
    return render(request, "console/settings/policy.html", page)


@administrators_only
@require_safe
def show_version(request: Visit, number: int) -> HttpResponse:
    """One version: its matrix, what it changed, who took on which golden case."""
    found, before = version(number, at=request.now)
    page = {
        "here": "settings",
        "tab": "policy",
        "found": found,
        "before": before,
        "changes": _say_changes(before, found) if before else [],
        "acknowledged_at": acknowledged_at,
        "kinds": kind_titles(),
        "matrices": matrices(found.policy),
    }
    return render(request, "console/settings/policy_version.html", page)


def acknowledged_at(taken_on: Mapping[str, Any]) -> datetime:
    """Return when a golden case was acknowledged: rows keep it as text."""
    return datetime.fromisoformat(taken_on["at"])


def _say_changes(before: Published, found: Published) -> list[str]:
    return [
        say_change(change, old=before.policy, new=found.policy)
        for change in changes(before.policy, found.policy)
    ]


@administrators_only
@require_safe
def export(request: Visit, number: int) -> HttpResponse:
    found, _before = version(number, at=request.now)
    return as_download(found.source, name=f"policy-{number}.toml")


def as_download(source: str, *, name: str) -> HttpResponse:
    answer = HttpResponse(source, content_type="application/toml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def kind_titles() -> list[str]:
    return [say_kind(kind) for kind in CommitmentKind]


def matrices(policy: Policy) -> list[Matrix]:
    """Return what every plan promises, in words."""
    return [
        Matrix(
            plan,
            [
                (
                    policy.priorities[priority].title,
                    [_cell(plan.cell(priority, kind), kind) for kind in CommitmentKind],
                )
                for priority in Priority
            ],
        )
        for plan in policy.plans.values()
    ]


def _cell(cell: Cell | None, kind: CommitmentKind) -> tuple[str, str]:
    if cell is None:
        return "–", ""
    say = say_every if kind is CommitmentKind.FEEDBACK else say_within
    return say(cell.target), say_clock_of(cell)
