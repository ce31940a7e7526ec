"""Who gets a copy of what we write, under whose name, and what an answer to it may do."""

import pytest
from django.conf import settings

from dueline.actions import letters, messages, watchers
from dueline.core import matching
from dueline.models import Agent, Case, Contact, Mailbox, Message, OutboxItem
from dueline.outlets.mail import build
from dueline.outlets.mail_delivery import letter_of
from tests.world import MONDAY

pytestmark = pytest.mark.django_db

OUTSIDER = "noa@elsewhere.example"


@pytest.fixture
def say(world, monkeypatch):
    """A function with which Asta answers, and copies the answer to others."""

    def say(case, text="We found it.", *, cc=()) -> list[OutboxItem]:
        newest = OutboxItem.objects.count()
        # The addresses stand in the message before its letters are written.
        with monkeypatch.context() as copied:
            real = letters.reply

            def reply(change, message):
                Message.objects.filter(pk=message.pk).update(cc=list(cc))
                message.cc = list(cc)
                real(change, message)

            copied.setattr(letters, "reply", reply)
            messages.reply(case.pk, text=text, actor=world.asta, at=MONDAY)
        return list(OutboxItem.objects.order_by("id")[newest:])

    return say


@pytest.fixture
def case(world):
    return world.case(acknowledge=False)


def token_of(text):
    return matching.read_token(settings.SECRET_KEY, text)


def message_of(item, world):
    return build(letter_of(item, world.desk))


def test_i30_an_outsider_s_copy_carries_nobody_s_token(world, case, say):
    say(case)
    cleos, copy = say(case, cc=[OUTSIDER])
    message = message_of(copy, world)
    shown = [message["Message-ID"], message["Reply-To"], message["References"] or ""]
    assert copy.to_address == OUTSIDER
    assert [token_of(str(one)) for one in shown] == [None, None, None]
    assert cleos.mail_id not in message.as_string()
    assert cleos.reply_to not in message.as_string()
    assert case.number in copy.subject
    assert "/cases/" not in copy.text
    assert "An answer of yours reaches us as a request of its own." in copy.text


def test_an_outsider_s_copies_are_one_thread_of_their_own(world, case, say):
    _, first = say(case, cc=[OUTSIDER])
    cleos, second = say(case, cc=[OUTSIDER])
    assert second.references == second.in_reply_to == first.mail_id
    assert first.mail_id not in cleos.references


def test_a_contact_of_another_company_is_an_outsider(world, case, say):
    _, copy = say(case, cc=["eve@southgate.example"])
    assert token_of(copy.mail_id) is None
    assert copy.reply_to == ""


def test_a_stranger_s_case_has_no_colleagues(world, say):
    """Both belong to no company: that makes them nobody's colleagues."""
    for name in ("x", "y"):
        Contact.objects.create(name=name, email=f"{name}@else.example", created_at=MONDAY)
    stranger = Contact.objects.get(name="x").as_person()
    _, copy = say(world.case(stranger, acknowledge=False), cc=["y@else.example"])
    assert copy.reply_to == ""


def test_a_colleague_of_the_contact_gets_a_token_of_their_own(world, case, say):
    cleos, dags = say(case, cc=["Dag@Northwind.example"])
    assert token_of(cleos.reply_to) == matching.Token(case.pk, world.cleo.id)
    assert token_of(dags.reply_to) == matching.Token(case.pk, world.dag.id)
    assert token_of(dags.mail_id) == matching.Token(case.pk, world.dag.id)


def test_each_copy_shows_the_same_readers(world, case, say):
    copies = say(case, cc=["dag@northwind.example", OUTSIDER])
    assert [one.to_address for one in copies] == [
        "cleo@northwind.example",
        "dag@northwind.example",
        OUTSIDER,
    ]
    for copy in copies:
        message = message_of(copy, world)
        assert str(message["To"]) == "Cleo Dahl <cleo@northwind.example>"
        assert str(message["Cc"]) == f"Dag Ek <dag@northwind.example>, {OUTSIDER}"


def test_who_is_named_twice_gets_one_mail(world, case, say):
    watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=MONDAY)
    copies = say(
        case, cc=["dag@northwind.example", "cleo@northwind.example", OUTSIDER, OUTSIDER.upper()]
    )
    assert [one.to_address for one in copies] == [
        "cleo@northwind.example",
        "dag@northwind.example",
        OUTSIDER,
    ]


