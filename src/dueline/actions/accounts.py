"""Ways in: passwords, and links that work once.

Whether an address has an account can be told neither from an answer nor from its time (i29, i39):
for an unknown one the same work is done, and undone.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from dueline.actions import attempts
from dueline.actions._language import chosen_language, in_language_of
from dueline.actions.addresses import is_address
from dueline.actions.outbox import queue_mail
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Account, Contact, Desk, OutboxItem, SignInLink
from dueline.wording import mails

Purpose = SignInLink.Purpose

LIFETIMES = {
    Purpose.SIGN_IN: timedelta(minutes=15),
    Purpose.INVITE: timedelta(days=7),
    Purpose.SETUP: timedelta(days=7),
}
# 256 bits as token_urlsafe spells them. Anything else never reaches the database (i28).
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def try_password(
    request: HttpRequest, *, email: str, password: str, computer: str, at: datetime
) -> Account:
    """Return the account that a person proved to own. Raises Refusal("wrong" or "too-many")."""
    email = email.strip().lower()
    place = f"{email} {computer}"
    by_network = attempts.take(attempts.SIGN_IN_NETWORK, attempts.network_of(computer), at=at)
    if not attempts.take(attempts.SIGN_IN, place, at=at) or not by_network:
        raise Refusal("too-many", _("That was tried too often. Please wait a quarter of an hour."))
    # Django hashes a password also when there is no such account, so both take the same time.
    account = authenticate(request, username=email, password=password)
    if not isinstance(account, Account):
        raise Refusal("wrong", _("The e-mail address or the password is not right."))
    attempts.forget(attempts.SIGN_IN, place)
    return account


def choose_password(
    account: Account, *, new: str, old: str | None = None, is_first: bool = False
) -> None:
    """Give an account a new password; every other session of it ends.

    The old one is asked for if there is one (i56), unless a one-time link let the person in
    (is_first). Raises Refusal("wrong" or "weak").
    """
    has_one = account.has_usable_password()
    if has_one and not is_first and not account.check_password(old or ""):
        raise Refusal("wrong", _("The old password is not right."))
    _refuse_weak(new, account)
    account.set_password(new)
    account.save(update_fields=["password"])


def confirm_password(actor: Person, password: str) -> None:
    """Let somebody prove once more that it is they, before an act that changes rights (i57).

    Raises Refusal("own_password").
    """
    account = Account.objects.filter(agent__pk=actor.id).first() if actor.is_agent else None
    if account is None or not account.check_password(password):
        raise Refusal("own_password", _("Your own password is needed for this, and was not right."))


def _refuse_weak(password: str, account: Account) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        why = " ".join(error.messages)  # Django's own words, in the reader's language
        raise Refusal("weak", why) from error


# --- links that work once ----------------------------------------------------------------------


def make_setup_link(*, at: datetime) -> str:
    """Return the path of a page on which the first administrator sets up the desk.

    Raises Refusal("set-up") once there is a desk: from then on administrators invite each other.
    """
    if Desk.objects.filter(set_up_at__isnull=False).exists():
        raise Refusal("set-up", _("The desk is set up already."))
    return f"/setup/{_new_link(Purpose.SETUP, None, at=at)}"


def mail_invite(account: Account, *, name: str, at: datetime) -> str:
    """Mail a colleague the way to a first password, and return its path. Older invites end."""
    SignInLink.objects.filter(purpose=Purpose.INVITE, account=account, used_at=None).update(
        used_at=at
    )
    path = f"/invite/{_new_link(Purpose.INVITE, account, at=at)}"
    facts = _link_facts(Desk.objects.get(), name, path, Purpose.INVITE, at=at)
    with in_language_of(getattr(account, "agent", None)):
        mail = mails.invite(facts)
    queue_mail(
        mail=mail,
        purpose=OutboxItem.Purpose.INVITE,
        to_name=name,
        to_address=account.email,
        at=at,
    )
    return path


def end_setup_links(*, at: datetime) -> None:
    """Let no set-up link work any more: there is a desk."""
    SignInLink.objects.filter(purpose=Purpose.SETUP, used_at=None).update(used_at=at)


def _new_link(purpose: Purpose, account: Account | None, *, at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        purpose=purpose,
        token_hash=_hash(token),
        account=account,
        created_at=at,
        expires_at=at + LIFETIMES[purpose],
    )
    return token


class _Nobody(Exception):
    """Undoes what was done for the looks of it."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who gets a link: somebody we know, or nobody, for whom the same is done and undone."""

    name: str
    email: str
    account: Account | None
    contact: Contact | None
    is_known: bool
    language: str = ""  # empty: that of the page on which the link was asked for


