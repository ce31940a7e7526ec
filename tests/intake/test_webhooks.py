"""What a mail service is answered 200 is kept; what it is not, it keeps and brings again."""

import io
import json
import time
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import DatabaseError

from dueline.actions import inbox
from dueline.core.instants import now
from dueline.intake import read_inbox
from dueline.intake.mail import limits, services, webhooks
from dueline.models import Attachment, Case, InboxItem, MailWebhook, RawItem
from tests.intake import services as calls

pytestmark = pytest.mark.django_db

WHOLE = {
    "mailgun": calls.mailgun_whole,
    "sendgrid": calls.sendgrid_whole,
}
IN_PIECES = {
    "mailgun": calls.mailgun_in_pieces,
    "postmark": calls.postmark_in_pieces,
    "sendgrid": calls.sendgrid_in_pieces,
    "mailjet": calls.mailjet,
    "brevo": calls.brevo,
}
ENVELOPE = ("cleo@northwind.example", ["support@desk.example"])


class Answer:
    """What Brevo answers to whoever asks for a file."""

    def __init__(self, status: int, content: bytes = b"") -> None:
        self.status_code = status
        self.headers = {"Content-Type": "application/octet-stream"}
        self.raw = self
        self._content = content

    def read(self, most: int, decode_content: bool) -> bytes:
        return self._content[:most]

    def __enter__(self):
        return self

    def __exit__(self, *how):
        return None


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """Hand out Brevo's files; return what was asked for. No test reaches the service."""
    seen = _Seen()

    def get(url, **named):
        seen.append((url, named))
        return asked_answer[0]

    asked_answer = [Answer(200, calls.LOG)]
    monkeypatch.setattr(services.requests, "get", get)
    seen.answer_with = lambda answer: asked_answer.__setitem__(0, answer)
    return seen


class _Seen(list):
    answer_with = None


@pytest.fixture
def bring(client, world):
    """Call the webhook of a service: `bring(provider, (body, type)) -> response`."""

    def bring(provider, call, *, secret=None, **headers):
        webhook, _ = MailWebhook.objects.get_or_create(
            provider=provider,
            defaults={
                "secret": f"{provider}-secret",
                "signing_key": calls.KEY,
                "created_at": now(),
            },
        )
        body, media_type = call
        path = f"/mail/webhooks/{webhook.secret if secret is None else secret}"
        return client.post(path, body, content_type=media_type, headers=headers)

    yield bring
    read_inbox.stop()


def raw_of_all() -> list[bytes]:
    return [bytes(raw) for raw in RawItem.objects.values_list("bytes", flat=True)]


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["", "wrong", "mailgun-secre", "mailgun-secret2", "sécret"])
def test_i28_an_address_that_is_not_wholly_right_is_nowhere(bring, secret):
    bring("mailgun", calls.mailgun_whole(now()), secret="first")

    answer = bring("mailgun", calls.mailgun_whole(now()), secret=secret)

    assert answer.status_code == 404
    assert InboxItem.objects.count() == 0


def test_a_door_that_was_shut_is_nowhere(bring):
    bring("postmark", calls.postmark_in_pieces(now()))
    MailWebhook.objects.update(is_active=False)
    assert bring("postmark", calls.postmark_in_pieces(now())).status_code == 404


def test_a_webhook_is_called_and_never_looked_at(client, world):
    assert client.get("/mail/webhooks/x").status_code == 405
    assert client.put("/mail/webhooks/x").status_code == 405


def test_a_call_that_another_key_signed_is_refused_and_shown(bring):
    answer = bring("mailgun", calls.mailgun_whole(now(), key="of somebody else"))

    assert answer.status_code == 403
    assert InboxItem.objects.count() == 0
    door = MailWebhook.objects.get()
    assert door.failing_since is not None
    assert "not signed with the key" in door.last_error


def test_a_call_without_its_signature_or_with_an_old_one_is_refused(bring):
    at = now()
    body, media_type = calls.mailgun_whole(at)
    old = calls.mailgun_whole(at - timedelta(days=2))
    for call in (
        (body.replace(b'name="signature"', b'name="other"'), media_type),
        (body.replace(b'name="token"\r\n\r\na', b'name="token"\r\n\r\nb'), media_type),
        (body.replace(b'name="timestamp"\r\n\r\n1', b'name="timestamp"\r\n\r\nx1'), media_type),
        old,
        (b"", media_type),
        (b"{}", "application/json"),
    ):
        assert bring("mailgun", call).status_code == 403
    assert InboxItem.objects.count() == 0


