"""A preview says exactly what leaves (feature 84)."""

import pytest

from dueline.actions import cases, messages, watchers
from dueline.actions.previews import preview_reply
from dueline.core.errors import Refusal
from dueline.models import Agent, Case, Event, Mailbox, Message, OutboxItem
from dueline.outlets.mail import build
from dueline.outlets.mail_delivery import letter_of
from tests.world import MONDAY

pytestmark = pytest.mark.django_db

TEXT = "Hello **Cleo**,\n\n- one\n- two\n\n[here](https://desk.example/x) <b>not bold</b>"
ACTS = {"reply": messages.reply, "ask": messages.ask_customer, "resolve": cases.resolve}
COLUMNS = (
    "to_name",
    "to_address",
    "subject",
    "text",
    "html",
    "from_name",
    "from_address",
    "shown_to",
    "shown_cc",
    "unsubscribe_url",
    "reply_to",
    "in_reply_to",
    "references",
    "created_at",
)


@pytest.fixture
def case(world):
    case = world.case(priority="critical")
    mailbox = Mailbox.objects.create(
        address="pay@desk.example", name="Payments", signature="_Payments team_", created_at=MONDAY
    )
    Case.objects.filter(pk=case.pk).update(mailbox=mailbox)
    Agent.objects.filter(pk=world.asta.id).update(signature="Asta Lind, **engineer**")
    watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=MONDAY)
    return case


def test_nobody_previews_a_case_that_they_do_not_see_or_an_act_that_is_refused(world, case):
    for actor, text in ((world.eve, "x"), (world.cleo, "x"), (world.asta, "  ")):
        with pytest.raises(Refusal):
            preview_reply(case.pk, text=text, act="reply", actor=actor, at=MONDAY)


@pytest.mark.parametrize("act", list(ACTS))
def test_a_preview_is_what_is_sent_byte_for_byte(world, case, act):
    previewed = preview_reply(case.pk, text=TEXT, act=act, actor=world.asta, at=MONDAY)
    ACTS[act](case.pk, text=TEXT, actor=world.asta, at=MONDAY)
    sent = list(OutboxItem.objects.filter(purpose="reply").order_by("id"))

    assert [one.to_address for one in sent] == ["cleo@northwind.example", "dag@northwind.example"]
    for shown, row in zip(previewed, sent, strict=True):
        assert {c: getattr(shown, c) for c in COLUMNS} == {c: getattr(row, c) for c in COLUMNS}
        assert bytes_of(shown, world, like=row) == bytes_of(row, world, like=row)


def bytes_of(item, world, *, like):
    """The message as it travels, apart from what the library draws anew for each of them."""
    item.mail_id = like.mail_id
    message = build(letter_of(item, world.desk))
    for part in message.walk():
        if part.is_multipart():
            part.set_boundary(f"boundary-{part.get_content_subtype()}")
    return message.as_bytes()


def test_a_preview_leaves_no_trace(world, case):
    def everything():
        row = Case.objects.values().get(pk=case.pk)
        return row, Event.objects.count(), Message.objects.count(), OutboxItem.objects.count()

    before = everything()
    preview_reply(case.pk, text=TEXT, act="resolve", actor=world.asta, at=MONDAY)
    assert everything() == before
