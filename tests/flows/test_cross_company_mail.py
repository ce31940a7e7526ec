"""Mails that pretend: nothing of one company's reaches another, and no mail is lost.

Each goes the whole way, from the bytes at the door to the outbox. What our own mail server says of
its sender stands in front, as it does in a real mailbox; some are checked by the desk itself.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from dueline.actions import inbox, inbox_by_hand, messages
from dueline.core.matching import message_id, reply_address
from dueline.intake import read_inbox
from dueline.models import Case, Contact, Event, HeldRequest, InboxItem, Message, OutboxItem
from tests.intake.name_server import KEY_RECORD, NameServer, signed
from tests.world import MONDAY, World

CANARY = "quarrylark"  # stands in Northwind's case, and nowhere else
DESK = "support@desk.example"
OURS = "mx.desk.example"
MINUTE = timedelta(minutes=1)
LETTERS = {"A": "added", "O": "opened", "V": "vouch", "H": "held", "R": "recorded"}


@dataclass
class House:
    """Northwind's case, answered once, and a door."""

    world: World
    case: Case
    answer: OutboxItem  # Asta's to Cleo, which carries the token
    at: datetime = MONDAY + MINUTE
    sent: int = 0
    items: list[int] = field(default_factory=list)

    def receives(
        self,
        sender: str = "cleo@northwind.example",
        *,
        name: str = "",
        to: str = DESK,
        subject: str = "A question",
        verdict: str = "",
        more: str = "",
        text: str = "",
        door: str = "lmtp",
        mail_from: str | None = None,
        raw: bytes | None = None,
        peer: str = "",
    ) -> InboxItem:
        """Take in one mail; verdict: what our mail server says of its sender ("": nothing)."""
        self.sent += 1
        self.at += 2 * MINUTE
        domain = sender.rpartition("@")[2]
        said = f"Authentication-Results: {OURS}; dmarc={verdict} header.from={domain}\r\n"
        raw = (
            raw
            or (
                f"{said if verdict else ''}Received: from x by {OURS} with ESMTP id {self.sent}\r\n"
                f"From: {name} <{sender}>\r\nTo: {to}\r\nSubject: {subject}\r\n"
                f"Message-ID: <{self.sent}@{domain}>\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\n"
                f"{more}\r\n{text or f'Text number {self.sent}.'}\r\n"
            ).encode()
        )
        kept = inbox.keep_raw(
            raw,
            door=door,
            mail_from=sender if mail_from is None else mail_from,
            rcpt_to=[DESK],
            at=self.at,
            peer=peer,
        )
        assert read_inbox.read_next(self.at)
        self.items.append(kept)
        return InboxItem.objects.get(pk=kept)

    def became(self, item: InboxItem) -> str:
        """Return what became of a mail: a letter of `LETTERS`."""
        if item.state == "held":
            return "H"
        if item.state in ("recorded", "duplicate"):
            return "R"
        assert item.state == "taken"
        if HeldRequest.objects.filter(inbox_item=item).exists():
            return "V"
        return "A" if item.case_id == self.case.pk else "O"

    def nothing_leaked(self) -> None:
        """No mail to anybody but Northwind's people and the desk's holds a word of its case."""
        for mail in OutboxItem.objects.all():
            domain = mail.to_address.rpartition("@")[2]
            if domain not in ("northwind.example", "desk.example"):
                assert CANARY not in mail.subject + mail.text + mail.html, mail.to_address
                assert "Cleo" not in mail.text + mail.to_name
        assert set(self.case.messages.values_list("contact__organization__name", flat=True)) <= {
            "Northwind",
            None,  # the desk's own
        }

    def nothing_was_lost(self) -> None:
        """Each mail is a case, a message, a held request, or on the inbox page."""
        for item in InboxItem.objects.filter(pk__in=self.items):
            assert self.became(item) in LETTERS
            assert item.raw.bytes
            if item.state == "held":
                assert item.reason
            if item.state == "taken" and item.case_id:
                assert Message.objects.filter(inbox_item=item, case_id=item.case_id).exists()


@pytest.fixture(scope="module", autouse=True)
def _ended():
    yield
    read_inbox.stop()


@pytest.fixture
def house(world):
    desk = world.desk
    desk.trusted_authserv_id = OURS
    desk.save()
    case = world.case(subject=f"Payments {CANARY}", text=f"All of {CANARY} stands still.")
    messages.reply(case.pk, text=f"We look at {CANARY}.", actor=world.asta, at=MONDAY)
    house = House(world, case, OutboxItem.objects.get(purpose="reply"))
    yield house
    house.nothing_leaked()
    house.nothing_was_lost()


def messages_of(house):
    return house.case.messages.count()


# --- forged senders ---


