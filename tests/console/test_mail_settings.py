"""Settings → Mail: mailboxes, webhooks, senders, mail out. Secrets are in no page."""

import json
import shutil
import socket
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from dueline.actions import mail_settings, mail_webhooks, mailboxes
from dueline.core.errors import Refusal
from dueline.intake import clamd
from dueline.intake.mail import oauth, trial
from dueline.models import AuditEntry, Case, Desk, Mailbox, MailWebhook
from tests.world import MONDAY, World

pytestmark = pytest.mark.django_db

MAIL = "/console/settings/mail"
BOX = {
    "address": "Billing@help.example.com",
    "name": "Billing Desk",
    "product": "Billing",
    "language": "sv",
    "signature": "**Billing**",
    "imap_host": "imap.example.com",
    "imap_port": "993",
    "imap_security": "tls",
    "imap_username": "",
    "sign_in": "password",
    "imap_password": " tops3cret ",
    "folder": "INBOX",
    "afterwards": "move",
    "done_folder": "Done",
}


@pytest.fixture
def ada(world: World, enter) -> Client:
    return enter(world.ada)


@pytest.fixture
def box(ada) -> Mailbox:
    assert ada.post(f"{MAIL}/mailboxes/new", BOX).status_code == 302
    return Mailbox.objects.get()


def test_i17_the_acts_themselves_refuse_whoever_is_no_administrator(world):
    facts = mailboxes.Facts.read(BOX)
    tried = [
        lambda who: mailboxes.add_mailbox(facts, actor=who, at=MONDAY),
        lambda who: mailboxes.change_mailbox(1, facts, actor=who, at=MONDAY),
        lambda who: mailboxes.as_typed(None, facts, actor=who),
        lambda who: mailboxes.set_active(1, is_active=False, actor=who, at=MONDAY),
        lambda who: mailboxes.remove_mailbox(1, actor=who, at=MONDAY),
        lambda who: mailboxes.keep_permission(1, refresh_token="x", actor=who, at=MONDAY),
        lambda who: mailboxes.connectable(1, actor=who),
        lambda who: mail_webhooks.add_webhook(
            provider="brevo", signing_key="", actor=who, at=MONDAY
        ),
        lambda who: mail_webhooks.change_key(1, signing_key="x", actor=who, at=MONDAY),
        lambda who: mail_webhooks.set_active(1, is_active=False, actor=who, at=MONDAY),
        lambda who: mail_settings.change_senders(mail_settings.Senders(), actor=who, at=MONDAY),
        lambda who: mail_settings.change_signing(mail_settings.Signing(), actor=who, at=MONDAY),
    ]
    for act in tried:
        for who in (world.asta, world.cleo):
            with pytest.raises(Refusal) as refused:
                act(who)
            assert refused.value.code == "not-found"


# --- mailboxes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("address", "billing"),
        ("address", "x" * 250 + "@help.example.com"),
        ("name", "two\nlines"),
        ("name", "x" * 201),
        ("language", "xx"),
        ("signature", "x" * 5001),
        ("imap_host", "imap example"),
        ("imap_host", "-oProxy"),
        ("imap_port", "0"),
        ("imap_port", "many"),
        ("imap_security", "magic"),
        ("sign_in", "magic"),
        ("afterwards", "delete"),
        ("done_folder", ""),
        ("done_folder", "INBOX"),
        ("folder", "In\r\nBOX"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_is_kept(ada, field, typed):
    answer = ada.post(f"{MAIL}/mailboxes/new", {**BOX, field: typed})

    assert answer.status_code == 400
    assert "Billing Desk" in answer.content.decode() or field == "name"
    assert f'href="#{field}"' in answer.content.decode()
    assert Mailbox.objects.count() == 0


def test_permission_of_a_provider_needs_a_client_id(ada):
    typed = {**BOX, "sign_in": "google", "imap_password": ""}
    assert ada.post(f"{MAIL}/mailboxes/new", typed).status_code == 400


def test_a_mailbox_is_added_and_its_password_never_shown(ada, box):
    assert (box.address, box.name, box.language) == (
        "billing@help.example.com",
        "Billing Desk",
        "sv",
    )
    assert (box.imap_password, box.done_folder, box.is_active) == (" tops3cret ", "Done", True)
    pages = [MAIL, f"{MAIL}/mailboxes/{box.pk}"]
    assert all("tops3cret" not in ada.get(page).content.decode() for page in pages)
    assert (
        "tops3cret"
        not in ada.post(f"{MAIL}/mailboxes/{box.pk}", {**BOX, "imap_port": "x"}).content.decode()
    )
    entry = AuditEntry.objects.get(what="mailbox")
    assert entry.about == "billing@help.example.com"
    assert "tops3cret" not in json.dumps(entry.facts)


def test_no_two_mailboxes_have_one_address(ada, box):
    answer = ada.post(f"{MAIL}/mailboxes/new", {**BOX, "address": "BILLING@help.example.com"})
    assert answer.status_code == 400
    assert Mailbox.objects.count() == 1


def test_an_empty_password_leaves_the_stored_one(ada, box):
    ada.post(f"{MAIL}/mailboxes/{box.pk}", {**BOX, "name": "Invoices", "imap_password": ""})
    box.refresh_from_db()
    assert (box.name, box.imap_password) == ("Invoices", " tops3cret ")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("imap_host", "imap.elsewhere.example"),
        ("imap_port", "1993"),
        ("imap_security", "none"),
        ("imap_username", "somebody"),
    ],
)
def test_a_stored_password_goes_to_no_other_server_than_it_was_typed_for(ada, box, field, typed):
    for address in (f"{MAIL}/mailboxes/{box.pk}", f"{MAIL}/mailboxes/{box.pk}/trial"):
        answer = ada.post(address, {**BOX, "imap_password": "", field: typed})
        assert answer.status_code == 400
        assert "Write it once more" in answer.content.decode()
    box.refresh_from_db()
    assert box.imap_host == "imap.example.com"


