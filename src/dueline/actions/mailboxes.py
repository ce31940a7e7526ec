"""The mailboxes of the desk: whose name they bear, and how mail for them is fetched."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from dueline.actions import audit
from dueline.actions._administration import administrators_only
from dueline.actions.addresses import is_address
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Case, Mailbox

_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]{0,199}")
_PORT = re.compile(r"[0-9]{1,5}")
_LONGEST_SIGNATURE = 5000
# Whoever changes one of these sends the secrets to somebody else: they are typed once more.
_PLACE = ("imap_host", "imap_port", "imap_security", "imap_username")
_PERMITTED_TO = ("sign_in", "oauth_tenant", "oauth_client_id", "oauth_client_secret", *_PLACE)
_FOLDER = ("imap_host", "imap_username", "folder")
_SECRETS = ("imap_password", "oauth_client_secret")


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be said of a mailbox. imap_password, oauth_client_secret "": as they were."""

    address: str
    name: str = ""
    product: str = ""
    language: str = ""
    signature: str = ""
    imap_host: str = ""
    imap_port: int = 993
    imap_security: str = Mailbox.Security.TLS
    imap_username: str = ""
    sign_in: str = Mailbox.SignIn.PASSWORD
    imap_password: str = ""
    oauth_tenant: str = ""
    oauth_client_id: str = ""
    oauth_client_secret: str = ""
    folder: str = "INBOX"
    afterwards: str = Mailbox.Afterwards.SEEN
    done_folder: str = ""

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> "Facts":
        """Read a form whose fields are called like the columns. A password keeps its spaces."""
        names = [field.name for field in fields(cls) if field.name != "imap_port"]
        texts = {name: typed.get(name, "").strip() for name in names}
        texts |= {name: typed.get(name, "") for name in _SECRETS}
        texts["address"] = texts["address"].lower()
        texts["folder"] = texts["folder"] or "INBOX"
        texts["sign_in"] = texts["sign_in"] or Mailbox.SignIn.PASSWORD
        texts["imap_security"] = texts["imap_security"] or Mailbox.Security.TLS
        texts["afterwards"] = texts["afterwards"] or Mailbox.Afterwards.SEEN
        port = typed.get("imap_port", "").strip() or "993"
        return cls(**texts, imap_port=int(port) if _PORT.fullmatch(port) else 0)


def add_mailbox(facts: Facts, *, actor: Person, at: datetime) -> Mailbox:
    """Take mail for one more address. Raises Refusal with the name of the field as its code."""
    administrators_only(actor)
    _check(facts)
    with transaction.atomic():
        mailbox = _stored(Mailbox(created_at=at), facts)
        audit.record(
            "mailbox", about=mailbox.address, actor=actor, at=at, was={}, now=_audited(mailbox)
        )
    return mailbox


def change_mailbox(mailbox_id: int, facts: Facts, *, actor: Person, at: datetime) -> Mailbox:
    """Change a mailbox. What went wrong with it before is forgotten: it is tried anew."""
    administrators_only(actor)
    _check(facts)
    with transaction.atomic():
        mailbox = _mailbox(mailbox_id)
        was = _audited(mailbox)
        before = {name: getattr(mailbox, name) for name in {*_PERMITTED_TO, *_FOLDER}}
        filled = _filled(mailbox, facts)
        if any(before[name] != getattr(filled, name) for name in _PERMITTED_TO):
            filled.oauth_refresh_token = ""
        if any(before[name] != getattr(filled, name) for name in _FOLDER):
            # Another folder has numbers of its own: it is read from its beginning.
            filled.uid_validity, filled.last_uid, filled.left_behind = None, 0, {}
        filled.failing_since, filled.last_error, filled.told_at = None, "", None
        _save(filled)
        audit.record(
            "mailbox", about=filled.address, actor=actor, at=at, was=was, now=_audited(filled)
        )
    return filled


def as_typed(mailbox_id: int | None, facts: Facts, *, actor: Person) -> Mailbox:
    """Return the mailbox as it would be, to try it: nothing is stored.

    What was left empty of the stored secrets is filled in, for the same server only.
    """
    administrators_only(actor)
    _check(facts)
    if not facts.imap_host:
        raise Refusal("imap_host", "Write the server that holds the mail.")
    return _filled(_mailbox(mailbox_id) if mailbox_id else Mailbox(), facts)


def set_active(mailbox_id: int, *, is_active: bool, actor: Person, at: datetime) -> None:
    """Take mail for an address, or no longer. Its cases keep its name."""
    administrators_only(actor)
    mailbox = _mailbox(mailbox_id)
    with transaction.atomic():
        Mailbox.objects.filter(pk=mailbox_id).update(
            is_active=is_active, failing_since=None, last_error="", told_at=None
        )
        audit.record("mailbox", about=mailbox.address, actor=actor, at=at, is_active=is_active)


