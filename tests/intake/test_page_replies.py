"""What comes back to a page: a text message, or an answer to a mail. Never to a customer."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from dueline.actions import inbox, pages, phone_webhooks
from dueline.core.inbound import Inbound, Machine
from dueline.core.matching import Verdict, decide, page_address
from dueline.intake.phone.signatures import new_key, sign_generic
from dueline.models import Agent, Case, InboxItem, Message, OutboxItem, Page, Paging
from dueline.queries.inbox import facts_for
from tests.pages import page_to, paging_of, reach
from tests.world import MONDAY

pytestmark = pytest.mark.django_db
BO = "+46 70 765 43 21"
DESK = "support@desk.example"


@pytest.fixture
def now():
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def page(world, now):
    case = world.case(priority="critical", acknowledge=False)
    Agent.objects.filter(pk=world.bo.id).update(phone=BO)
    page = page_to(world.bo, paging_of(case))
    Page.objects.filter(pk=page.pk).update(created_at=now)
    return page


def paging_state(page) -> tuple[str, str]:
    paging = Paging.objects.get(pk=page.paging_id)
    return paging.state, paging.acknowledged_by_way


# --- by text message ---------------------------------------------------------------------------


@pytest.fixture
def hook(world, now):
    return phone_webhooks.add_webhook(
        provider="twilio", signing_key="twilio-token", actor=world.ada, at=now
    )


def twilio(hook, *, key="twilio-token", sid="SM1", number="+46707654321", body="ACK 47110"):
    form = {"From": number, "Body": body, "MessageSid": sid}
    path = f"/hooks/pages/{hook.secret}/replies"
    signed = f"http://desk.example{path}" + "".join(
        name + value for name, value in sorted(form.items())
    )
    mac = base64.b64encode(hmac.new(key.encode(), signed.encode(), hashlib.sha1).digest())
    return Client().post(
        path,
        urlencode(form),
        "application/x-www-form-urlencoded",
        HTTP_X_TWILIO_SIGNATURE=mac.decode(),
    )


def test_a_text_message_that_is_not_signed_acknowledges_nothing(page, hook):
    assert twilio(hook, key="wrong").status_code == 401
    assert paging_state(page)[0] == "running"


def test_an_address_that_nobody_was_given_is_not_there(page):
    assert Client().post("/hooks/pages/a-guess/replies").status_code == 404


@pytest.mark.parametrize(
    ("number", "body"),
    [("+46701112233", "ACK 47110"), ("+46707654321", "ACK 99999"), ("+46707654321", "Yes!")],
)
def test_neither_another_telephone_nor_another_code_acknowledges(page, hook, number, body):
    answer = twilio(hook, number=number, body=body)
    assert answer.status_code == 200
    assert "There is no such page." in answer.content.decode()
    assert paging_state(page)[0] == "running"


@pytest.mark.parametrize("body", ["ACK 47110", "ack: 47110", " 47110 ok", "Acknowledge 47110"])
def test_the_code_from_their_own_telephone_acknowledges(page, hook, body):
    answer = twilio(hook, body=body)
    assert answer["Content-Type"].startswith("text/xml")
    assert "<Message>Acknowledged by Bo Ström.</Message>" in answer.content.decode()
    assert paging_state(page) == ("acknowledged", "reply")


def test_f15_a_text_message_that_is_told_twice_is_taken_once(page, hook):
    assert twilio(hook).status_code == 200
    assert twilio(hook).status_code == 409
    assert twilio(hook, sid="SM2").status_code == 200


def test_a_number_that_guesses_codes_is_told_to_wait(page, hook):
    answers = [twilio(hook, sid=f"SM{n}", body=f"ACK 1000{n}").status_code for n in range(22)]
    assert (answers[0], answers[-1]) == (200, 409)
    assert paging_state(page)[0] == "running"


def test_any_other_telephone_system_can_be_taught_to_pass_it_on(page, world, now):
    hook = phone_webhooks.add_webhook(
        provider="generic", signing_key=new_key(), actor=world.ada, at=now
    )
    body = json.dumps({"from": "070-765 43 21", "text": "ACK 47110"}).encode()
    signature = sign_generic(body, key=hook.signing_key, at=now)
    answer = Client().post(
        f"/hooks/pages/{hook.secret}/replies",
        body,
        "application/json",
        HTTP_X_DUELINE_SIGNATURE=signature,
    )
    assert answer.json() == {"said": "Acknowledged by Bo Ström."}
    assert paging_state(page) == ("acknowledged", "reply")


# --- by mail -----------------------------------------------------------------------------------


def answer_by_mail(
    page: Page, *, at, to: str = "", machine: Machine = Machine.NONE, sender: str = ""
) -> InboxItem:
    to = to or page_address(
        settings.SECRET_KEY, mail_address=DESK, page_id=page.pk, token=page.token
    )
    item_id = inbox.keep_raw(
        f"To: {to}\r\n\r\non my way {at}".encode(), door="smtp", mail_from="", rcpt_to=[to], at=at
    )
    claimed = inbox.claim_next(at=at)
    assert claimed
    mail = Inbound(
        channel="mail",
        sender_name="Bo",
        sender_address=sender or "bo@home.example",
        subject="Re: Critical case",
        text="On my way; it is Cleo's own fault.",
        mail_id=f"<{at.timestamp()}@home.example>",
        digest=str(at),
        machine=machine,
    )
    facts = facts_for(
        mail, rcpt_to=[to], secret=settings.SECRET_KEY, mail_address=DESK, except_item=item_id
    )
    decision = decide(mail, facts)
    inbox.take_in(item_id, claim=claimed.claim, inbound=mail, decision=decision, at=at)
    return InboxItem.objects.get(pk=item_id)


def test_the_mail_of_a_page_goes_out_with_an_address_that_acknowledges(page, world):
    world.desk.smtp_host = "mail.example"
    world.desk.save()
    reach(world.bo.id, "bo@home.example", kind="mail")
    claimed = pages.claim_next(at=MONDAY)
    assert claimed
    pages.mail(claimed, claimed.ways[0], at=MONDAY)
    assert OutboxItem.objects.get(purpose="page").reply_to == page_address(
        settings.SECRET_KEY, mail_address=DESK, page_id=page.pk, token=page.token
    )


def test_an_answer_by_mail_acknowledges_and_reaches_no_customer(page, now):
    messages, cases, mails = (model.objects.count() for model in (Message, Case, OutboxItem))
    item = answer_by_mail(page, at=now)
    assert paging_state(page) == ("acknowledged", "reply")
    assert (item.state, item.case_id) == ("recorded", page.paging.case_id)
    assert item.reason == "It answers a page, and acknowledges it."
    assert Message.objects.count() == messages
    assert Case.objects.count() == cases
    assert OutboxItem.objects.count() == mails


def test_an_answer_by_a_machine_acknowledges_nothing(page, now):
    item = answer_by_mail(page, at=now, machine=Machine.AUTO_REPLY)
    assert item.state == "recorded"
    assert paging_state(page)[0] == "running"


def test_an_address_that_was_made_up_acknowledges_nothing(page, now):
    forged = page_address("another secret", mail_address=DESK, page_id=page.pk, token=page.token)
    answer_by_mail(page, at=now, to=forged)
    assert paging_state(page)[0] == "running"


def test_an_address_of_another_page_acknowledges_nothing_of_this_one(world, page, now):
    other = page_to(world.asta, page.paging, step=1)
    address = page_address(
        settings.SECRET_KEY, mail_address=DESK, page_id=page.pk, token=other.token
    )
    answer_by_mail(page, at=now, to=address)
    assert paging_state(page)[0] == "running"


def test_an_answer_after_a_day_comes_too_late_and_is_kept(page, now):
    item = answer_by_mail(page, at=now + timedelta(hours=25))
    assert item.state == "recorded"
    assert paging_state(page)[0] == "running"
    assert item.reason == "It answers a page. That was more than a day ago."


def test_who_answers_second_leaves_the_first_as_they_are(world, page, now):
    Paging.objects.update(state="acknowledged", acknowledged_by=world.asta.id, acknowledged_at=now)
    item = answer_by_mail(page, at=now)
    assert "Asta Lind has acknowledged already." in item.reason


def test_a_customer_s_own_mail_to_such_an_address_opens_nothing(page, now, world):
    item = answer_by_mail(page, at=now, sender=world.eve.email)
    assert item.state == "recorded"


def test_an_answer_to_a_page_is_decided_before_all_that_leads_to_a_case(page, now, world):
    mail = Inbound(
        channel="mail",
        sender_name="",
        sender_address=world.cleo.email,
        subject="",
        text="",
        mail_id="<x@y.example>",
        digest="d",
    )
    to = page_address(settings.SECRET_KEY, mail_address=DESK, page_id=page.pk, token=page.token)
    facts = facts_for(mail, rcpt_to=[to], secret=settings.SECRET_KEY, mail_address=DESK)
    assert decide(mail, facts).verdict is Verdict.RECORD
