"""A promise is extended, or made anew by another contract: openly, and never to hide a miss."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dueline.actions import cases, messages, promises
from dueline.actions.policies import SHIPPED_POLICY, publish_policy
from dueline.core.errors import Refusal
from dueline.core.policy import CommitmentKind
from dueline.models import Case, Contract, OutboxItem
from dueline.queries.commitments import differences
from dueline.queries.explanations import explanations_of
from tests.world import MONDAY, World

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RESPONSE = CommitmentKind.RESPONSE


def extend(case: Case, world: World, **changed: object) -> None:
    words = {"reason": "The part is on its way.", "note": "We wait for a part."}
    given = {
        "kind": RESPONSE,
        "ordinal": 1,
        "until": MONDAY + 3 * HOUR,
        "actor": world.ada,
        "at": MONDAY + 10 * MINUTE,
        **words,
        **changed,
    }
    promises.extend(case.pk, **given)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"reason": " "}, "reason"),
        ({"note": " "}, "note"),
        ({"until": MONDAY + 30 * MINUTE}, "until"),
        ({"ordinal": 2}, "not-now"),
        ({"kind": CommitmentKind.ACTIVATION}, "not-now"),
        ({"at": MONDAY + 2 * HOUR}, "not-now"),  # missed already
    ],
)
def test_an_extension_without_what_it_needs_is_refused(world, changed, code):
    case = world.case(priority="critical")
    with pytest.raises(Refusal) as refused:
        extend(case, world, **changed)
    assert refused.value.code == code
    assert case.commitments.get(kind="response").due_at == MONDAY + HOUR


def test_only_managers_and_administrators_extend(world):
    case = world.case(priority="critical")
    for actor, code in ((world.asta, "not-allowed"), (world.cleo, "not-found")):
        with pytest.raises(Refusal) as refused:
            extend(case, world, actor=actor)
        assert refused.value.code == code
    extend(case, world, actor=replace(world.asta, is_manager=True))
    assert case.commitments.get(kind="response").due_at == MONDAY + 3 * HOUR


def test_what_was_extended_is_reported_as_that_and_never_as_met(world):
    case = world.case(priority="critical")
    extend(case, world)
    messages.reply(case.pk, text="Now.", actor=world.asta, at=MONDAY + 2 * HOUR)
    assert case.commitments.get(kind="response").state == "extended"
    assert differences(case.pk) == []


def test_what_was_extended_can_still_be_missed(world):
    case = world.case(priority="critical")
    extend(case, world)
    messages.reply(case.pk, text="Late.", actor=world.asta, at=MONDAY + 4 * HOUR)
    response = case.commitments.get(kind="response")
    assert (response.state, response.due_at) == ("missed", MONDAY + 3 * HOUR)


def test_an_extension_explains_itself_and_the_customer_is_told(world):
    case = world.case(priority="critical")
    extend(case, world)
    (letter,) = OutboxItem.objects.filter(purpose="letter")
    assert letter.to_address == "cleo@northwind.example"
    assert "We wait for a part." in letter.text
    assert "on its way" not in letter.text
    row = Case.objects.select_related("policy_version", "calendar_version").get(pk=case.pk)
    explanation = next(why for c, why in explanations_of(row, until=MONDAY + HOUR) if why)
    assert explanation.adds_up
    assert explanation.extended == 2 * HOUR


def test_a_contract_that_promises_more_makes_a_running_promise_earlier(world):
    case = world.case(world.eve, priority="critical", at=MONDAY + 8 * HOUR)  # 18:00, closed
    before = case.commitments.get(kind="response").due_at
    with pytest.raises(Refusal, match="already"):
        promises.rebase(case.pk, reason="!", actor=world.asta, at=MONDAY + 8 * HOUR)
    Contract.objects.create(
        organization=world.southgate,
        plan="extended",
        starts_on=date(2026, 11, 20),
        created_at=MONDAY,
    )
    assert case.commitments.get(kind="response").due_at == before
    promises.rebase(case.pk, reason="They bought Extended.", actor=world.asta, at=MONDAY + 9 * HOUR)
    case.refresh_from_db()
    assert case.plan == "extended"
    assert case.commitments.get(kind="response").due_at == MONDAY + 10 * HOUR < before
    assert differences(case.pk) == []


def test_a_contract_that_promises_less_takes_nothing_that_runs(world):
    case = world.case(priority="critical")
    cheaper = SHIPPED_POLICY.replace('within = "60 min"', 'within = "8 h"')
    publish_policy(source=cheaper, at=MONDAY + MINUTE)
    promises.rebase(case.pk, reason="A new policy.", actor=world.asta, at=MONDAY + 2 * MINUTE)
    assert case.commitments.get(kind="response").due_at == MONDAY + HOUR
    assert differences(case.pk) == []


def test_a_version_that_holds_from_a_date_is_not_asked_before(world):
    publish_policy(
        source=SHIPPED_POLICY.replace('within = "60 min"', 'within = "30 min"'),
        at=MONDAY,
        holds_from=MONDAY + HOUR,
    )
    before = world.case(priority="critical", at=MONDAY + 59 * MINUTE)
    after = world.case(priority="critical", at=MONDAY + HOUR)
    assert before.commitments.get(kind="response").due_at == MONDAY + HOUR + 59 * MINUTE
    assert after.commitments.get(kind="response").due_at == MONDAY + HOUR + 30 * MINUTE


def test_a_request_typed_in_late_is_promised_by_what_held_when_it_arrived(world):
    publish_policy(
        source=SHIPPED_POLICY.replace('within = "60 min"', 'within = "30 min"'),
        at=MONDAY + HOUR,
    )
    contact = world.contact(world.cleo)
    case = cases.open_case(
        contact=contact,
        subject="By telephone",
        text="It stands still.",
        priority=cases.Priority.CRITICAL,
        channel="phone",
        happened_at=MONDAY + 50 * MINUTE,
        at=MONDAY + 2 * HOUR,
        actor=world.asta,
    )
    assert case.commitments.get(kind="response").due_at == MONDAY + HOUR + 50 * MINUTE