def test_what_tells_of_sent_mail_is_no_mail_and_is_said_to_stand_in_the_wrong_place(bring):
    opened = json.dumps({"RecordType": "Open", "MessageID": "1"}).encode()

    assert bring("postmark", (opened, "application/json")).status_code == 400
    assert InboxItem.objects.count() == 0
    assert "no incoming mail" in MailWebhook.objects.get().last_error


def test_a_call_that_brings_nothing_is_not_called_kept(bring):
    for provider in ("postmark", "sendgrid", "mailjet", "brevo"):
        assert bring(provider, (b"", "application/json")).status_code == 400
    assert bring("brevo", (b'{"items": []}', "application/json")).status_code == 400


def test_what_is_larger_than_any_mail_may_be_is_refused(bring, monkeypatch):
    monkeypatch.setattr(webhooks, "_LARGEST_CALL", 1000)
    too_long = calls.mailgun_whole(now(), raw=calls.RAW + b"x" * 1000)
    assert bring("mailgun", too_long).status_code == 413
    monkeypatch.undo()
    monkeypatch.setattr(webhooks, "LARGEST_MAIL", 100)
    assert bring("sendgrid", calls.sendgrid_whole(now())).status_code == 413
    assert InboxItem.objects.count() == 0


def test_a_call_that_was_broken_off_comes_again(rf, bring):
    bring("mailjet", calls.mailjet(now()))
    body, media_type = calls.mailjet(now())
    broken = rf.post("/mail/webhooks/mailjet-secret", body, content_type=media_type)
    broken._stream = io.BytesIO(body[:200])

    assert webhooks.receive(broken, "mailjet-secret").status_code == 503
    assert InboxItem.objects.count() == 1


def test_what_could_not_be_kept_comes_again(bring, monkeypatch):
    def fails(*_, **__):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(inbox, "keep_raw", fails)

    assert bring("mailgun", calls.mailgun_whole(now())).status_code == 503


# --- what is kept ------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", WHOLE)
def test_a_mail_that_comes_whole_is_kept_byte_for_byte(bring, provider):
    assert bring(provider, WHOLE[provider](now())).status_code == 200

    assert raw_of_all() == [calls.RAW]
    item = InboxItem.objects.get()
    assert (item.door, item.mail_from, item.rcpt_to) == ("webhook", *ENVELOPE)
    door = MailWebhook.objects.get()
    assert door.last_success_at is not None
    assert (door.failing_since, door.last_error) == (None, "")


def test_postmarks_whole_mail_is_kept_as_its_json_holds_it(bring):
    raw = "From: Cleo <cleo@northwind.example>\r\nSubject: Hjälp\r\n\r\nInget går ☹\r\n".encode()
    told = {**json.loads(calls.postmark_whole(now())[0]), "RawEmail": raw.decode()}

    bring("postmark", (json.dumps(told).encode(), "application/json"))

    assert raw_of_all() == [raw]
    item = InboxItem.objects.get()
    assert (item.mail_from, item.rcpt_to) == ENVELOPE


def test_a_mail_in_a_plain_form_is_kept_byte_for_byte(bring):
    at = now()
    fields = {"sender": "a@b.example", "body-mime": calls.RAW, **calls.mailgun_signature(at)}

    answer = bring("mailgun", (urlencode(fields).encode(), "application/x-www-form-urlencoded"))

    assert answer.status_code == 200
    assert raw_of_all() == [calls.RAW]


def test_a_whole_mail_of_megabytes_is_no_longer_than_a_form_may_be(bring):
    raw = calls.RAW + b"long line of text\r\n" * 200_000
    assert bring("mailgun", calls.mailgun_whole(now(), raw=raw)).status_code == 200
    assert raw_of_all() == [raw]


