"""What the customer wrote about something else becomes a case of its own."""

from datetime import date, timedelta

import pytest

from dueline.actions import cases, messages, splitting
from dueline.core.audience import DESK
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.inbound import File
from dueline.models import Attachment, Case, Contract, Event, OutboxItem
from dueline.queries.commitments import differences
from tests.world import MONDAY, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WROTE_AT, SPLIT_AT = MONDAY + HOUR, MONDAY + 3 * HOUR


def second_matter(world: World, *, by=None) -> tuple[Case, Event]:
    case = world.case(acknowledge=False)
    messages.receive(
        case.pk,
        text="By the way, the export stops.",
        html="<p>By the way, the export stops.</p>",
        contact=world.contact(by or world.cleo),
        actor=DESK,
        channel="mail",
        happened_at=WROTE_AT,
        at=WROTE_AT + HOUR,
        files=(File("trace.log", "text/plain", b"stops"),),
    )
    return case, case.events.get(kind=Kind.MESSAGE_RECEIVED)


def split(world: World, case: Case, event: Event, **more) -> Case:
    said = {"subject": "Export stops", "actor": world.asta, "at": SPLIT_AT, **more}
    return splitting.split(case.pk, event_id=event.pk, **said)


def test_a_new_case_without_a_subject_is_refused(world: World) -> None:
    case, event = second_matter(world)
    with pytest.raises(Refusal) as refused:
        split(world, case, event, subject=" ")
    assert refused.value.code == "subject-missing"


def test_a_customer_splits_nothing(world: World) -> None:
    case, event = second_matter(world)
    with pytest.raises(Refusal) as refused:
        split(world, case, event, actor=world.cleo)
    assert refused.value.code == "not-found"


def test_only_what_the_customer_wrote_is_split_off(world: World) -> None:
    case, _ = second_matter(world)
    messages.reply(case.pk, text="We look.", actor=world.asta, at=SPLIT_AT)
    for kind in (Kind.OPENED, Kind.REPLY_SENT):
        with pytest.raises(Refusal) as refused:
            split(world, case, case.events.get(kind=kind))
        assert refused.value.code == "no-message"


def test_i17_a_message_of_another_case_is_not_split_off_here(world: World) -> None:
    _, event = second_matter(world)
    with pytest.raises(Refusal) as refused:
        split(world, world.case(world.eve), event)
    assert refused.value.code == "no-message"


def test_the_new_case_counts_from_when_the_message_arrived(world: World) -> None:
    case, event = second_matter(world)
    new = split(world, case, event)
    assert new.opened_at == WROTE_AT
    assert new.commitments.get(kind="response").started_at == WROTE_AT
    opened = new.events.get(kind=Kind.OPENED)
    assert (opened.happened_at, opened.recorded_at) == (WROTE_AT, SPLIT_AT)
    assert (new.priority, new.subject, new.contact_id) == ("normal", "Export stops", world.cleo.id)
    assert differences(new.pk) == []


def test_text_formatting_and_files_are_the_same(world: World) -> None:
    case, event = second_matter(world)
    message = split(world, case, event).messages.get()
    assert message.text == "By the way, the export stops."
    assert message.html == "<p>By the way, the export stops.</p>"
    old, new = Attachment.objects.order_by("id")
    assert (new.message, new.name, new.sha256) == (message, "trace.log", old.sha256)


def test_the_old_case_keeps_the_message_and_both_name_each_other(world: World) -> None:
    case, event = second_matter(world)
    new = split(world, case, event)
    assert case.messages.count() == 2
    assert case.events.get(kind=Kind.SPLIT_OFF).facts == {"event": event.pk, "number": new.number}
    assert Case.objects.get(pk=new.pk).split_from == case
    assert differences(case.pk) == []


def test_a_message_is_split_off_once(world: World) -> None:
    case, event = second_matter(world)
    split(world, case, event)
    with pytest.raises(Refusal) as refused:
        split(world, case, event)
    assert refused.value.code == "not-now"
    assert Case.objects.count() == 2


def test_the_contract_is_the_one_that_held_when_the_message_arrived(world: World) -> None:
    case = world.case(acknowledge=False)
    Contract.objects.update(ends_on=date(2026, 11, 24))
    Contract.objects.create(
        organization=world.northwind,
        plan="standard",
        starts_on=date(2026, 11, 25),
        created_at=MONDAY,
    )
    at = MONDAY + 2 * DAY
    messages.receive(
        case.pk,
        text="And this.",
        contact=world.contact(world.cleo),
        actor=DESK,
        channel="mail",
        happened_at=at,
        at=at,
    )
    event = case.events.get(kind=Kind.MESSAGE_RECEIVED)
    assert split(world, case, event, at=at).plan == "standard"
    assert case.plan == "extended"


def test_whoever_wrote_it_owns_the_new_case_and_is_told_where_it_came_from(world: World) -> None:
    case, event = second_matter(world, by=world.dag)
    new = split(world, case, event)
    assert new.contact_id == world.dag.id
    mail = OutboxItem.objects.get(case=new)
    assert (mail.to_address, mail.purpose) == (world.dag.email, "acknowledgement")
    assert case.number in mail.text
    assert not OutboxItem.objects.filter(case=new, to_address=world.cleo.email).exists()


def test_a_message_of_a_closed_case_can_still_become_one(world: World) -> None:
    case, event = second_matter(world)
    cases.resolve(case.pk, text="Solved.", actor=world.asta, at=SPLIT_AT)
    assert split(world, case, event).state == "new"