def test_i30_a_forged_super_user_writes_nowhere_and_opens_nothing(house):
    before = Case.objects.count(), messages_of(house), OutboxItem.objects.count()
    for subject in ("URGENT: change our bank account", f"Re: [{house.case.number}]"):
        item = house.receives(subject=subject, verdict="fail")
        assert item.state == "held"
        assert "could not be verified" in item.reason
        assert item.trust["verdict"] == "fail"
    house.receives(to=house.answer.reply_to, verdict="fail")
    assert (Case.objects.count(), messages_of(house), OutboxItem.objects.count()) == before


def test_a_held_mail_that_is_hers_after_all_is_released_by_a_person(house):
    item = house.receives(to=house.answer.reply_to, verdict="fail", text="It is really me.")
    case = read_inbox.add_held(item.pk, actor=house.world.asta, at=house.at)
    assert case == house.case
    assert house.case.messages.latest("id").text.strip() == "It is really me."


def test_i30_without_a_policy_a_forged_sender_opens_a_case_and_reads_none(house):
    """Nobody can tell: as ever, a new case in her name, and the acknowledgement goes to her."""
    item = house.receives(subject="Tell me more")
    assert house.became(item) == "O"
    assert item.trust["verdict"] == "unknown"


def test_a_failed_stranger_opens_a_case_and_is_told_nothing(house):
    item = house.receives("fia@new.example", verdict="fail")
    assert house.became(item) == "O"
    assert not OutboxItem.objects.filter(to_address="fia@new.example").exists()
    assert "not verified" in item.reason


def test_a_mail_in_an_agents_name_that_fails_is_held(house):
    item = house.receives("asta@desk.example", verdict="fail")
    assert house.became(item) == "H"


def test_a_failed_mail_of_an_unlisted_colleague_reaches_no_super_user(house):
    item = house.receives("nils@northwind.example", verdict="fail")
    assert house.became(item) == "H"
    assert not HeldRequest.objects.exists()


# --- numbers ---


def test_i25_a_copied_number_joins_nothing(house):
    before = messages_of(house)
    subject = f"Re: [{house.case.number}] more"
    for sender in ("eve@southgate.example", "fia@new.example"):
        for verdict in ("pass", "", "fail"):
            house.receives(sender, subject=subject, verdict=verdict)
    # In her own name, but nobody can say whether it is her.
    assert house.became(house.receives(subject=subject)) == "O"
    assert messages_of(house) == before


def test_i25_a_sender_whose_domain_vouches_for_her_joins_what_she_sees_anyway(house):
    item = house.receives(subject=f"Re: [{house.case.number}] more", verdict="pass")
    assert house.became(item) == "A"
    assert "A number alone joins no case" in item.reason


def test_i25_a_plain_colleague_does_not_join_what_he_cannot_see(house):
    item = house.receives(
        "dag@northwind.example", subject=f"Re: [{house.case.number}]", verdict="pass"
    )
    assert house.became(item) != "A"


def test_i31_a_code_that_another_service_sends_to_us_reaches_nobody_outside(house):
    """Somebody signs up there with our address, and names a case of theirs or of the service."""
    eves = house.receives("eve@southgate.example", subject="Hello", verdict="pass")
    house.receives("no-reply@service.example", subject="Hello", verdict="fail")
    codes = []
    for item in (eves, InboxItem.objects.latest("id")):
        code = house.receives(
            "no-reply@service.example",
            subject=f"[{item.case.number}] your code",
            verdict="pass",
            text="Your code is 773311.",
        )
        codes.append(code)
    assert eves.case_id not in [code.case_id for code in codes]
    assert not OutboxItem.objects.filter(text__contains="773311").exists()
    assert not OutboxItem.objects.filter(to_address="no-reply@service.example").exists()


# --- stolen tokens ---


def test_i32_a_stolen_message_id_opens_nothing_to_a_stranger_or_another_company(house):
    before = messages_of(house), OutboxItem.objects.count()
    for sender in ("eve@southgate.example", "fia@new.example"):
        for header in ("In-Reply-To", "References"):
            more = f"{header}: {house.answer.mail_id}\r\n"
            item = house.receives(sender, more=more, verdict="pass")
            assert (house.became(item), item.case_id) == ("H", house.case.pk)
    assert (messages_of(house), OutboxItem.objects.count()) == before


def test_i32_a_stolen_reply_address_opens_nothing_to_a_stranger_or_another_company(house):
    before = messages_of(house), OutboxItem.objects.count()
    for sender in ("eve@southgate.example", "fia@new.example", "cleo@n0rthwind.example"):
        item = house.receives(sender, to=house.answer.reply_to, verdict="pass")
        assert (house.became(item), item.case_id) == ("H", house.case.pk)
    assert (messages_of(house), OutboxItem.objects.count()) == before


