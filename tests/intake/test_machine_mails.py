"""Machines are told from people: nothing is lost, and no machine is ever answered."""

import pytest

from dueline.actions import inbox
from dueline.core.inbound import Machine
from dueline.core.matching import Facts, Verdict, decide
from dueline.intake.mail.parse import read
from dueline.models import Case, HeldRequest, InboxItem, OutboxItem
from dueline.queries.inbox import facts_for
from tests.intake.machine_mails import samples
from tests.world import MONDAY

SAMPLES = samples()
MACHINES = [sample for sample in SAMPLES if not sample.is_by_person]
PEOPLE = [sample for sample in SAMPLES if sample.is_by_person]


def test_there_are_enough_of_both():
    assert len(MACHINES) >= 100
    assert len(PEOPLE) >= 20


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_i41_a_mail_is_taken_for_what_it_is_and_says_why(sample):
    inbound = read(sample.raw)
    decision = decide(inbound, Facts())
    assert (inbound.machine.value, decision.verdict.value) == (sample.machine, sample.verdict)
    if inbound.machine is not Machine.NONE:
        assert inbound.machine_because
        assert inbound.machine_because in decision.reason


def take(raw):
    inbox.keep_raw(raw, door="smtp", mail_from="", rcpt_to=["support@desk.example"], at=MONDAY)
    claimed = inbox.claim_next(at=MONDAY)
    inbound = read(raw)
    facts = facts_for(
        inbound,
        rcpt_to=["support@desk.example"],
        secret="x" * 50,
        mail_address="support@desk.example",
        except_item=claimed.item_id,
        arrived_at=MONDAY,
    )
    decision = decide(inbound, facts)
    inbox.take_in(
        claimed.item_id, claim=claimed.claim, inbound=inbound, decision=decision, at=MONDAY
    )
    return InboxItem.objects.get(pk=claimed.item_id)


def test_i41_no_machine_is_answered_and_each_can_be_looked_at(world):
    for sample in MACHINES:
        item = take(sample.raw)
        assert item.state in ("taken", "recorded", "held"), sample.name
        assert item.machine == sample.machine, sample.name
        assert item.reason, sample.name
    # A super-user of the company hears of what waits for them; no machine hears anything.
    assert not OutboxItem.objects.exclude(purpose="notice").exists()
    told = set(OutboxItem.objects.values_list("to_address", flat=True))
    assert told == {"cleo@northwind.example"}
    assert not told & set(InboxItem.objects.values_list("sender", flat=True))


def test_i41_a_person_who_looks_like_a_machine_is_heard(world):
    for sample in PEOPLE:
        assert take(sample.raw).state == "taken", sample.name
    assert OutboxItem.objects.filter(purpose="acknowledgement").exists()
    assert Case.objects.count() + HeldRequest.objects.count() == len(PEOPLE)


@pytest.mark.parametrize(
    "sample", [one for one in MACHINES if one.machine == "code"], ids=lambda sample: sample.name
)
def test_i31_a_code_of_another_service_becomes_no_case(world, sample):
    item = take(sample.raw)
    assert item.state == "held"
    assert not Case.objects.exists()


def test_i31_a_code_that_came_to_the_address_of_a_case_is_not_shown_there(world):
    case = world.case()
    inbound = read(next(one.raw for one in MACHINES if one.machine == "code"))
    messages = case.messages.count()
    assert decide(inbound, Facts()).verdict is Verdict.HOLD
    assert case.messages.count() == messages
