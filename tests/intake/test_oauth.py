"""A mailbox is permitted once, and then read by tokens that nobody sees."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from dueline.intake.mail import fetchers, oauth
from dueline.intake.mail.oauth import NotPermitted, Provider, Secrets
from dueline.models import InboxItem, Mailbox
from tests.intake.mailboxes import deliver
from tests.intake.test_imap import failed
from tests.mail_servers import dovecot
from tests.processes import free_port
from tests.world import MONDAY

pytestmark = pytest.mark.django_db

# The verifier and the challenge of RFC 7636, appendix B.
KEPT = Secrets(state="a state", verifier="dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
BACK = "https://help.desk.example/console/settings/mailboxes/connected"


class Grants:
    """A provider on this machine. answers: what it says next, status and facts."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answers: list[tuple[int, object]] = []
        self.tokens: dict[str, str] = {}  # a token → whose it is
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(raw).items()}
                if self.path == "/introspect":
                    status, facts = 200, outer.introspect(form.get("token", ""))
                else:
                    outer.asked.append({"path": self.path, **form})
                    status, facts = outer.answers.pop(0)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                said = facts if isinstance(facts, bytes) else json.dumps(facts).encode()
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def introspect(self, token: str) -> dict[str, object]:
        user = self.tokens.get(token)
        return {"active": True, "email": user} if user else {"active": False}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def grants(settings) -> Iterator[Grants]:
    grants = Grants()
    settings.OAUTH_PROVIDERS = {
        "google": Provider("https://google.test/auth", f"{grants.url}/token", "mail"),
        "microsoft": Provider(
            "https://microsoft.test/{tenant}/auth", f"{grants.url}/{{tenant}}/token", "imap"
        ),
    }
    oauth._tokens.clear()
    yield grants
    grants.close()


@pytest.fixture
def box(world, grants) -> Mailbox:
    return Mailbox.objects.create(
        address="support@desk.example",
        sign_in="google",
        oauth_client_id="client",
        oauth_client_secret="hidden-secret",
        oauth_refresh_token="hidden-refresh",
        created_at=MONDAY,
    )


def why(box: Mailbox) -> str:
    with pytest.raises(NotPermitted) as caught:
        oauth.access_token(box)
    assert "hidden" not in repr(caught.value.__cause__)
    return str(caught.value)


def test_what_the_provider_refuses_is_said_in_a_sentence(grants, box):
    grants.answers = [
        (400, {"error": "invalid_grant", "error_description": "hidden-refresh"}),
        (401, {"error": "invalid_client"}),
        (503, b"<html>"),
        (400, {"error": "odd"}),
        (400, b"\xff"),
        (200, {"token_type": "Bearer"}),
        (200, b"not json"),
    ]
    assert why(box) == "The permission was withdrawn or has expired: connect again."
    assert why(box).startswith("The provider does not know this client, or its secret is wrong")
    assert why(box) == "The provider of the permission has trouble of its own (503)."
    assert why(box) == "The provider refused the permission: odd."
    assert why(box) == "The provider refused the permission: 400."
    assert why(box) == why(box) == "The provider’s answer could not be understood."


def test_a_mailbox_that_nobody_connected_and_a_provider_that_is_away(grants, box, settings):
    box.oauth_refresh_token = ""
    assert why(box) == "Nobody has permitted reading this mailbox yet: connect it first."
    box.oauth_refresh_token = "hidden-refresh"
    away = Provider("x", f"http://127.0.0.1:{free_port()}/token", "mail")
    settings.OAUTH_PROVIDERS = {"google": away}
    assert why(box) == "The provider of the permission cannot be reached."


def test_a_token_is_asked_for_once_until_it_ends(grants, box):
    grants.answers = [
        (200, {"access_token": "one", "expires_in": 3600}),
        (200, {"access_token": "two", "expires_in": 60}),
        (200, {"access_token": "three"}),
        (200, {"access_token": "four", "expires_in": 3600}),
    ]
    assert [oauth.access_token(box) for _ in range(3)] == ["one"] * 3
    oauth.forget(box)
    # Those that end within two minutes, and those of which nobody knows when, are not kept.
    assert [oauth.access_token(box) for _ in range(3)] == ["two", "three", "four"]
    assert grants.asked[0] == {
        "path": "/token",
        "grant_type": "refresh_token",
        "client_id": "client",
        "client_secret": "hidden-secret",
        "refresh_token": "hidden-refresh",
    }


def test_a_permission_that_is_replaced_is_kept_unless_somebody_connected_anew(grants, box):
    Mailbox.objects.update(sign_in="microsoft", oauth_tenant="acme")
    box.refresh_from_db()
    grants.answers = [
        (200, {"access_token": "one", "expires_in": 3600, "refresh_token": "second"}),
        (200, {"access_token": "two", "expires_in": 3600, "refresh_token": "third"}),
    ]
    assert [oauth.access_token(box) for _ in range(2)] == ["one", "one"]
    assert grants.asked[0]["path"] == "/acme/token"
    assert Mailbox.objects.get().oauth_refresh_token == "second"
    Mailbox.objects.update(oauth_refresh_token="of somebody else")
    oauth.forget(box)
    assert oauth.access_token(box) == "two"
    assert Mailbox.objects.get().oauth_refresh_token == "of somebody else"


def test_permission_is_asked_at_the_providers_page_and_its_code_becomes_a_token(grants, box):
    box.sign_in = "microsoft"
    page = urlsplit(oauth.authorize_url(box, redirect_url=BACK, kept=KEPT))
    assert (page.netloc, page.path) == ("microsoft.test", "/common/auth")
    asked = {name: values[0] for name, values in parse_qs(page.query).items()}
    assert asked["state"] == "a state"
    assert asked["redirect_uri"] == BACK
    assert asked["code_challenge"] == CHALLENGE
    assert KEPT.verifier not in page.query

    grants.answers = [(200, {"access_token": "x"}), (200, {"refresh_token": "lasting"})]
    with pytest.raises(NotPermitted, match="gave no lasting permission"):
        oauth.exchange(box, code="a code", redirect_url=BACK, kept=KEPT)
    assert oauth.exchange(box, code="a code", redirect_url=BACK, kept=KEPT) == "lasting"
    assert grants.asked[1]["code_verifier"] == KEPT.verifier
    assert grants.asked[1]["grant_type"] == "authorization_code"


def test_secrets_are_long_and_never_the_same():
    one, other = oauth.new_secrets(), oauth.new_secrets()
    assert one.state != other.state
    assert 43 <= len(one.verifier) <= 128  # RFC 7636, 4.1


@pytest.mark.processes
def test_a_real_server_takes_the_token_and_refuses_a_wrong_one(grants, box):
    with dovecot("support", asks=f"{grants.url}/introspect") as server:
        deliver(server, "support", 1)
        Mailbox.objects.update(imap_host="127.0.0.1", imap_port=server.imap, imap_security="none")
        box.refresh_from_db()
        grants.answers = [
            (200, {"access_token": "wrong", "expires_in": 3600}),
            (200, {"access_token": "right", "expires_in": 3600}),
        ]
        grants.tokens = {"right": "support@desk.example"}
        assert failed(box).startswith(
            "The server refused the permission for “support@desk.example”."
        )
        fetchers.fetch_once(box)  # with a new token: the old one was refused
        assert InboxItem.objects.count() == 1
