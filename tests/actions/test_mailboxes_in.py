"""Each mailbox is an address of the desk, with a product and a language of its own."""

import pytest

from dueline.actions import inbox
from dueline.core.inbound import Inbound
from dueline.core.matching import decide
from dueline.models import Case, InboxItem, Installation, Mailbox, OutboxItem
from dueline.queries.addresses import addresses_open
from dueline.queries.inbox import facts_for
from tests.world import MONDAY, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def nordic(world: World) -> Mailbox:
    return Mailbox.objects.create(
        address="hjelp@desk.example", product="Paywise", language="nb", created_at=MONDAY
    )


def keep(raw: bytes, *rcpt_to: str, **more) -> InboxItem:
    values = {"door": "smtp", "mail_from": "x@new.example", "rcpt_to": rcpt_to, "at": MONDAY}
    return InboxItem.objects.get(pk=inbox.keep_raw(raw, **{**values, **more}))


def take_in(item: InboxItem, sender: str) -> Case | None:
    inbound = Inbound("mail", sender_address=sender, subject="Nede", text="Nede", digest=sender)
    facts = facts_for(
        inbound,
        rcpt_to=item.rcpt_to,
        secret="x",
        mail_address="support@desk.example",
        arrived_at=MONDAY,
    )
    claimed = inbox.claim_next(at=MONDAY)
    return inbox.take_in(
        item.pk, claim=claimed.claim, inbound=inbound, decision=decide(inbound, facts), at=MONDAY
    )


def test_a_mailbox_that_is_switched_off_takes_nothing_and_still_is_nobody_elses(nordic):
    Mailbox.objects.update(is_active=False)
    assert addresses_open() == ("support@desk.example",)
    item = keep(b"1", "hjelp@desk.example")
    assert item.mailbox is None
    assert take_in(item, "hjelp@desk.example") is None
    item.refresh_from_db()
    assert (item.state, item.reason) == ("recorded", "A mail of our own came back.")


def test_an_address_tells_the_mailbox_also_with_something_behind_a_plus(nordic):
    assert addresses_open() == ("support@desk.example", "hjelp@desk.example")
    assert keep(b"1", "support@desk.example").mailbox is None
    assert keep(b"2", "Hjelp+1.2.abc@desk.example").mailbox == nordic
    assert keep(b"3", "support@desk.example", "hjelp@desk.example").mailbox == nordic


def test_the_mailbox_from_which_a_mail_was_fetched_counts_unless_an_address_names_another(nordic):
    other = Mailbox.objects.create(address="support@desk.example", created_at=MONDAY)
    assert keep(b"1", "list@lists.example", mailbox=other).mailbox == other
    assert keep(b"2", "hjelp@desk.example", mailbox=other).mailbox == nordic


def test_a_case_is_about_the_product_of_its_mailbox_and_a_stranger_is_answered_in_its_language(
    nordic,
):
    case = take_in(keep(b"1", "hjelp@desk.example"), "finn@new.example")
    assert (case.mailbox, case.product) == (nordic, "Paywise")
    assert case.contact.language == "nb"
    assert "saksnummer" in OutboxItem.objects.get().text.lower()


def test_whom_the_desk_knows_keeps_their_language(nordic, world):
    case = take_in(keep(b"1", "hjelp@desk.example"), "cleo@northwind.example")
    assert (case.mailbox, case.contact.language) == (nordic, "")


@pytest.mark.parametrize(
    ("runs", "about"), [("Ledger", ("Paywise", "")), ("paywise", ("paywise", "7"))]
)
def test_what_a_company_runs_tells_the_version_if_it_is_the_mailboxs_product(
    nordic, world, runs, about
):
    organization_id = world.cleo.organization_id
    Installation.objects.create(organization_id=organization_id, product=runs, version="7")
    case = take_in(keep(b"1", "hjelp@desk.example"), "cleo@northwind.example")
    assert (case.product, case.product_version) == about
