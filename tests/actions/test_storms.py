"""One sender's flood delays nobody else, opens no more cases than it may, and is told once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dueline.actions import inbox, inbox_by_hand
from dueline.core.errors import Refusal
from dueline.core.inbound import Inbound
from dueline.core.matching import MOST_CASES_AN_HOUR, decide
from dueline.models import Case, InboxItem, Message, OutboxItem, RawItem
from dueline.queries.inbox import facts_for
from tests.world import MONDAY

FLOOD = "alarms@noisy.example"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def keep(number, sender=FLOOD, *, at=MONDAY, door="smtp", envelope=None, cc=""):
    raw = f"From: {sender}\r\nSubject: {number}\r\nCc: {cc}\r\n\r\nText {number}.\r\n".encode()
    envelope = sender if envelope is None else envelope
    return inbox.keep_raw(
        raw, door=door, mail_from=envelope, rcpt_to=["support@desk.example"], at=at
    )


def take_next(*, at=MONDAY, cc=()):
    claimed = inbox.claim_next(at=at)
    item = InboxItem.objects.get(pk=claimed.item_id)
    mail = Inbound(
        "mail",
        sender_address=item.sender,
        subject=str(claimed.item_id),
        text="Again.",
        cc=cc,
        mail_id=f"<{claimed.item_id}@noisy.example>",
        digest=str(claimed.item_id),
    )
    facts = facts_for(
        mail,
        rcpt_to=[],
        secret="x",
        mail_address="support@desk.example",
        arrived_at=item.received_at,
        is_released=item.released_by_id is not None,
    )
    inbox.take_in(item.pk, claim=claimed.claim, inbound=mail, decision=decide(mail, facts), at=at)
    item.refresh_from_db()
    return item


def test_i38_five_thousand_mails_of_one_sender_do_not_delay_others(world):
    """Of a minute's flood sixty lie before the others: what came first, comes first."""
    first = keep(0)
    InboxItem.objects.bulk_create(
        InboxItem(
            sha256=f"{number:064}",
            door="smtp",
            mail_from=FLOOD,
            sender=FLOOD,
            rank=0 if number < inbox.MOST_WAITING else 1,
            received_at=MONDAY,
        )
        for number in range(1, 5000)
    )
    RawItem.objects.bulk_create(
        RawItem(item_id=item, bytes=b"")
        for item in InboxItem.objects.exclude(pk=first).values_list("id", flat=True)
    )
    still = keep(5001)
    others = [keep(number, f"person{number}@customer.example") for number in range(5002, 5012)]
    assert InboxItem.objects.get(pk=still).rank == 1

    read = [inbox.claim_next(at=MONDAY).item_id for _ in range(inbox.MOST_WAITING + 10)]
    assert set(others) <= set(read)
    assert still not in read


@pytest.mark.parametrize("door", ["smtp", "imap"])
def test_i38_a_sender_is_ranked_by_the_envelope_or_by_a_glance(world, door):
    envelope = FLOOD if door == "smtp" else ""
    items = [keep(number, door=door, envelope=envelope) for number in range(inbox.MOST_WAITING + 2)]
    ranks = [InboxItem.objects.get(pk=item).rank for item in items]
    assert ranks == [0] * inbox.MOST_WAITING + [1, 1]
    assert InboxItem.objects.get(pk=keep(999, "cleo@northwind.example")).rank == 0


def test_what_is_read_at_once_never_waits_behind(world):
    for number in range(inbox.MOST_WAITING + 5):
        keep(number)
        take_next()
    assert not InboxItem.objects.filter(rank=1).exists()


def test_mails_that_name_nobody_are_no_storm(world):
    for number in range(inbox.MOST_WAITING + 2):
        keep(number, "nobody", envelope="")
    assert not InboxItem.objects.filter(rank=1).exists()


@pytest.fixture
def flooded(world):
    """The sender has opened as many cases as anybody may, in the last quarter of an hour."""
    keep(0)
    case = Case.objects.get(pk=take_next().case_id)
    contact = case.contact
    Case.objects.filter(pk=case.pk).update(opened_at=MONDAY)
    for _ in range(MOST_CASES_AN_HOUR - 1):
        case.pk = None
        case.save(force_insert=True)
    assert Case.objects.filter(contact=contact).count() == MOST_CASES_AN_HOUR
    OutboxItem.objects.all().delete()
    return world