def test_a_reply_from_a_colleague_is_added(house):
    item = house.receives("dag@northwind.example", to=house.answer.reply_to)
    assert house.became(item) == "A"


def test_i33_who_has_left_the_company_answers_as_a_stranger(house):
    Contact.objects.filter(pk=house.world.dag.id).update(left_at=MONDAY)
    item = house.receives("dag@northwind.example", to=house.answer.reply_to, verdict="pass")
    assert house.became(item) == "H"
    assert "left the company" in item.reason


def test_a_reused_message_id_hides_no_second_mail(house):
    first = house.receives(more="X-One: 1\r\n", text="First.")
    again = (
        f"From: eve@southgate.example\r\nTo: {DESK}\r\nMessage-ID: {first.mail_id}\r\n"
        "Subject: x\r\n\r\nAnother.\r\n"
    ).encode()
    item = house.receives("eve@southgate.example", raw=again)
    assert house.became(item) == "O"
    assert "same Message-ID" in item.reason


# --- names, Reply-To, copies ---


def test_a_display_name_is_nobody(house):
    before = messages_of(house)
    for name in (
        '"cleo@northwind.example"',
        "Cleo Dahl",
        '"Cleo Dahl via Northwind"',
        '"Asta Lind"',
    ):
        item = house.receives("eve@evil.example", name=name, to=house.answer.reply_to)
        assert house.became(item) == "H"
    assert messages_of(house) == before


def test_a_reply_to_makes_nobody_the_sender(house):
    item = house.receives(
        "eve@evil.example",
        to=house.answer.reply_to,
        more="Reply-To: cleo@northwind.example\r\nSender: cleo@northwind.example\r\n",
    )
    assert (house.became(item), item.sender) == ("H", "eve@evil.example")


def test_a_reply_to_in_place_of_a_sender_is_held_where_it_fails(house):
    raw = (
        f"Authentication-Results: {OURS}; dmarc=fail header.from=northwind.example\r\n"
        f"Received: from x by {OURS}\r\nFrom: undisclosed\r\nReply-To: cleo@northwind.example\r\n"
        f"To: {house.answer.reply_to}\r\nSubject: x\r\n\r\nx\r\n"
    ).encode()
    assert house.became(house.receives(raw=raw, mail_from="x@evil.example")) == "H"


def test_i30_who_is_copied_in_joins_nothing_and_is_told_nothing(house):
    house.receives(
        to=house.answer.reply_to,
        more="Cc: Eve <eve@southgate.example>, fia@new.example, support+x@desk.example\r\n",
        text="See the copy.",
    )
    message = house.case.messages.latest("id")
    assert message.cc == ["eve@southgate.example", "fia@new.example"]
    messages.reply(house.case.pk, text=f"More of {CANARY}.", actor=house.world.asta, at=house.at)
    told = set(OutboxItem.objects.values_list("to_address", flat=True))
    assert not told & {"eve@southgate.example", "fia@new.example"}
    # And a copy of our mail in the hands of who was copied in opens nothing to them.
    item = house.receives("eve@southgate.example", to=house.answer.reply_to, verdict="pass")
    assert house.became(item) == "H"


def test_i34_headers_of_our_own_name_say_nothing(house):
    item = house.receives(
        "eve@southgate.example",
        more=f"X-Dueline-Case: {house.case.number}\r\nX-Dueline-Trust: pass\r\n",
    )
    assert house.became(item) == "O"


# --- bounces ---


def test_i42_a_forged_bounce_takes_nothing_back(house):
    OutboxItem.objects.update(state="sent")
    forged = message_id(
        "a guess", case_id=house.case.pk, contact_id=1, unique="a", domain="x.example"
    )
    report = (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; x\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {forged}\r\n\r\n--b--\r\n"
    )
    item = house.receives("mailer-daemon@evil.example", more=report, mail_from="", text=" ")
    assert house.became(item) == "R"
    house.answer.refresh_from_db()
    assert house.answer.state == "sent"
    assert not Event.objects.filter(kind="bounced").exists()


# --- checked by the desk itself ---


@pytest.fixture
def name_server(house, settings):
    server = NameServer(
        {
            ("_dmarc.northwind.example", "TXT"): ["v=DMARC1; p=reject"],
            ("s1._domainkey.northwind.example", "TXT"): [KEY_RECORD],
            ("s1._domainkey.evil.example", "TXT"): [KEY_RECORD],
        }
    )
    settings.DNS_SERVER = server.address
    house.world.desk.trusted_authserv_id = ""
    house.world.desk.save()
    yield server
    read_inbox.stop()
    server.close()


