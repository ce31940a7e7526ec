"""What is printed is what is promised: the PDF's text against the policy's own figures.

The figures are read from the policy and spelled here once more, in the simplest way, so that a slip
in the guide's own wording is seen.
"""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pypdfium2
import pytest
from django.conf import settings as django_settings
from django.utils.translation import override
from hypothesis import Phase, given, settings

from dueline.actions.policies import SHIPPED_POLICY
from dueline.core.calendars import parse_calendar
from dueline.core.policy import (
    ALWAYS,
    OFFICE,
    Cell,
    CommitmentKind,
    Meaning,
    Policy,
    Said,
    Unit,
    parse_policy,
    parse_target,
)
from dueline.core.policy_text import spell_policy
from dueline.core.priorities import Priority
from dueline.wording import guide_pdf
from dueline.wording.guide import GuideFacts, compose
from tests.core.policies import policies
from tests.world import OFFICE as HOURS

LANGUAGES = [code for code, _name in django_settings.LANGUAGES]
SHIPPED = parse_policy(SHIPPED_POLICY)
EVENINGS = parse_calendar(HOURS.replace("Office hours", "Evenings").replace("08:00", "11:00"))
SHOWN = (CommitmentKind.RESPONSE, CommitmentKind.ACTIVATION, CommitmentKind.FEEDBACK)
WHERE_PROMISED = (CommitmentKind.CALLBACK, CommitmentKind.RESOLUTION)


def paper(policy: Policy, plan: str, language: str) -> str:
    facts = GuideFacts(
        desk_name="Harbour Support",
        mail_address="support@desk.example",
        phone_office="",
        phone_other="",
        public_url="https://help.desk.example",
        policy=policy,
        policy_number=3,
        policy_published_on=date(2026, 3, 1),
        calendar=parse_calendar(HOURS),
        calendar_number=2,
        plans=(plan,),
        on=date(2026, 11, 23),
        named={"Evenings": EVENINGS},
    )
    with override(language):
        drawn = compose(facts)
    document = pypdfium2.PdfDocument(guide_pdf.typeset(drawn, language=language))
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return " ".join(" ".join(pages).split())


def rows_of(text: str, policy: Policy, plan: str, language: str) -> list[str]:
    """Return what stands beside each priority in the matrix of a plan."""
    said = policy.plans[plan].in_language(language)
    matrix = text.split(f"{said.title}: {said.summary}", 1)[1]
    titles = [policy.priorities[priority].in_language(language).title for priority in Priority]
    starts = [matrix.index(f" {title} ") for title in titles]
    assert starts == sorted(starts)
    ends = [*starts[1:], starts[-1] + 600]  # after the last row the guide goes on
    return [
        matrix[start:end].strip().removeprefix(title).strip()
        for title, (start, end) in zip(titles, zip(starts, ends, strict=True), strict=True)
    ]


def kinds_of(policy: Policy, plan: str) -> list[CommitmentKind]:
    promised = {kind for _priority, kind in policy.plans[plan].cells}
    return [*SHOWN, *(kind for kind in WHERE_PROMISED if kind in promised)]


def promised(policy: Policy, plan: str, priority: Priority, kind: CommitmentKind) -> Cell | None:
    own = policy.plans[plan].cells.get((priority, kind))
    if own is None and kind is CommitmentKind.CALLBACK:
        return policy.plans[plan].cells.get((priority, CommitmentKind.RESPONSE))
    return own