def test_who_watches_is_shown_to_nobody_else(world, case, say):
    watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=MONDAY)
    copies = {one.to_address: one for one in say(case, cc=[OUTSIDER])}
    for address in ("cleo@northwind.example", OUTSIDER):
        message = message_of(copies[address], world)
        assert "dag@" not in f"{message['To']}{message['Cc']}"
    dags = message_of(copies["dag@northwind.example"], world)
    assert (str(dags["To"]), dags["Cc"]) == ("Dag Ek <dag@northwind.example>", None)


def test_i50_a_line_break_in_a_copy_line_is_no_mail(world, case, say):
    _, copy = say(case, cc=["a@b.example\r\nBcc: eve@southgate.example"])
    with pytest.raises(ValueError, match="line break"):
        message_of(copy, world)


def test_i37_an_address_cannot_hold_a_second_one(world, case, say):
    _, copy = say(case, cc=["a@b.example>, <eve@southgate.example"])
    (address,) = message_of(copy, world)["Cc"].addresses
    assert address.username == "a@b.example>, <eve"


def test_a_copy_that_bounces_takes_no_promise_back(world, case, say):
    from dueline.actions import outbox

    _, copy = say(case, cc=[OUTSIDER])
    claimed = copy
    OutboxItem.objects.filter(pk=copy.pk).update(state="claimed", claim=1)
    claimed.refresh_from_db()
    outbox.record_refusal(claimed, why="550 no such user", at=MONDAY)
    assert case.commitments.get(kind="response").state == "met"
    assert OutboxItem.objects.filter(purpose="notice").exists()  # … but the desk is told


# --- a way to stop --------------------------------------------------------------------------------


def test_only_a_watcher_s_copy_offers_to_stop(world, case, say):
    watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=MONDAY)
    cleos, dags = say(case)
    assert message_of(cleos, world)["List-Unsubscribe"] is None
    assert message_of(dags, world)["List-Unsubscribe"].startswith("<http://desk.example/watching/")
    # One click needs a connection that nobody can listen to.
    assert message_of(dags, world)["List-Unsubscribe-Post"] is None


def test_one_click_is_offered_over_https(world, case, say):
    world.desk.public_url = "https://desk.example"
    world.desk.save()
    watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=MONDAY)
    message = message_of(say(case)[1], world)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


# --- identities -----------------------------------------------------------------------------------


@pytest.fixture
def payments():
    return Mailbox.objects.create(
        address="pay@shop.example",
        name="Payments",
        signature="**Payments**, a team of Harbour",
        language="sv",
        created_at=MONDAY,
    )


def test_a_case_of_a_mailbox_answers_under_its_name_and_address(world, case, say, payments):
    Case.objects.filter(pk=case.pk).update(mailbox=payments)
    (item,) = say(case)
    message = message_of(item, world)
    assert str(message["From"]) == "Payments <pay@shop.example>"
    assert item.reply_to.startswith("pay+")
    assert item.reply_to.endswith("@shop.example")
    assert item.mail_id.endswith("@shop.example>")
    assert item.text.endswith("pay@shop.example\n")
    assert "**Payments**, a team of Harbour" in item.text
    assert "<strong>Payments</strong>, a team of Harbour" in item.html


def test_a_mailbox_without_a_name_bears_the_desk_s(world, case, say, payments):
    Mailbox.objects.update(name="")
    Case.objects.filter(pk=case.pk).update(mailbox=payments)
    assert str(message_of(say(case)[0], world)["From"]) == "Harbour Support <pay@shop.example>"


def test_a_mailbox_that_is_shut_answers_no_more(world, case, say, payments):
    Mailbox.objects.update(is_active=False)
    Case.objects.filter(pk=case.pk).update(mailbox=payments)
    assert str(message_of(say(case)[0], world)["From"]) == "Harbour Support <support@desk.example>"


def test_who_has_chosen_no_language_is_written_to_in_that_of_the_mailbox(
    world, case, say, payments
):
    Case.objects.filter(pk=case.pk).update(mailbox=payments)
    assert '<html lang="sv">' in say(case)[0].html
    Contact.objects.filter(pk=world.cleo.id).update(language="nb")
    assert '<html lang="nb">' in say(case)[0].html


def test_an_engineer_s_signature_stands_under_their_words(world, case, say):
    Agent.objects.filter(pk=world.asta.id).update(signature="Asta Lind\n_Engineer_")
    (item,) = say(case)
    assert item.text.startswith("We found it.\n\nAsta Lind\n_Engineer_\n\n")
    assert "<em>Engineer</em>" in item.html


def test_a_signature_without_the_name_stands_under_the_name(world, case, say):
    Agent.objects.filter(pk=world.asta.id).update(signature="Ring me!")
    assert say(case)[0].text.startswith("We found it.\n\nAsta Lind\n\nRing me!\n\n")
