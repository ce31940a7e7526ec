"""What the desk believes of senders, who scans files, and how its mail is signed."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from dueline.actions import audit
from dueline.actions._administration import administrators_only
from dueline.core.audience import Person
from dueline.core.dkim_keys import KeyRefused, read_key
from dueline.core.errors import Refusal
from dueline.models import Desk

LONGEST_UNDO = 600
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
_NUMBER = re.compile(r"[0-9]{1,4}")
_CLAMD = re.compile(r"/[^\0\r\n]{1,190}|[A-Za-z0-9.:\[\]-]{1,180}:[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Senders:
    """trusted_authserv_id: whose Authentication-Results are believed. clamd_address "": no scan."""

    trusted_authserv_id: str = ""
    checks_senders: bool = False
    clamd_address: str = ""

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> "Senders":
        return cls(
            trusted_authserv_id=typed.get("trusted_authserv_id", "").strip().lower(),
            checks_senders=typed.get("checks_senders") == "yes",
            clamd_address=typed.get("clamd_address", "").strip(),
        )


def change_senders(facts: Senders, *, actor: Person, at: datetime) -> None:
    """Raises Refusal with the name of the field as its code."""
    administrators_only(actor)
    check_senders(facts)
    _change("mail-senders", asdict(facts), actor=actor, at=at)


def check_senders(facts: Senders) -> None:
    if re.search(r"[\s;]", facts.trusted_authserv_id) or len(facts.trusted_authserv_id) > 200:
        raise Refusal("trusted_authserv_id", "Write the one name that your mail server gives.")
    if facts.clamd_address and not _CLAMD.fullmatch(facts.clamd_address):
        raise Refusal("clamd_address", "Write host:port, or the path of the socket.")


@dataclass(frozen=True, slots=True)
class Signing:
    """dkim_key "": as it was; without a domain it is forgotten. undo_seconds: of the composer."""

    undo_seconds: int = 0
    dkim_domain: str = ""
    dkim_selector: str = ""
    dkim_key: str = ""

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> "Signing":
        undo = typed.get("undo_seconds", "").strip()
        return cls(
            undo_seconds=int(undo) if _NUMBER.fullmatch(undo) else -1,
            dkim_domain=typed.get("dkim_domain", "").strip().lower(),
            dkim_selector=typed.get("dkim_selector", "").strip().lower(),
            dkim_key=typed.get("dkim_key", "").strip(),
        )


def change_signing(facts: Signing, *, actor: Person, at: datetime) -> None:
    """Raises Refusal with the name of the field as its code."""
    administrators_only(actor)
    check_signing(facts)
    columns = asdict(facts)
    stored = Desk.objects.values_list("dkim_key", flat=True).get()
    if facts.dkim_domain and not facts.dkim_key:
        if not stored:
            raise Refusal("dkim_key", "Paste the private key, or let one be made.")
        del columns["dkim_key"]
    _change("mail-out", columns, actor=actor, at=at)


def check_signing(facts: Signing) -> None:
    if not 0 <= facts.undo_seconds <= LONGEST_UNDO:
        raise Refusal(
            "undo_seconds", "Write a number of seconds from 0 to %(most)s.", most=LONGEST_UNDO
        )
    if not facts.dkim_domain and (facts.dkim_selector or facts.dkim_key):
        raise Refusal("dkim_domain", "Write the domain whose name the signature bears.")
    if facts.dkim_domain and not _DOMAIN.fullmatch(facts.dkim_domain):
        raise Refusal("dkim_domain", "Write a domain, like example.com.")
    if facts.dkim_domain and not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,62}", facts.dkim_selector):
        raise Refusal("dkim_selector", "Write a short name, like dueline.")
    if facts.dkim_key:
        try:
            read_key(facts.dkim_key)
        except KeyRefused as why:
            raise Refusal("dkim_key", why.words) from why


def _change(what: str, columns: dict[str, object], *, actor: Person, at: datetime) -> None:
    told = [name for name in columns if name != "dkim_key"]
    with transaction.atomic():
        was = Desk.objects.values(*told).get()
        Desk.objects.filter(pk=1).update(**columns)
        now = {name: columns[name] for name in told}
        facts: dict[str, object] = {"new_key": True} if columns.get("dkim_key") else {}
        audit.record(what, about="", actor=actor, at=at, was=was, now=now, **facts)
