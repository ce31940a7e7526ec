"""Signing in to a mailbox by OAuth2: the administrator permits it once, then tokens are fetched.

    authorize_url → (the administrator says yes there) → exchange → a refresh token, kept
    access_token: a short-lived token for it, as often as one is needed

Tokens and secrets are in no log and in no sentence.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from dueline.actions import mailbox_tokens
from dueline.core.errors import TryLater
from dueline.models import Mailbox

_TIMEOUT = 20.0  # seconds
_LONGEST_ANSWER = 100_000  # bytes
_BEFORE_IT_ENDS = 120.0  # seconds: a token must not run out between asking and signing in


@dataclass(frozen=True, slots=True)
class Provider:
    """Where permission is asked, and for what. {tenant}: whose directory of Microsoft's."""

    authorize_url: str
    token_url: str
    scope: str


PROVIDERS = {
    "google": Provider(
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://mail.google.com/",
    ),
    "microsoft": Provider(
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
    ),
}


class NotPermitted(TryLater):
    """No token was given. Its text is a sentence for the administrator."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What has to be kept from asking for permission until it comes.

    state: comes back with the code, and proves that the answer is to our question. verifier: proves
    to the provider that who brings the code is who asked (PKCE, RFC 7636).
    """

    state: str
    verifier: str


def new_secrets() -> Secrets:
    return Secrets(state=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(64))


def authorize_url(mailbox: Mailbox, *, redirect_url: str, kept: Secrets) -> str:
    """Return the page at which the administrator permits us to read the mailbox."""
    provider = _provider_of(mailbox)
    challenge = hashlib.sha256(kept.verifier.encode()).digest()
    asked = {
        "client_id": mailbox.oauth_client_id,
        "redirect_uri": redirect_url,
        "response_type": "code",
        "scope": provider.scope,
        "state": kept.state,
        "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
        "code_challenge_method": "S256",
        "login_hint": mailbox.imap_username or mailbox.address,
        # Google gives a refresh token only when it is asked for one, and asks the person again.
        "access_type": "offline",
        "prompt": "consent",
    }
    return f"{_of_tenant(provider.authorize_url, mailbox)}?{urlencode(asked)}"


def exchange(mailbox: Mailbox, *, code: str, redirect_url: str, kept: Secrets) -> str:
    """Return the refresh token for the code that the provider sent back. Raises NotPermitted."""
    answer = _ask(
        mailbox,
        grant_type="authorization_code",
        code=code,
        redirect_uri=redirect_url,
        code_verifier=kept.verifier,
    )
    token = answer.get("refresh_token")
    if not token or not isinstance(token, str):
        raise NotPermitted(_("The provider gave no lasting permission: connect again."))
    return token


def access_token(mailbox: Mailbox) -> str:
    """Return a token to sign in with, kept in this process until it ends. Raises NotPermitted."""
    if not mailbox.oauth_refresh_token:
        raise NotPermitted(_("Nobody has permitted reading this mailbox yet: connect it first."))
    key = _key(mailbox)
    with _lock:
        token, ends_at = _tokens.get(key, ("", 0.0))
    if token and time.monotonic() < ends_at:
        return token
    answer = _ask(mailbox, grant_type="refresh_token", refresh_token=mailbox.oauth_refresh_token)
    given = answer.get("access_token")
    if not given or not isinstance(given, str):
        raise NotPermitted(_("The provider’s answer could not be understood."))
    _remember(mailbox, given, answer)
    return given


def forget(mailbox: Mailbox) -> None:
    """Do not use the kept token again: the mail server has refused it."""
    with _lock:
        _tokens.pop(_key(mailbox), None)


_lock = threading.Lock()
_tokens: dict[str, tuple[str, float]] = {}


def _key(mailbox: Mailbox) -> str:
    # By what was permitted, not by the row: whoever connects it anew gets a new token.
    said = f"{mailbox.sign_in} {mailbox.oauth_client_id} {mailbox.oauth_refresh_token}"
    return hashlib.sha256(said.encode()).hexdigest()


def _remember(mailbox: Mailbox, token: str, answer: dict[str, Any]) -> None:
    lasts = answer.get("expires_in")
    seconds = float(lasts) if isinstance(lasts, (int, float)) else 0.0
    replaced = answer.get("refresh_token")
    if isinstance(replaced, str) and replaced and replaced != mailbox.oauth_refresh_token:
        # Microsoft gives a new one with each token, and the old one ends some day.
        mailbox_tokens.replace(mailbox, replaced)
    with _lock:
        _tokens[_key(mailbox)] = (token, time.monotonic() + seconds - _BEFORE_IT_ENDS)


def _provider_of(mailbox: Mailbox) -> Provider:
    providers: dict[str, Provider] = getattr(settings, "OAUTH_PROVIDERS", PROVIDERS)
    return providers[mailbox.sign_in]


def _of_tenant(url: str, mailbox: Mailbox) -> str:
    return url.replace("{tenant}", mailbox.oauth_tenant or "common")


def _ask(mailbox: Mailbox, **asked: str) -> dict[str, Any]:
    provider = _provider_of(mailbox)
    form = {"client_id": mailbox.oauth_client_id, **asked}
    if mailbox.oauth_client_secret:
        form["client_secret"] = mailbox.oauth_client_secret
    url = _of_tenant(provider.token_url, mailbox)
    request = urllib.request.Request(url, data=urlencode(form).encode())  # noqa: S310 - our table's
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
            return _read(answer.read(_LONGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            code = _read(error.read(_LONGEST_ANSWER)).get("error")
        raise NotPermitted(_why(code, error.code)) from None  # its chain would hold the form
    except OSError as error:
        raise NotPermitted(_("The provider of the permission cannot be reached.")) from error


def _read(raw: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(raw)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _why(code: object, status: int) -> str:
    if code == "invalid_grant":
        return _("The permission was withdrawn or has expired: connect again.")
    if code in ("invalid_client", "unauthorized_client"):
        return _("The provider does not know this client, or its secret is wrong or has expired.")
    if status == 429 or status >= 500:
        return _("The provider of the permission has trouble of its own (%(status)s).") % {
            "status": status
        }
    return _("The provider refused the permission: %(code)s.") % {
        "code": code if isinstance(code, str) and len(code) < 60 else status
    }