def test_a_permission_is_for_the_place_that_it_was_given_for(world, ada, box):
    stored = {**BOX, "sign_in": "google", "oauth_client_id": "a", "oauth_client_secret": "b"}
    ada.post(f"{MAIL}/mailboxes/{box.pk}", stored)
    mailboxes.keep_permission(box.pk, refresh_token="refresh", actor=world.ada, at=MONDAY)
    again = {**stored, "imap_password": BOX["imap_password"]}

    ada.post(f"{MAIL}/mailboxes/{box.pk}", {**again, "name": "Invoices"})
    box.refresh_from_db()
    assert box.oauth_refresh_token == "refresh"

    ada.post(f"{MAIL}/mailboxes/{box.pk}", {**again, "imap_host": "imap.elsewhere.example"})
    box.refresh_from_db()
    assert box.oauth_refresh_token == ""


def test_another_folder_is_read_from_its_beginning_and_the_same_one_goes_on(ada, box):
    Mailbox.objects.update(
        uid_validity=5, last_uid=99, failing_since=MONDAY, last_error="It was refused."
    )
    ada.post(f"{MAIL}/mailboxes/{box.pk}", {**BOX, "name": "Invoices"})
    box.refresh_from_db()
    assert (box.uid_validity, box.last_uid) == (5, 99)
    assert (box.failing_since, box.last_error) == (None, "")

    ada.post(f"{MAIL}/mailboxes/{box.pk}", {**BOX, "folder": "Support"})
    box.refresh_from_db()
    assert (box.uid_validity, box.last_uid) == (None, 0)


def test_a_mailbox_with_cases_is_switched_off_and_never_removed(world, ada, box):
    case = world.case()
    Case.objects.filter(pk=case.pk).update(mailbox=box)
    address = f"{MAIL}/mailboxes/{box.pk}"

    assert ada.post(f"{address}/removal").status_code == 409
    assert "Remove" not in ada.get(address).content.decode()
    ada.post(f"{address}/activity", {"is_active": "no"})

    box.refresh_from_db()
    assert not box.is_active
    assert "switched off" in ada.get(address).content.decode()
    Case.objects.update(mailbox=None)
    assert ada.post(f"{address}/removal").status_code == 302
    assert not Mailbox.objects.exists()


def test_i31_an_address_on_the_domain_of_the_colleagues_is_warned_of(ada, box):
    warning = "An address on the company’s own domain."
    assert warning not in ada.get(f"{MAIL}/mailboxes/{box.pk}").content.decode()
    # Asta and the others sign in with addresses at desk.example, and the desk has one there.
    assert warning in ada.get(MAIL).content.decode()
    Mailbox.objects.update(address="billing@desk.example")
    assert warning in ada.get(f"{MAIL}/mailboxes/{box.pk}").content.decode()


# --- the trial ---------------------------------------------------------------------------------


