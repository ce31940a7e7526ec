"""Who wrote, from where, and whether they did: said beside the name, on the case and in lists."""

import pytest

from dueline.actions import inbox
from dueline.console.senders import marks_of
from dueline.core.inbound import Inbound
from dueline.core.matching import Decision, Verdict
from dueline.core.trust import NOT_CHECKED, Trust, failed
from dueline.core.trust import Verdict as TrustVerdict
from dueline.models import InboxItem, Mailbox
from dueline.queries.senders import Resemblance, Sender, resemblances
from tests.access.scene import sign_in
from tests.world import MONDAY

PROVEN = Trust(TrustVerdict.PASS, by="desk", why="aligned", domain="northwind.example")
FAILED = failed("not-aligned", domain="northwind.example")


def takes(name, address, trust, *, verdict=Verdict.OPEN):
    kept = inbox.keep_raw(
        f"From: {address}\r\n\r\n".encode(),
        door="smtp",
        mail_from=address,
        rcpt_to=["support@desk.example"],
        at=MONDAY,
    )
    claimed = inbox.claim_next(at=MONDAY)
    mail = Inbound(
        "mail", sender_name=name, sender_address=address, subject="Hello", text="x", digest=address
    )
    return kept, inbox.take_in(
        kept,
        claim=claimed.claim,
        inbound=mail,
        decision=Decision(verdict, "Because."),
        trust=trust,
        at=MONDAY,
    )


def page_of(world, case):
    return sign_in(world.asta).get(f"/console/cases/{case.number}").content.decode()


# --- whom somebody could be taken for ---


@pytest.mark.parametrize(
    ("sender", "resemblance"),
    [
        (Sender("Cleo", "x@n0rthwind.example"), Resemblance("domain", "northwind.example")),
        (Sender("", "x@northwind.exampel"), Resemblance("domain", "northwind.example")),
        (Sender("Help", "x@desk.exampl"), Resemblance("domain", "desk.example")),
        (Sender("Cleo Dahl", "cleo@home.test"), Resemblance("name", "Cleo Dahl", "contact")),
        (Sender("cleo dahl", "cleo@home.test"), Resemblance("name", "Cleo Dahl", "contact")),
        (Sender("Asta Lind", "asta@home.test"), Resemblance("name", "Asta Lind", "agent")),
        (Sender("Аstа Lind", "asta@home.test"), Resemblance("name", "Asta Lind", "agent")),
        (Sender("Harbour Support", "x@y.test"), Resemblance("name", "Harbour Support", "desk")),
        (Sender("Fia", "fia@fоo.test"), Resemblance("script")),
    ],
)
def test_who_could_be_taken_for_somebody_else_is_named(world, sender, resemblance):
    assert resemblances([sender]) == {sender: resemblance}


@pytest.mark.parametrize(
    "sender",
    [
        Sender("Cleo Dahl", "cleo@northwind.example"),
        Sender("Eve Moss", "eve@southgate.example"),
        Sender("Asta Lind", "asta@desk.example"),
        Sender("Harbour Support", "support@desk.example"),
        Sender("Nils", "nils@northwind.example"),
        Sender("Fia Berg", "fia@new.test"),
        Sender("Cleo Dahl", ""),
        Sender("", "fia@new.test"),
    ],
)
def test_who_is_who_they_say_resembles_nobody(world, sender):
    assert resemblances([sender]) == {}


def test_contacts_of_companies_cost_one_statement(world, django_assert_max_num_queries):
    cast = [Sender("Cleo Dahl", "cleo@northwind.example"), Sender("Eve", "eve@southgate.example")]
    with django_assert_max_num_queries(1):
        resemblances(cast)
    strangers = [Sender(f"Person {n}", f"p{n}@new{n}.test") for n in range(50)]
    with django_assert_max_num_queries(6):
        resemblances([*cast, *strangers])


def test_a_mailboxes_name_is_the_desks(world):
    Mailbox.objects.create(address="pay@desk.example", name="Paywise Care", created_at=MONDAY)
    sender = Sender("Paywise Care", "x@y.test")
    assert resemblances([sender])[sender] == Resemblance("name", "Paywise Care", "desk")


# --- on pages ---


def test_a_case_says_that_its_sender_is_verified(world):
    _, case = takes("Cleo Dahl", "cleo@northwind.example", PROVEN)
    page = page_of(world, case)
    assert "sender-verdict is-pass" in page
    assert "northwind.example vouches for it." in page
    assert "sender-address" not in page
    assert "sender-warning" not in page


def test_a_contact_who_calls_themselves_otherwise_is_shown_with_the_address(world):
    _, case = takes("The Director", "cleo@northwind.example", PROVEN)
    assert 'sender-address">cleo@northwind.example' in page_of(world, case)


def test_a_stranger_is_shown_with_the_address_and_whom_they_resemble(world):
    _, case = takes("Cleo Dahl", "cleo@n0rthwind.example", FAILED)
    page = page_of(world, case)
    assert 'sender-address">cleo@n0rthwind.example' in page
    assert "not verified: Nothing proves that it comes from northwind.example" in page
    assert "Resembles northwind.example, but is n0rthwind.example." in page


def test_a_domain_of_other_letters_is_written_out(world):
    _, case = takes("Cleo", "cleo@xn--nrthwind-nbh.example", PROVEN)
    assert "Resembles northwind.example, but is nоrthwind.example." in page_of(world, case)


def test_where_nobody_looks_nothing_is_said(world):
    _, case = takes("Cleo Dahl", "cleo@northwind.example", NOT_CHECKED)
    assert "sender-verdict" not in page_of(world, case)


def test_what_a_sender_calls_themselves_is_escaped(world):
    _, case = takes("<b>Asta Lind</b>", "x@n0rthwind.example", FAILED)
    assert "<b>Asta" not in page_of(world, case)


def test_a_customer_is_shown_no_verdict(world):
    _, case = takes("Cleo Dahl", "cleo@northwind.example", PROVEN)
    page = sign_in(world.cleo).get(f"/cases/{case.number}").content.decode()
    assert "vouches" not in page


def test_a_list_of_mails_gets_a_mark_for_each(world):
    kept, _ = takes("Asta Lind", "asta@home.test", FAILED, verdict=Verdict.HOLD)
    item = InboxItem.objects.get(pk=kept)
    mark = marks_of([(item.pk, item.sender, item.trust), (0, "x@y.test", {})])[item.pk]
    assert (mark.verdict, mark.word, mark.address) == ("fail", "not verified", "asta@home.test")
    assert mark.warning == (
        "Bears the name of our colleague Asta Lind, but writes from asta@home.test."
    )
