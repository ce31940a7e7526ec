"""“Urgent” in the subject and a logged call: the case is Critical from the call on."""

from datetime import timedelta

import pytest

from dueline.actions import cases, messages
from dueline.core.events import Kind
from dueline.core.priorities import Priority
from dueline.models import Contact, OutboxItem
from tests.world import MONDAY, utc

NIGHT = utc("2026-11-21T22:00")  # a Saturday, 23:00 in Stockholm
CALL = NIGHT + timedelta(minutes=20)


def urgent_case(world, by=None, *, subject="Urgent: payment page down", at=NIGHT, **more):
    return world.case(by=by, subject=subject, at=at, **more)


def call(world, case, *, at=CALL, **changes):
    told = {"reached": True, "direction": "in", "happened_at": at, "at": at, "actor": world.asta}
    messages.log_call(case.pk, **{**told, **changes})
    case.refresh_from_db()


def acknowledgement(case):
    return OutboxItem.objects.get(case=case, purpose="acknowledgement").text


@pytest.mark.parametrize(
    "changes", [{"reached": False}, {"direction": "out"}, {"reached": False, "direction": "out"}]
)
def test_only_a_call_of_the_customers_in_which_we_spoke_makes_it_critical(world, changes):
    case = urgent_case(world)
    call(world, case, **changes)
    assert case.priority == "normal"


def test_a_call_about_a_case_that_is_not_urgent_changes_no_priority(world):
    case = urgent_case(world, subject="Not urgent: a wish")
    call(world, case)
    assert case.priority == "normal"


def test_on_a_plan_without_it_a_call_changes_no_priority(world):
    case = urgent_case(world, by=world.eve)
    call(world, case)
    assert case.priority == "normal"


def test_whoever_is_no_super_user_makes_nothing_critical(world):
    case = urgent_case(world, by=world.dag)
    assert "urgent" not in case.events.get(kind=Kind.OPENED).facts
    call(world, case)
    assert case.priority == "normal"


def test_the_case_opens_with_the_priority_that_it_states(world):
    case = urgent_case(world)
    assert case.priority == "normal"
    assert case.events.get(kind=Kind.OPENED).facts["urgent"] is True


def test_the_critical_clocks_start_at_the_call_in_the_middle_of_the_night(world):
    case = urgent_case(world)
    call(world, case)
    assert case.priority == "critical"
    raised, logged = case.events.order_by("id")[2:]
    assert (raised.kind, raised.happened_at, raised.agent_id) == (
        Kind.PRIORITY_CHANGED,
        CALL,
        world.asta.id,
    )
    assert raised.facts["urgent"] is True
    assert (raised.facts["old"], raised.facts["new"]) == ("normal", "critical")
    assert (logged.kind, logged.happened_at) == (Kind.CALL_LOGGED, CALL)
    response = case.commitments.get(kind="response")
    assert (response.state, response.met_at) == ("met", CALL)
    activation = case.commitments.get(kind="activation")
    assert activation.due_at == CALL + timedelta(minutes=15)


def test_a_call_that_is_typed_in_later_counts_from_when_it_was(world):
    case = urgent_case(world)
    call(world, case, happened_at=CALL, at=CALL + timedelta(minutes=10))
    raised = case.events.get(kind=Kind.PRIORITY_CHANGED)
    assert (raised.happened_at, raised.recorded_at) == (CALL, CALL + timedelta(minutes=10))
    assert case.commitments.get(kind="activation").due_at == CALL + timedelta(minutes=15)


def test_a_second_call_raises_nothing_again(world):
    case = urgent_case(world)
    call(world, case)
    cases.change_priority(
        case.pk,
        priority=Priority.NORMAL,
        reason="It works again.",
        consent="Cleo, on the telephone",
        actor=world.asta,
        at=CALL + timedelta(minutes=5),
    )
    call(world, case, at=CALL + timedelta(minutes=9))
    assert case.priority == "normal"


def test_a_case_that_is_critical_already_stays_as_it_is(world):
    case = urgent_case(world, priority="critical")
    call(world, case)
    assert not case.events.filter(kind=Kind.PRIORITY_CHANGED).exists()


def test_a_solved_case_is_not_raised_by_a_call(world):
    case = urgent_case(world)
    cases.resolve(case.pk, text="Solved.", actor=world.asta, at=NIGHT + timedelta(minutes=5))
    call(world, case)
    assert case.priority == "normal"


def test_the_acknowledgement_names_the_number_to_call_at_this_hour(world):
    at_night = acknowledgement(urgent_case(world))
    assert "please call +46 13 000 00 01 now" in at_night
    assert "becomes Critical" in at_night
    assert "please call +46 13 000 00 00 now" in acknowledgement(urgent_case(world, at=MONDAY))


def test_on_a_plan_without_it_the_acknowledgement_explains_what_holds_instead(world):
    text = acknowledgement(urgent_case(world, by=world.eve))
    assert "On the plan Standard the word changes nothing by itself" in text
    assert "An engineer answers you by" in text


def test_whoever_is_no_super_user_is_told_who_can(world):
    assert "a super-user makes a case Critical" in acknowledgement(urgent_case(world, by=world.dag))


def test_nothing_is_said_of_it_where_nobody_wrote_it(world):
    assert "urgent" not in acknowledgement(world.case(at=NIGHT)).lower()


def test_by_telephone_the_engineer_asks_how_bad_it_is(world):
    case = urgent_case(world, channel="phone")
    assert "urgent" not in case.events.get(kind=Kind.OPENED).facts


def test_a_super_user_of_yesterday_is_none_today(world):
    Contact.objects.filter(pk=world.cleo.id).update(super_until=NIGHT.date() - timedelta(days=1))
    assert "urgent" not in urgent_case(world).events.get(kind=Kind.OPENED).facts