def remove_mailbox(mailbox_id: int, *, actor: Person, at: datetime) -> None:
    """Remove a mailbox that no case came to; one that has cases can only be switched off."""
    administrators_only(actor)
    mailbox = _mailbox(mailbox_id)
    with transaction.atomic():
        if Case.objects.filter(mailbox=mailbox).exists():
            raise Refusal("not-now", "Cases came to this address: it can only be switched off.")
        mailbox.delete()
        audit.record("mailbox", about=mailbox.address, actor=actor, at=at, is_removed=True)


def keep_permission(mailbox_id: int, *, refresh_token: str, actor: Person, at: datetime) -> None:
    """Keep the permission to read a mailbox that its provider has given."""
    administrators_only(actor)
    mailbox = _mailbox(mailbox_id)
    with transaction.atomic():
        Mailbox.objects.filter(pk=mailbox_id).update(
            oauth_refresh_token=refresh_token, failing_since=None, last_error=""
        )
        audit.record("mailbox", about=mailbox.address, actor=actor, at=at, is_connected=True)


def connectable(mailbox_id: int, *, actor: Person) -> Mailbox:
    """Return a mailbox for which a provider can be asked. Raises Refusal("not-now") otherwise."""
    administrators_only(actor)
    mailbox = _mailbox(mailbox_id)
    if mailbox.sign_in == Mailbox.SignIn.PASSWORD or not mailbox.oauth_client_id:
        raise Refusal("not-now", "This mailbox is not read by permission of a provider.")
    return mailbox


# --- what can be said ------------------------------------------------------------------------


def _check(facts: Facts) -> None:
    if not is_address(facts.address):
        raise Refusal("address", "Write an e-mail address.")
    for name in ("name", "product", "imap_username", "folder", "done_folder", "oauth_tenant"):
        if any(letter < " " for letter in getattr(facts, name)):
            raise Refusal(name, "This must be one line.")
    for field in fields(facts):
        longest = getattr(Mailbox._meta.get_field(field.name), "max_length", None)
        if longest and len(str(getattr(facts, field.name))) > longest:
            raise Refusal(field.name, "This is too long.")
    if len(facts.signature) > _LONGEST_SIGNATURE:
        raise Refusal("signature", "This is too long.")
    if facts.language and facts.language not in dict(settings.LANGUAGES):
        raise Refusal("language", "Choose one of the languages.")
    _check_server(facts)


def _check_server(facts: Facts) -> None:
    if facts.imap_host and not _HOST.fullmatch(facts.imap_host):
        raise Refusal("imap_host", "Write the name of a server, like imap.example.com.")
    if not 0 < facts.imap_port < 65536:
        raise Refusal("imap_port", "A port is a number between 1 and 65535.")
    if facts.imap_security not in Mailbox.Security.values:
        raise Refusal("imap_security", "Choose how the connection is protected.")
    if facts.sign_in not in Mailbox.SignIn.values:
        raise Refusal("sign_in", "Choose how to sign in.")
    if facts.imap_host and facts.sign_in != Mailbox.SignIn.PASSWORD and not facts.oauth_client_id:
        raise Refusal("oauth_client_id", "Write the client id that the provider gave.")
    if facts.afterwards not in Mailbox.Afterwards.values:
        raise Refusal("afterwards", "Choose what becomes of a mail that was fetched.")
    moves = facts.afterwards == Mailbox.Afterwards.MOVE
    if moves and facts.done_folder in ("", facts.folder):
        raise Refusal("done_folder", "Write the folder that fetched mails are moved to.")


def _filled(mailbox: Mailbox, facts: Facts) -> Mailbox:
    moves_away = any(getattr(mailbox, name) != getattr(facts, name) for name in _PLACE)
    for secret in _SECRETS:
        if not getattr(facts, secret) and getattr(mailbox, secret) and moves_away:
            raise Refusal(secret, "Write it once more: what is stored is for the server as it was.")
    for field in fields(facts):
        value = getattr(facts, field.name)
        if field.name not in _SECRETS or value:
            setattr(mailbox, field.name, value)
    return mailbox


def _stored(mailbox: Mailbox, facts: Facts) -> Mailbox:
    filled = _filled(mailbox, facts)
    _save(filled)
    return filled


def _save(mailbox: Mailbox) -> None:
    try:
        with transaction.atomic():
            mailbox.save()
    except IntegrityError as error:
        raise Refusal("address", "There is a mailbox with this address already.") from error


def _audited(mailbox: Mailbox) -> dict[str, object]:
    names = [field.name for field in fields(Facts) if field.name not in _SECRETS]
    return {name: getattr(mailbox, name) for name in names}


def _mailbox(mailbox_id: int) -> Mailbox:
    mailbox = Mailbox.objects.filter(pk=mailbox_id).first()
    if mailbox is None:
        raise Refusal("not-found", "There is no such mailbox.")
    return mailbox