@contextmanager
def listening(*lines: bytes):
    """Answer connections with these lines, whatever they say."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.sendall(b"".join(lines))
                connection.settimeout(2)
                with suppress(OSError):
                    connection.recv(1000)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_trial_without_a_server_asks_for_one(ada):
    answer = ada.post(f"{MAIL}/mailboxes/trial", {**BOX, "imap_host": ""})
    assert answer.status_code == 400
    assert "Write the server that holds the mail." in answer.content.decode()


def test_a_trial_says_what_is_wrong_and_stores_nothing(ada):
    typed = {**BOX, "imap_host": "127.0.0.1", "imap_port": str(free_port())}

    whole = ada.post(f"{MAIL}/mailboxes/trial", typed).content.decode()
    part = ada.post(f"{MAIL}/mailboxes/trial", typed, headers={"HX-Request": "true"})

    for text in (whole, part.content.decode()):
        assert "It does not work yet." in text
        assert "127.0.0.1" in text
        assert "tops3cret" not in text
    assert "type it once more before you save" in whole
    assert 'value="Billing Desk"' in whole
    assert "<form" not in part.content.decode()
    assert Mailbox.objects.count() == 0


def test_what_a_trial_finds_is_told_in_sentences(monkeypatch, world):
    seen = trial.imap.Seen(
        mails=3, unread=1, folders=("INBOX", "Done"), idles=True, is_read_only=False
    )
    monkeypatch.setattr(trial.imap, "look", lambda mailbox: seen)
    facts = mailboxes.Facts.read(BOX)
    mailbox = mailboxes.as_typed(None, facts, actor=world.ada)

    found = trial.try_mailbox(mailbox)

    assert found.is_well
    assert found.said == (
        "Signed in at imap.example.com, port 993.",
        "The folder “INBOX” is there and holds 3 mails; unread: 1.",
        "The server tells of new mail at once (IDLE).",
        "Fetched mails are moved to “Done”.",
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"folders": ("INBOX", "Junk")}, "The folder “Done” does not exist."),
        ({"is_read_only": True}, "The folder can only be read"),
    ],
)
def test_a_mailbox_whose_mails_cannot_be_put_away_is_not_well(monkeypatch, world, changed, said):
    seen = trial.imap.Seen(
        mails=0, unread=0, folders=("INBOX", "Done"), idles=False, is_read_only=False
    )
    monkeypatch.setattr(trial.imap, "look", lambda mailbox: seen._replace(**changed))
    mailbox = mailboxes.as_typed(None, mailboxes.Facts.read(BOX), actor=world.ada)

    found = trial.try_mailbox(mailbox)

    assert not found.is_well
    assert found.said[0].startswith(said)
    assert "no IDLE" in " ".join(found.said)


# --- permission of a provider ------------------------------------------------------------------


@pytest.fixture
def provider(settings):
    """A provider of permissions on this machine: `provider.asked` are the forms it was sent."""
    asked = []

    class Page(BaseHTTPRequestHandler):
        def do_POST(self):
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            asked.append({name: values[0] for name, values in form.items()})
            answer = {"access_token": "access", "refresh_token": "refr3sh", "expires_in": 3600}
            if asked[-1].get("code") != "the-code":
                answer = {"error": "invalid_grant"}
            self.send_response(200 if "error" not in answer else 400)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    settings.OAUTH_PROVIDERS = {
        "google": oauth.Provider(f"{base}/authorize", f"{base}/token", "the-scope")
    }
    server.asked = asked
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def google(ada, provider) -> Mailbox:
    typed = {
        **BOX,
        "sign_in": "google",
        "imap_password": "",
        "oauth_client_id": "the-client",
        "oauth_client_secret": "cli3nt",
    }
    answer = ada.post(f"{MAIL}/mailboxes/new", typed)
    box = Mailbox.objects.get()
    assert answer["Location"] == f"{MAIL}/mailboxes/{box.pk}/connection"
    return box


def asked_for(ada, box) -> dict[str, str]:
    page = ada.get(f"{MAIL}/mailboxes/{box.pk}/connection").content.decode()
    assert "cli3nt" not in page
    link = page.split('href="http://127.0.0.1')[1].split('"')[0].replace("&amp;", "&")
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


def test_a_mailbox_with_a_password_is_connected_to_nobody(ada, box):
    assert ada.get(f"{MAIL}/mailboxes/{box.pk}/connection").status_code == 409


def test_an_answer_to_no_question_of_ours_connects_nothing(ada, google, provider):
    ada.get(f"{MAIL}/connected?code=the-code&state=")
    asked = asked_for(ada, google)
    ada.get(f"{MAIL}/connected?code=the-code&state=x{asked['state']}")
    # A wrong answer uses the question up.
    ada.get(f"{MAIL}/connected?code=the-code&state={asked['state']}")

    assert provider.asked == []
    assert Mailbox.objects.get().oauth_refresh_token == ""


def test_somebody_elses_window_cannot_end_what_an_administrator_began(world, ada, enter, google):
    asked = asked_for(ada, google)
    another = enter(world.ada)
    another.get(f"{MAIL}/connected?code=the-code&state={asked['state']}")
    assert Mailbox.objects.get().oauth_refresh_token == ""


def test_a_permission_is_kept_and_never_shown(ada, google, provider):
    asked = asked_for(ada, google)
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"http://desk.example{MAIL}/connected"

    back = ada.get(f"{MAIL}/connected?code=the-code&state={asked['state']}", follow=True)

    (exchanged,) = provider.asked
    assert exchanged["code_verifier"]
    assert exchanged["client_secret"] == "cli3nt"
    assert Mailbox.objects.get().oauth_refresh_token == "refr3sh"
    page = back.content.decode()
    assert "Connected." in page
    assert "refr3sh" not in page
    assert "cli3nt" not in page
    assert "refr3sh" not in json.dumps(list(AuditEntry.objects.values_list("facts", flat=True)))


@pytest.mark.parametrize("query", ["error=access_denied", "code=another"])
def test_a_no_of_the_provider_is_told(ada, google, query):
    asked = asked_for(ada, google)
    page = ada.get(f"{MAIL}/connected?{query}&state={asked['state']}", follow=True)
    assert Mailbox.objects.get().oauth_refresh_token == ""
    assert 'class="flash is-error"' in page.content.decode()


# --- webhooks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "key"), [("", ""), ("other", "x"), ("mailgun", ""), ("brevo", "ключ")]
)
def test_a_webhook_of_no_service_or_without_its_key_is_not_made(ada, provider, key):
    typed = {"provider": provider, "signing_key": key}
    assert ada.post(f"{MAIL}/webhooks", typed).status_code == 400
    assert not MailWebhook.objects.exists()


def test_a_webhook_gets_an_address_that_nobody_can_guess_and_no_page_shows_its_key(ada):
    for _ in range(2):
        ada.post(f"{MAIL}/webhooks", {"provider": "mailgun", "signing_key": "s1gningkey"})

    first, second = MailWebhook.objects.all()
    assert first.secret != second.secret
    assert len(first.secret) >= 43
    answer = ada.get(f"{MAIL}/webhooks")
    page = answer.content.decode()
    assert f"http://desk.example/mail/webhooks/{first.secret}/mime" in page
    assert "s1gningkey" not in page
    assert answer["Cache-Control"] == "no-store"
    assert first.secret not in json.dumps(list(AuditEntry.objects.values_list("facts", flat=True)))
    assert first.secret not in ada.get(MAIL).content.decode()


def test_the_address_of_a_webhook_takes_mail_until_it_is_switched_off(ada, client):
    ada.post(f"{MAIL}/webhooks", {"provider": "mailjet"})
    hook = MailWebhook.objects.get()
    call = {"Sender": "a@b.example", "Headers": {"From": "a@b.example"}, "Text-part": "Hello"}
    address = f"/mail/webhooks/{hook.secret}"
    assert client.post(address, call, content_type="application/json").status_code == 200

    ada.post(f"{MAIL}/webhooks/{hook.pk}/activity", {"is_active": "no"})

    assert client.post(address, call, content_type="application/json").status_code == 404


def test_a_key_is_changed_and_the_old_trouble_forgotten(ada):
    ada.post(f"{MAIL}/webhooks", {"provider": "mailgun", "signing_key": "old"})
    MailWebhook.objects.update(failing_since=MONDAY, last_error="Not signed.")
    hook = MailWebhook.objects.get()
    assert ada.post(f"{MAIL}/webhooks/{hook.pk}", {"signing_key": ""}).status_code == 400

    ada.post(f"{MAIL}/webhooks/{hook.pk}", {"signing_key": "new"})

    hook.refresh_from_db()
    assert (hook.signing_key, hook.failing_since, hook.last_error) == ("new", None, "")


# --- senders, scanner --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("trusted_authserv_id", "two words"),
        ("trusted_authserv_id", "a;b"),
        ("clamd_address", "clamd"),
        ("clamd_address", "host:port"),
    ],
)
def test_senders_that_cannot_be_are_refused(ada, field, typed):
    answer = ada.post(f"{MAIL}/senders", {field: typed})
    assert answer.status_code == 400
    assert typed in answer.content.decode()


def test_who_is_believed_is_stored_and_written_down(ada):
    typed = {"trusted_authserv_id": "MX.desk.example", "clamd_address": "/run/clamd.ctl"}
    assert ada.post(f"{MAIL}/senders", typed).status_code == 302
    desk = Desk.objects.get()
    assert (desk.trusted_authserv_id, desk.checks_senders, desk.clamd_address) == (
        "mx.desk.example",
        False,
        "/run/clamd.ctl",
    )
    facts = AuditEntry.objects.get(what="mail-senders").facts
    assert facts["was"]["checks_senders"] is True
    assert facts["now"]["checks_senders"] is False


def test_a_scanner_that_is_not_there_is_told_of(ada, tmp_path):
    nobody = f"127.0.0.1:{free_port()}"
    for address, said in (
        (nobody, f"Nothing listens at {nobody}."),
        (str(tmp_path / "none"), "There is no socket"),
    ):
        page = ada.post(f"{MAIL}/senders/scanner", {"clamd_address": address}).content.decode()
        assert said in page
        assert f'value="{address}"' in page
    assert Desk.objects.get().clamd_address == ""


def test_what_answers_but_is_no_scanner_is_told_apart_from_one_that_is():
    with listening(b"220 mail.example ESMTP\r\n") as port:
        assert "is no clamd" in clamd.problem_with(f"127.0.0.1:{port}")
    with listening(b"PONG\n") as port:
        assert clamd.problem_with(f"127.0.0.1:{port}") == ""


# --- mail out ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"undo_seconds": "601"}, "undo_seconds"),
        ({"undo_seconds": "-1"}, "undo_seconds"),
        ({"undo_seconds": "20", "dkim_selector": "a"}, "dkim_domain"),
        ({"undo_seconds": "20", "dkim_domain": "desk", "dkim_selector": "a"}, "dkim_domain"),
        ({"undo_seconds": "20", "dkim_domain": "desk.example"}, "dkim_selector"),
        (
            {"undo_seconds": "20", "dkim_domain": "desk.example", "dkim_selector": "a"},
            "dkim_key",
        ),
        (
            {
                "undo_seconds": "20",
                "dkim_domain": "desk.example",
                "dkim_selector": "a",
                "dkim_key": "no key",
            },
            "dkim_key",
        ),
    ],
)
def test_a_signature_that_could_not_be_made_is_refused(ada, typed, field):
    answer = ada.post(f"{MAIL}/outgoing", typed)
    assert answer.status_code == 400
    assert f'href="#{field}"' in answer.content.decode()
    assert Desk.objects.get().dkim_domain == ""


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs OpenSSL")
def test_a_key_is_made_and_only_its_public_half_is_ever_shown(ada):
    typed = {"undo_seconds": "30", "dkim_domain": "desk.example", "dkim_selector": "dueline"}
    assert ada.post(f"{MAIL}/outgoing/key", typed).status_code == 302
    stored = Desk.objects.get()
    assert stored.undo_seconds == 30

    page = ada.get(f"{MAIL}/outgoing").content.decode()

    assert "dueline._domainkey.desk.example" in page
    assert "v=DKIM1; k=rsa; p=MIIB" in page
    assert "PRIVATE" not in page
    assert stored.dkim_key.splitlines()[1] not in page
    assert "PRIVATE" not in json.dumps(list(AuditEntry.objects.values_list("facts", flat=True)))

    ada.post(f"{MAIL}/outgoing", {**typed, "undo_seconds": "0"})
    assert Desk.objects.get().dkim_key == stored.dkim_key
    ada.post(f"{MAIL}/outgoing", {"undo_seconds": "0"})
    assert Desk.objects.get().dkim_key == ""


def test_where_no_key_can_be_made_one_is_pasted(ada, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    typed = {"undo_seconds": "20", "dkim_domain": "desk.example", "dkim_selector": "dueline"}
    assert "Make a key" not in ada.get(f"{MAIL}/outgoing").content.decode()
    assert "paste one" in ada.post(f"{MAIL}/outgoing/key", typed).content.decode()


# --- the overview ------------------------------------------------------------------------------


def test_the_overview_says_in_words_how_each_way_is(ada, box):
    Mailbox.objects.update(failing_since=MONDAY, last_error="The server did not take the password.")
    MailWebhook.objects.create(provider="sendgrid", secret="s", created_at=MONDAY)

    page = ada.get(MAIL).content.decode()

    for said in ("SMTP", "LMTP", "Pipe", "SendGrid", "fails", "nothing yet", "Failing since"):
        assert said in page
    assert "The server did not take the password." in page
    assert "no mail server is named" in page