@pytest.mark.parametrize("provider", IN_PIECES)
def test_a_mail_in_pieces_is_put_together_and_becomes_a_case_with_its_file(bring, provider, asked):
    assert bring(provider, IN_PIECES[provider](now())).status_code == 200

    item = InboxItem.objects.get()
    assert (item.mail_from, item.rcpt_to) == ENVELOPE
    while read_inbox.read_next(now()):
        pass
    case = Case.objects.get()
    message = case.messages.get()
    assert case.subject == "Betalningarna"
    assert case.contact.email == "cleo@northwind.example"
    assert message.text.strip() == "Hjälp! Inget går."
    (file,) = Attachment.objects.filter(message=message)
    assert (file.name, file.size) == ("fel.log", len(calls.LOG))


@pytest.mark.parametrize("provider", [*WHOLE, "postmark", "mailjet", "brevo"])
def test_the_same_call_twice_is_one_mail(bring, provider):
    call = {**IN_PIECES, **WHOLE}[provider](now())

    assert [bring(provider, call).status_code for _ in range(2)] == [200, 200]

    item = InboxItem.objects.get()
    assert item.times_received == 2


def test_a_replayed_call_with_another_mail_in_it_still_speaks_for_nobody(bring, world):
    """Mailgun signs no content: who has seen one call may bring another mail, as by SMTP."""
    forged = calls.RAW.replace(b"service-1", b"service-2").replace(b"Hj", b"Kasta allt. Hj")
    bring("mailgun", calls.mailgun_whole(now()))
    bring("mailgun", calls.mailgun_whole(now(), raw=forged))
    assert InboxItem.objects.count() == 2


def test_what_no_service_is_known_to_send_is_kept_as_it_came_and_held(bring):
    odd = b'{"items": [{"Headers": {"From": 5}}, "x"]}'

    assert bring("brevo", (odd, "application/json")).status_code == 200

    assert raw_of_all() == [odd]
    while read_inbox.read_next(now()):
        pass
    assert InboxItem.objects.get().state == "held"


@pytest.mark.parametrize(
    "sender",
    ["(" * 60_000 + "cleo@northwind.example", "=?utf-8?q?a?= " * 20_000, '"' * 60_000],
    ids=["nested", "words", "quotes"],
)
def test_i46_headers_that_would_keep_a_parser_busy_for_minutes_are_not_parsed_here(bring, sender):
    told = json.loads(calls.mailjet(now())[0])
    told["Headers"]["From"] = sender
    body = json.dumps(told).encode()
    began_at = time.process_time()

    assert bring("mailjet", (body, "application/json")).status_code == 200

    assert time.process_time() - began_at < 2
    assert raw_of_all()[0].startswith(f"From: {sender.strip()}\r\n".encode())


def test_i50_a_line_break_in_a_header_begins_no_other_header(bring):
    told = json.loads(calls.mailjet(now())[0])
    told["Headers"]["From"] = "a@b.example\r\nBcc: x@y.example"
    told["Headers"]["X: y\r\nCc"] = "x@y.example"

    bring("mailjet", (json.dumps(told).encode(), "application/json"))

    (raw,) = raw_of_all()
    assert raw.startswith(b"From: a@b.example Bcc: x@y.example\r\n")
    assert b"\nBcc:" not in raw
    assert b"\nCc:" not in raw


def test_i46_a_form_with_too_many_fields_is_kept_as_it_came(bring):
    body, media_type = calls.form({f"field-{n}": "x" for n in range(600)})
    assert bring("sendgrid", (body, media_type)).status_code == 200
    assert raw_of_all() == [body]


# --- Brevo's files -----------------------------------------------------------------------------


def test_i49_a_file_is_fetched_from_the_services_own_host_alone(bring, asked):
    bring("brevo", calls.brevo(now()))

    ((url, named),) = asked
    assert url == "https://api.brevo.com/v3/inbound/attachments/token%2Fof..the%20file"
    assert named["headers"] == {"api-key": calls.KEY}
    assert named["allow_redirects"] is False


@pytest.mark.parametrize("status", [302, 401, 404, 500])
def test_a_mail_whose_file_could_not_be_fetched_comes_again(bring, asked, status):
    asked.answer_with(Answer(status))

    assert bring("brevo", calls.brevo(now())).status_code == 503
    assert InboxItem.objects.count() == 0
    assert "did not hand over a file" in MailWebhook.objects.get().last_error


def test_the_largest_mail_is_the_same_at_every_door():
    assert limits.LARGEST_MAIL * 4 // 3 < webhooks._LARGEST_CALL