def mail_sign_in_link(*, email: str, computer: str, then: str, at: datetime) -> None:
    """Mail a link to a person who wants to sign in, if we know the address; never say which.

    then: where to go afterwards, a path of ours.
    Raises Refusal("too-many") by address and by network, known or not.
    """
    email = email.strip().lower()
    _refuse_no_address(email)
    by_network = attempts.take(attempts.LINK_NETWORK, attempts.network_of(computer), at=at)
    # One transaction, which counts the try in any case: an unknown address waits for the disk as
    # long as a known one.
    with transaction.atomic():
        is_within = attempts.take(attempts.LINK, email, at=at) and by_network
        if is_within:
            _mail_link_or_undo(_reader(email), then=then, at=at)
    if not is_within:
        raise Refusal(
            "too-many",
            _("Several links were sent already. Please use the last one, or try in an hour."),
        )


def _mail_link_or_undo(reader: _Reader, *, then: str, at: datetime) -> None:
    try:
        with transaction.atomic():
            _mail_link(reader, then=then, at=at)
            if not reader.is_known:
                raise _Nobody
    except _Nobody:
        pass


def _refuse_no_address(email: str) -> None:
    if not is_address(email):
        raise Refusal("no-address", _("Please write an e-mail address."))


def _reader(email: str) -> _Reader:
    account = Account.objects.filter(email=email).select_related("agent", "contact").first()
    contact = Contact.objects.filter(email=email).first()
    if account is not None:
        # The stored address gets the mail, never the one that was typed (i35).
        holder = getattr(account, "agent", None) or getattr(account, "contact", None)
        name = holder.name if holder else ""
        language = chosen_language(holder)
        return _Reader(name, account.email, account, contact, account.is_active, language)
    if contact is not None and contact.account_id is None and contact.left_at is None:
        return _Reader(contact.name, email, None, contact, True, chosen_language(contact))
    return _Reader("", email, None, None, False)


def _mail_link(reader: _Reader, *, then: str, at: datetime) -> None:
    desk = Desk.objects.get()
    account = reader.account or _account_for(reader, at=at)
    token = _new_link(Purpose.SIGN_IN, account, at=at)
    suffix = f"?{urlencode({'next': then})}" if then else ""
    facts = _link_facts(desk, reader.name, f"/link/{token}{suffix}", Purpose.SIGN_IN, at=at)
    with override(reader.language or get_language()):
        mail = mails.sign_in_link(facts)
    queue_mail(
        mail=mail,
        purpose=OutboxItem.Purpose.SIGN_IN,
        to_name=reader.name,
        to_address=account.email,
        at=at,
    )


def _link_facts(
    desk: Desk, name: str, path: str, purpose: Purpose, *, at: datetime
) -> mails.LinkFacts:
    return mails.LinkFacts(
        desk=mails.DeskFacts(
            name=desk.name,
            mail_address=desk.mail_address,
            phone_office=desk.phone_office,
            phone_other=desk.phone_other,
            public_url=desk.public_url,
        ),
        to_name=name,
        url=f"{desk.public_url}{path}",
        expires_at=at + LIFETIMES[purpose],
        now=at,
        zone=desk.zone,
    )


def _account_for(reader: _Reader, *, at: datetime) -> Account:
    """Give a contact an account the first time they want in; its password is none at all."""
    account = Account(email=reader.email, created_at=at)
    account.set_unusable_password()
    account.save()
    if reader.contact is not None:
        Contact.objects.filter(pk=reader.contact.pk, account=None).update(account=account)
    return account


def look_at_link(token: str, *, purpose: Purpose, at: datetime) -> SignInLink:
    """Return the link behind a token without using it. Raises Refusal("not-found")."""
    if not _TOKEN.fullmatch(token):
        raise _no_such_link()
    token_hash = _hash(token)
    link = (
        SignInLink.objects.filter(
            token_hash=token_hash, purpose=purpose, used_at=None, expires_at__gt=at
        )
        .select_related("account")
        .first()
    )
    if link is None or not hmac.compare_digest(link.token_hash, token_hash):
        raise _no_such_link()
    if link.account is not None and not link.account.is_active:
        raise _no_such_link()
    return link


def use_link(token: str, *, purpose: Purpose, at: datetime) -> SignInLink:
    """Use a link up. Of two who try at once, one gets in. Raises Refusal("not-found")."""
    link = look_at_link(token, purpose=purpose, at=at)
    if not SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=at):
        raise _no_such_link()
    return link


def accept_invite(token: str, *, password: str, at: datetime) -> Account:
    """Let a new agent choose the password. The link stays good until a password was accepted."""
    with transaction.atomic():
        account = use_link(token, purpose=Purpose.INVITE, at=at).account
        if account is None:
            raise _no_such_link()
        choose_password(account, new=password, is_first=True)
    return account


def _no_such_link() -> Refusal:
    return Refusal("not-found", _("This link was used already, or it is too old."))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