def notices():
    return OutboxItem.objects.filter(purpose="notice", subject="A storm of mails is held")


def test_i38_past_a_hundred_cases_an_hour_the_rest_is_held_and_told_once(flooded):
    for number in (1, 2, 3):
        keep(number, at=MONDAY + 5 * MINUTE)
        item = take_next(at=MONDAY + 5 * MINUTE)
        assert (item.state, item.case_id) == ("held", None)
        assert "storm" in item.reason
    assert Case.objects.count() == MOST_CASES_AN_HOUR
    # Asta, Bo and Ada are of Tier One, Tove is not.
    told = sorted(notices().values_list("to_address", flat=True))
    assert told == ["ada@desk.example", "asta@desk.example", "bo@desk.example"]
    assert FLOOD in notices()[0].text

    # An hour after the hundredth, cases open again; another storm is told of again.
    keep(4, at=MONDAY + HOUR + MINUTE)
    assert take_next(at=MONDAY + HOUR + MINUTE).state == "taken"


def test_i38_other_senders_open_cases_meanwhile(flooded):
    keep(1, "cleo@northwind.example", at=MONDAY + MINUTE)
    assert take_next(at=MONDAY + MINUTE).state == "taken"


@pytest.fixture
def held(flooded):
    for number in (1, 2, 3):
        keep(number, at=MONDAY + MINUTE)
        take_next(at=MONDAY + MINUTE)
    return flooded


def test_only_agents_end_a_storm(held):
    for act in (
        lambda: inbox_by_hand.dismiss_many(sender=FLOOD, reason="x", actor=held.cleo),
        lambda: inbox_by_hand.release_many(sender=FLOOD, actor=held.cleo),
        lambda: inbox_by_hand.dismiss_many(sender=FLOOD, reason=" ", actor=held.asta),
        lambda: inbox_by_hand.release_many(sender=" ", actor=held.asta),
    ):
        with pytest.raises(Refusal):
            act()
    assert InboxItem.objects.filter(state="held").count() == 3


def test_a_storm_is_dismissed_at_once_and_stays_readable(held):
    keep(9, "nobody", envelope="")
    take_next(at=MONDAY + MINUTE)
    assert (
        inbox_by_hand.dismiss_many(sender=FLOOD.upper(), reason="A test ran wild.", actor=held.asta)
        == 3
    )
    assert InboxItem.objects.filter(state="recorded").count() == 3
    assert "Asta Lind: A test ran wild." in InboxItem.objects.filter(state="recorded")[0].reason
    assert InboxItem.objects.filter(state="held").count() == 1  # of somebody else


def test_a_storm_is_released_and_read_when_nothing_else_waits(held):
    assert inbox_by_hand.release_many(sender=FLOOD, actor=held.asta) == 3
    other = keep(9, "cleo@northwind.example", at=MONDAY + MINUTE)
    assert take_next(at=MONDAY + MINUTE).pk == other
    for _ in range(3):
        item = take_next(at=MONDAY + MINUTE)
        assert (item.state, item.released_by_id) == ("taken", held.asta.id)
    assert Message.objects.filter(inbox_item__sender=FLOOD).count() == 4


def test_i38_requests_that_wait_for_a_super_user_have_the_same_ceiling(world, monkeypatch):
    monkeypatch.setattr("dueline.queries.inbox.MOST_CASES_AN_HOUR", 2)
    states = []
    for number in range(3):
        keep(number, "nils@northwind.example")
        states.append(take_next().state)
    assert states == ["taken", "taken", "held"]


def test_a_look_at_the_flood_costs_one_statement(world):
    with CaptureQueriesContext(connection) as captured:
        keep(1)
    looks = [one["sql"] for one in captured if '"sender" = ' in one["sql"]]
    assert len(looks) == 1


# --- copies ---


def test_i30_whom_a_mail_was_also_sent_to_is_kept_and_joins_nothing(world):
    keep(1, "cleo@northwind.example")
    copies = (
        "Eve@southgate.example",
        "support+tag@desk.example",
        "cleo@northwind.example",
        "a@b.c",
    )
    case = Case.objects.get(pk=take_next(cc=copies).case_id)
    assert case.messages.get().cc == ["eve@southgate.example", "a@b.c"]
    assert not case.watchers.exists()
    assert {mail.to_address for mail in case.outbox.all()} == {"cleo@northwind.example"}