def figures(cell: Cell | None, kind: CommitmentKind) -> list[str]:
    """Return the numbers (or the dash) that must stand in a cell, in any language."""
    if cell is None:
        return ["–"]
    target = cell.target
    if target.spelled == "immediately" and kind is not CommitmentKind.FEEDBACK:
        return []
    # Of a silence it can only be said how long it may last, be it "immediately".
    number = (
        str(target.amount // 60)
        if target.spelled == "immediately"
        else re.search(r"\d+", target.spelled)[0]
    )
    said_without = number == "1" and (
        kind is CommitmentKind.FEEDBACK or target.unit is Unit.END_OF_BUSINESS_DAY
    )
    return [] if said_without else [number]


def in_english(cell: Cell | None, kind: CommitmentKind) -> str:
    """Say a cell as plainly as can be."""
    if cell is None:
        return "–"
    target, n = cell.target, cell.target.amount
    clock = {ALWAYS: "around the clock", OFFICE: "in office hours"}.get(
        cell.calendar, f"in the hours of “{cell.calendar}”"
    )
    lead = "every" if kind is CommitmentKind.FEEDBACK else "within"
    if target.spelled == "immediately":
        if lead == "within":
            return f"immediately, {clock}"
        return in_english(Cell(parse_target(f"{n // 60} min"), cell.calendar), kind)
    many = "s" if int(re.search(r"\d+", target.spelled)[0]) > 1 else ""
    match target.unit:
        case Unit.OPEN_TIME if "min" in target.spelled:
            return f"{lead} {n // 60} minute{many}, {clock}".replace("every 1 ", "every ")
        case Unit.OPEN_TIME:
            return f"{lead} {n // 3600} hour{many}, {clock}".replace("every 1 ", "every ")
        case Unit.END_OF_BUSINESS_DAY if lead == "within":
            return f"by the end of the {f'{n}th' if n > 1 else 'next'} business day"
        case Unit.DAYS if lead == "every" and n == 1:
            return "every day"
        case Unit.DAYS:
            return f"{lead} {n} day{many} around the clock"
        case _:
            return f"{lead} {n} business day{many}".replace("every 1 ", "every ")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("plan", SHIPPED.plans)
def test_every_figure_of_the_shipped_policy_stands_on_the_paper(plan, language):
    check(SHIPPED, plan, language)


PLAIN = [Meaning(title, f"When {title}.") for title in ("Alpha", "Beta", "Gamma", "Delta")]


@settings(max_examples=15, phases=(Phase.explicit, Phase.generate))  # a shrink takes minutes
@given(policies(calendars=(OFFICE, ALWAYS, "Evenings")))
def test_every_figure_of_any_policy_stands_on_the_paper(policy):
    policy = with_plain_words(policy)
    for language in LANGUAGES:
        check(policy, "standard", language)


def with_plain_words(policy: Policy) -> Policy:
    """Titles by which a row can be found, without figures of their own."""
    plan = replace(policy.plans["standard"], title="Zeta", summary="All of it.", said={})
    plan = replace(plan, said={"sv": Said("Zäta", "Allt."), "nb": Said("Zæta", "Alt.")})
    changed = replace(
        policy,
        name="Any policy",
        plans={**policy.plans, "standard": plan},
        priorities=dict(zip(Priority, PLAIN, strict=True)),
    )
    return parse_policy(spell_policy(changed))


def check(policy: Policy, plan: str, language: str) -> None:
    text = paper(policy, plan, language)
    kinds = kinds_of(policy, plan)
    rows = rows_of(text, policy, plan, language)
    for priority, row in zip(Priority, rows, strict=True):
        cells = [(promised(policy, plan, priority, kind), kind) for kind in kinds]
        wanted = [figure for cell, kind in cells for figure in figures(cell, kind)]
        found = re.findall(r"\d+|–", row)
        if priority is not Priority.LOW:
            assert found == wanted, (priority, row)
        assert found[: len(wanted)] == wanted, (priority, row)
        if language == "en":
            assert row.startswith(" ".join(in_english(cell, kind) for cell, kind in cells))
    spans = [policy.immediately.total_seconds() // 60, policy.reopen_window.days]
    if policy.silence:
        spans += [
            int(re.search(r"\d+", target.spelled)[0])
            for target in (*policy.silence.reminders, policy.silence.close_after)
            if target.unit is not Unit.END_OF_BUSINESS_DAY
        ]
    after = text.split(rows[0], 1)[1]
    for span in spans:
        assert re.search(rf"\b{int(span)}\b", after), span


def test_the_rows_are_told_apart():
    text = paper(SHIPPED, "extended", "en")
    rows = rows_of(text, SHIPPED, "extended", "en")
    assert len(rows) == 4
    assert all(first != second for first, second in pairwise(rows[:3]))


def test_a_wrong_figure_would_be_seen():
    """The check itself can fail: another policy's paper is not this one's."""
    other = parse_policy(SHIPPED_POLICY.replace('within = "60 min"', 'within = "61 min"'))
    text = paper(other, "extended", "en")
    row = rows_of(text, SHIPPED, "extended", "en")[0]
    assert re.findall(r"\d+", row)[0] == "61"
