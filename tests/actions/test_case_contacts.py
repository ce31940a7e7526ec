"""Another contact for a case: chosen by an agent, and never beyond the customer's company."""

from datetime import timedelta

import pytest
from django.conf import settings

from dueline.actions import inbox, inbox_by_hand, messages
from dueline.actions.case_contacts import change_contact
from dueline.actions.contacts import find_or_create
from dueline.core.errors import Refusal
from dueline.core.events import PUBLIC_KINDS, Kind
from dueline.core.inbound import Inbound, Particulars
from dueline.core.matching import Decision, Verdict, decide
from dueline.models import Case, Contact, InboxItem, OutboxItem, Watcher
from dueline.queries.cases import visible_to
from dueline.queries.forwarded import originals_in, originals_of
from dueline.queries.inbox import facts_for
from tests.world import MONDAY

LATER = MONDAY + timedelta(minutes=5)
FORWARDED = Inbound(
    channel="mail",
    sender_name="Finn",
    sender_address="finn@new.example",
    subject="Fwd: Payment page down",
    text="See below.",
    mail_id="<1@new.example>",
    digest="d1",
    original_name="Eve Moss",
    original_address="eve@southgate.example",
    particulars=Particulars(name="Finn F", phone="+46701111111"),
)


def make_contact(case, email, *, world, name="", actor=None):
    change_contact(case.pk, name=name, email=email, actor=actor or world.asta, at=LATER)
    case.refresh_from_db()


def comes(inbound=FORWARDED, verdict=Verdict.OPEN):
    """Take in a mail; return its inbox item."""
    inbox.keep_raw(
        b"Subject: x\r\n\r\n" + inbound.mail_id.encode(),
        door="smtp",
        mail_from=inbound.sender_address,
        rcpt_to=["support@desk.example"],
        at=MONDAY,
    )
    claimed = inbox.claim_next(at=MONDAY)
    inbox.take_in(
        claimed.item_id,
        claim=claimed.claim,
        inbound=inbound,
        decision=Decision(verdict, "Because.", acknowledge=verdict is Verdict.OPEN),
        at=MONDAY,
    )
    return InboxItem.objects.get(pk=claimed.item_id)


# --- what is refused ---


def test_a_contact_makes_nobody_the_contact(world):
    case = world.case()
    with pytest.raises(Refusal):
        make_contact(case, "dag@northwind.example", world=world, actor=world.cleo)
    assert Case.objects.get().contact_id == world.cleo.id


def test_i19_nobody_of_another_company_becomes_the_contact(world):
    case = world.case()
    with pytest.raises(Refusal) as refused:
        make_contact(case, "eve@southgate.example", world=world)
    assert refused.value.code == "email"
    assert Case.objects.get().contact_id == world.cleo.id
    assert not visible_to(world.eve).exists()


def test_i30_nobody_is_let_into_a_companys_case_by_an_address_in_a_mail(world):
    case = world.case()
    with pytest.raises(Refusal):
        make_contact(case, "fia@northwind.example", world=world)
    assert not Contact.objects.filter(email="fia@northwind.example").exists()


@pytest.mark.parametrize(
    "email", ["", "no address", "support@desk.example", "support+x@desk.example", "bo@desk.example"]
)
def test_neither_the_desk_nor_nobody_becomes_the_contact(world, email):
    case = world.case()
    with pytest.raises(Refusal) as refused:
        make_contact(case, email, world=world)
    assert refused.value.code == "email"


def test_who_has_left_does_not_become_the_contact(world):
    case = world.case()
    Contact.objects.filter(pk=world.dag.id).update(left_at=MONDAY)
    with pytest.raises(Refusal):
        make_contact(case, "dag@northwind.example", world=world)


def test_the_contact_of_an_ended_case_stays(world):
    case = world.case()
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=LATER)
    with pytest.raises(Refusal) as refused:
        make_contact(case, "dag@northwind.example", world=world)
    assert refused.value.code == "not-now"


def test_the_contact_does_not_become_what_they_are(world):
    case = world.case()
    with pytest.raises(Refusal):
        make_contact(case, " Cleo@northwind.example", world=world)


# --- what it does ---


def test_a_colleague_becomes_the_contact_and_the_other_watches(world):
    case = world.case()
    mails = OutboxItem.objects.count()
    make_contact(case, "dag@northwind.example", world=world)
    assert case.contact_id == world.dag.id
    assert Watcher.objects.filter(case=case, contact_id=world.cleo.id).exists()
    assert OutboxItem.objects.count() == mails  # nothing is sent
    told = case.events.get(kind=Kind.CONTACT_CHANGED)
    assert (told.agent_id, told.facts["name"]) == (world.asta.id, "Dag Ek")
    assert Kind.CONTACT_CHANGED not in PUBLIC_KINDS


