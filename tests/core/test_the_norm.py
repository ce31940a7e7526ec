"""The norm, docs/promises.md: each of its sentences names the golden cases that show it."""

import re
from pathlib import Path

from tests.core.golden import every_golden_case

ROOT = Path(__file__).parent.parent.parent
PROMISES = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
NAME = re.compile(r"\b[A-Z]\d+\b")
# What no history with due times can show: how such a sentence begins, and which tests show it.
SHOWN_ELSEWHERE = {
    "A case is an **append-only list of events**": "tests/actions/test_append_only.py",
    "Each says what happened": "tests/actions/test_messages.py",
    "The closed list of kinds": "tests/core/test_lifecycle.py",
    "What the database keeps of them": "tests/actions/test_any_acts.py",
    "`dueline commitments check` computes": "tests/cli/test_commitments.py",
    "A desk that slept for an hour": "tests/worker/test_a_worker_that_slept.py",
    "Policy versions and calendar versions": "tests/actions/test_promises.py",
    "A request gets the versions that held": "tests/actions/test_promises.py",
    "A new version moves no due time": "tests/actions/test_promises.py",
    "It is owed from the hang-up whether or not": "tests/intake/test_recordings.py",
    "Where no hang-up is told": "tests/actions/test_voicemails.py",
    "How bad a caller says it is counts": "tests/actions/test_voicemails.py",
    "A further voicemail of somebody": "tests/actions/test_voicemails.py",
    "Asking back does not stop it": "tests/actions/test_assistance.py",
    "That Tier Two waits for Tier One": "tests/console/test_tier_two.py",
    "Taking a question, giving it back": "tests/actions/test_assistance.py",
    "A question that was taken back after": "tests/console/test_late_answers.py",
    "An acknowledged page meets nothing": "tests/actions/test_paging.py",
    "A Critical case whose response or activation": "tests/actions/test_paging.py",
    "**Assistance** is internal": "tests/access/test_canaries.py",
    "Targets are written in words": "tests/core/test_policy.py",
    "The version that held at the arrival": "tests/actions/test_promises.py",
    "It is skipped under its name": "tests/core/test_laboratory.py",
    "Holidays are written into the calendar": "tests/core/test_calendar_drafts.py",
    "**When a government changes its clocks**": "tests/queries/test_time_zone_rules.py",
    "A calendar keeps its zone": "tests/queries/test_time_zone_rules.py",
    "The upgrade alone moves nothing": "tests/queries/test_time_zone_rules.py",
    "`dueline commitments check`, run after": "tests/queries/test_time_zone_rules.py",
    "Adding open time and counting it": "tests/core/test_calendars.py",
    "Every change is an event with author": "tests/console/test_acts.py",
    "Choosing High at the door": "tests/portal/test_help.py",
    "The first step counts from the question": "tests/core/test_silence.py",
    "Each further step counts from the one before": "tests/actions/test_silence.py",
    "Our own words do not break": "tests/core/test_silence.py",
    "A policy is changed as a draft": "tests/actions/test_policies.py",
    "It is published for an instant": "tests/actions/test_policies.py",
    "A plan that a contract is for": "tests/actions/test_policies.py",
    "Therefore a case is merged only": "tests/actions/test_merging.py",
    "Where that would hide a miss": "tests/actions/test_merging.py",
    "A stateful test plays random cases": "tests/core/test_any_history.py",
    "Decided at intake and recorded": "tests/core/test_entitlement.py",
    "Without a contract, or outside its term": "tests/core/test_entitlement.py",
    "It is never silently without clocks": "tests/portal/test_help.py",
    "On plans where only super-users": "tests/core/test_entitlement.py",
    "A company that has no super-user": "tests/core/test_entitlement.py",
    "**A super-user** is one": "tests/core/test_who_may_open.py",
    "What counts for a request": "tests/actions/test_held_requests.py",
    "Somebody else of the company": "tests/actions/test_held_requests.py",
    "It opens for the sender": "tests/actions/test_held_requests.py",
    "Never held: an answer": "tests/actions/test_held_requests.py",
    "**A list that nobody confirms": "tests/actions/test_announcements.py",
    "Whoever is not confirmed": "tests/core/test_who_may_open.py",
    "So are those of somebody": "tests/core/test_who_may_open.py",
    "Nobody expires before": "tests/actions/test_colleagues.py",
    "The word counts as a word": "tests/core/test_who_may_open.py",
    "A call that we make": "tests/actions/test_urgent.py",
    "On other plans the acknowledgement": "tests/actions/test_urgent.py",
    "**Budgets stop nothing.**": "tests/actions/test_budgets.py",
    "Of a budget the desk": "tests/actions/test_budgets.py",
    "**A contract that ends**": "tests/actions/test_announcements.py",
    "Console, portal, mail and command": "tests/wording/test_explain.py",
    "Escalation contacts are told": "tests/actions/test_letters.py",
    "`next_due_at` is the least due time": "tests/core/test_commitments.py",
    "The sweep takes what has passed": "tests/worker/test_two_workers.py",
    "A notice that comes late": "tests/worker/test_a_worker_that_slept.py",
    "Of several steps that passed": "tests/actions/test_letters.py",
    "It was never said also where the case": "tests/actions/test_bounces.py",
    "A reply that was taken back": "tests/actions/test_outbox_by_hand.py",
    "A letter that waits to be undone": "tests/actions/test_sending.py",
    "The pause for undoing is shortened": "tests/core/test_sending.py",
    "Whoever sends later is told": "tests/console/test_letters.py",
}


def sentences() -> list[str]:
    """Return every sentence of the page from its first section on, and every row of its tables."""
    _, *sections = re.split(r"^## .*$", PROMISES, flags=re.MULTILINE)
    parts = re.split(r"\n(?:\n|(?=- |\|))", "\n".join(sections))
    texts = [" ".join(part.split()).removeprefix("- ") for part in parts]
    found: list[str] = []
    for text, below in zip(texts, [*texts[1:], ""], strict=True):
        is_head = below.startswith("|---")
        if text.startswith("|") and not is_head and not text.startswith("|---"):
            found.append(text)
        elif text and not text.startswith("|"):
            found += re.split(r"(?<=\.)\s+(?=[A-Z*`])", text)
    return found


def test_the_norm_names_every_golden_case_and_no_other():
    numbers = [case.number for case in every_golden_case()]
    assert len(numbers) == len(set(numbers))
    assert set(NAME.findall(PROMISES)) == set(numbers)


def test_every_sentence_of_the_norm_is_shown_by_a_golden_case_or_says_where_else():
    unnamed = [sentence for sentence in sentences() if not NAME.search(sentence)]
    assert not [s for s in unnamed if not s.startswith(tuple(SHOWN_ELSEWHERE))]


def test_what_is_shown_elsewhere_still_stands_there():
    unnamed = [sentence for sentence in sentences() if not NAME.search(sentence)]
    for begins, where in SHOWN_ELSEWHERE.items():
        assert [s for s in unnamed if s.startswith(begins)], begins
        assert (ROOT / where).is_file(), where