def a_mail(subject: str, *, more: str = "") -> bytes:
    return (
        f"{more}From: Cleo Dahl <cleo@northwind.example>\r\nTo: {DESK}\r\nSubject: {subject}\r\n"
        "Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n\r\nHello.\r\n"
    ).encode()


def test_the_desk_itself_tells_the_super_user_from_who_forges_her(house, name_server):
    number = house.case.number
    real = signed(a_mail(f"Re: [{number}]"), domain="northwind.example")
    assert house.became(house.receives(raw=real)) == "A"
    for forged in (
        a_mail("Urgent"),
        a_mail(f"Re: {number}", more=f"Authentication-Results: {OURS}; dmarc=pass\r\n"),
        signed(a_mail(f"Re:  {number}"), domain="evil.example"),
    ):
        item = house.receives(raw=forged)
        assert (house.became(item), item.trust["by"]) == ("H", "desk")


def test_a_mail_that_was_checked_once_is_not_checked_again(house, name_server):
    """A signature lasts for days, and a held mail may wait for weeks."""
    item = house.receives(raw=a_mail("Urgent"))
    asked = len(name_server.asked)
    inbox_by_hand.try_again(item.pk, actor=house.world.asta)
    assert read_inbox.read_next(house.at + MINUTE)
    assert len(name_server.asked) == asked
    assert InboxItem.objects.get(pk=item.pk).state == "held"


# --- two hundred tricky replies, and more ---

# Of each sender: what becomes of a mail that the sender's domain vouches for / of which nobody can
# say / that fails. By what it carries: the token of Cleo's case; its number; neither.
SENDERS = {
    # address in From: (token, number, neither)
    "cleo@northwind.example": ("AAH", "AOH", "OOH"),
    "CLEO@Northwind.Example": ("AAH", "AOH", "OOH"),
    "dag@northwind.example": ("AAH", "VVH", "VVH"),  # no super-user
    "lars@northwind.example": ("HHH", "VVH", "VVH"),  # has left
    "nils@northwind.example": ("HHH", "VVH", "VVH"),  # on no list
    "cleo+x@northwind.example": ("HHH", "VVH", "VVH"),
    "eve@southgate.example": ("HHH", "OOH", "OOH"),
    "asta@desk.example": ("HHH", "OOH", "OOH"),
    "support@desk.example": ("RRR", "RRR", "RRR"),  # ourselves
    "fia@new.example": ("HHH", "OOO", "OOO"),
    "cleo@n0rthwind.example": ("HHH", "OOO", "OOO"),
    "cleo@northwind.example.evil.example": ("HHH", "OOO", "OOO"),
    "cleo@mail.northwind.example": ("HHH", "OOO", "OOO"),
}


def ways(house: House) -> list[tuple[int, dict[str, str]]]:
    """Return what a mail may carry: the column of `SENDERS`, and the mail."""
    token, ours, number = house.answer.reply_to, house.answer.mail_id, house.case.number
    forged = reply_address(
        "a guess", mail_address=DESK, case_id=house.case.pk, contact_id=house.world.cleo.id
    )
    return [
        (0, {"to": token}),
        (0, {"to": f"Friends: {token}, x@y.example;"}),
        (0, {"more": f"Cc: x@y.example, <{token}>\r\n"}),
        (0, {"more": f"In-Reply-To: {ours}\r\n"}),
        (0, {"to": token, "subject": "Re: [10099-9] another"}),
        (0, {"more": f"References: <1@x> {ours} <2@x>\r\nX-Dueline-Case: 10099-9\r\n"}),
        (1, {"subject": f"Re: [{number}] payments"}),
        (1, {"subject": f"AW: {number.replace('-', '')}", "to": forged}),
        (2, {"more": f"References: <{forged}> {ours.replace('@', 'a@')}\r\n"}),
        (2, {"subject": "Re: [10001-5] no number"}),
        (2, {}),
    ]


def test_of_four_hundred_tricky_replies_each_lands_where_it_should(house):
    world = house.world
    Contact.objects.create(
        organization=world.northwind,
        name="Lars Holm",
        email="lars@northwind.example",
        left_at=MONDAY,
        created_at=MONDAY,
    )
    carried = ways(house)
    wrong, rows, across = [], 0, 0
    for sender, expected in SENDERS.items():
        for column, mail in carried:
            for place, verdict in enumerate(("pass", "", "fail")):
                item = house.receives(sender, verdict=verdict, **mail)
                became = house.became(item)
                rows += 1
                if became != expected[column][place]:
                    wrong.append(f"{sender} {mail} {verdict}: {became}, {item.reason}")
                theirs = sender.lower() in ("cleo@northwind.example", "dag@northwind.example")
                across += became == "A" and not theirs
    assert rows > 400
    assert across == 0
    assert wrong == [], "\n".join(wrong)