def test_a_reply_then_goes_to_the_new_contact(world):
    case = world.case()
    make_contact(case, "dag@northwind.example", world=world)
    messages.reply(case.pk, text="Try again.", actor=world.asta, at=LATER)
    told = OutboxItem.objects.filter(purpose="reply").values_list("to_address", flat=True)
    assert set(told) == {"dag@northwind.example", "cleo@northwind.example"}
    assert case.commitments.get(kind="response").state == "met"


def test_a_watcher_who_becomes_the_contact_watches_no_longer(world):
    case = world.case()
    Watcher.objects.create(case=case, contact_id=world.dag.id, added_at=MONDAY)
    make_contact(case, "dag@northwind.example", world=world)
    assert not Watcher.objects.filter(case=case, contact_id=world.dag.id).exists()


def test_a_case_of_no_company_becomes_one_of_its_new_contacts_company(world):
    comes()
    case = Case.objects.get()
    assert case.organization_id is None
    make_contact(case, "eve@southgate.example", world=world)
    assert (case.organization_id, case.plan) == (world.southgate.pk, "standard")
    assert case.contract_id is not None
    assert case.events.filter(kind=Kind.REBASED).exists()
    assert visible_to(world.eve).filter(pk=case.pk).exists()


def test_i32_whoever_was_the_contact_answers_as_a_stranger_from_then_on(world):
    comes()
    case = Case.objects.get()
    reply_to = OutboxItem.objects.get(purpose="acknowledgement").reply_to
    finn = find_or_create(name="", email="finn@new.example", phone="", at=LATER).as_person()
    make_contact(case, "eve@southgate.example", world=world)
    answer = Inbound(channel="mail", sender_address="finn@new.example", digest="d2")
    facts = facts_for(
        answer, rcpt_to=[reply_to], secret=settings.SECRET_KEY, mail_address="support@desk.example"
    )
    assert decide(answer, facts).verdict is Verdict.HOLD
    assert not visible_to(finn).filter(pk=case.pk).exists()


def test_an_unknown_person_becomes_the_contact_of_a_case_of_no_company(world):
    comes()
    case = Case.objects.get()
    make_contact(case, "fia@other.example", world=world, name="Fia  Berg")
    assert (case.contact.name, case.contact.email) == ("Fia Berg", "fia@other.example")
    assert case.organization_id is None
    assert not Watcher.objects.exists()


# --- who is offered ---


def test_whoever_wrote_what_is_forwarded_is_kept_and_offered(world):
    item = comes()
    case = Case.objects.get()
    (offered,) = originals_in(case.pk, except_address=case.contact.email)
    assert (offered.name, offered.address) == ("Eve Moss", "eve@southgate.example")
    assert originals_of([item.pk])[item.pk] == offered
    assert originals_in(case.pk, except_address="eve@southgate.example") == []
    told = OutboxItem.objects.values_list("to_address", flat=True)
    assert "eve@southgate.example" not in told


@pytest.mark.parametrize("address", ["support@desk.example", "support+1.1.x@desk.example"])
def test_what_we_wrote_ourselves_is_not_offered(world, address):
    item = comes(Inbound(**{**_fields(FORWARDED), "original_address": address}))
    assert (item.original_name, item.original_address) == ("", "")


def _fields(inbound):
    return {name: getattr(inbound, name) for name in Inbound.__dataclass_fields__}


def test_a_held_mail_is_opened_as_a_case_of_whoever_wrote_it(world):
    item = comes(verdict=Verdict.HOLD)
    with pytest.raises(Refusal):
        inbox_by_hand.open_for_original(item.pk, inbound=FORWARDED, actor=world.eve, at=LATER)
    case = inbox_by_hand.open_for_original(item.pk, inbound=FORWARDED, actor=world.asta, at=LATER)
    assert (case.contact_id, case.organization_id) == (world.eve.id, world.southgate.pk)
    assert not OutboxItem.objects.filter(to_address="eve@southgate.example").exists()


def test_a_held_mail_that_names_no_writer_is_not_opened_for_one(world):
    item = comes(verdict=Verdict.HOLD)
    for inbound in (None, Inbound(channel="mail", sender_address="finn@new.example")):
        with pytest.raises(Refusal):
            inbox_by_hand.open_for_original(item.pk, inbound=inbound, actor=world.asta, at=LATER)
    assert InboxItem.objects.get().state == "held"
