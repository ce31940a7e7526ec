"""From whom voicemails are believed, and what the keys say that a caller presses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from dueline.actions import audit
from dueline.actions._administration import administrators_only
from dueline.actions.addresses import is_address
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.priorities import Priority
from dueline.core.voicemails import KEYS, URGENT
from dueline.models import Contact, Desk
from dueline.queries.addresses import is_own_address

MOST_SENDERS = 20


@dataclass(frozen=True, slots=True)
class Voicemails:
    """senders: addresses, or "@domain". keypad: key, or "urgent" → name of a priority."""

    senders: tuple[str, ...] = ()
    keypad: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> "Voicemails":
        """Read a form: addresses one to a line, for each priority its keys, and `URGENT`.

        Raises Refusal with the name of the field as its code.
        """
        senders = dict.fromkeys(typed.get("voicemail_senders", "").lower().split())
        keypad = _keys(typed)
        urgent = typed.get(URGENT, "")
        if urgent in set(Priority):
            keypad[URGENT] = urgent
        return cls(tuple(senders), keypad)


def _keys(typed: Mapping[str, str]) -> dict[str, str]:
    keypad: dict[str, str] = {}
    for priority in Priority:
        for key in "".join(typed.get(f"keys_{priority}", "").replace(",", " ").split()):
            if key not in KEYS:
                raise Refusal(f"keys_{priority}", "Write keys alone: 0 to 9, * and #.")
            if keypad.setdefault(key, priority.value) != priority:
                raise Refusal(f"keys_{priority}", "The key %(key)s says something else.", key=key)
    return keypad


def change(facts: Voicemails, *, actor: Person, at: datetime) -> None:
    """Raises Refusal with the name of the field as its code."""
    administrators_only(actor)
    if len(facts.senders) > MOST_SENDERS:
        raise Refusal("voicemail_senders", "At most %(most)s can be named.", most=MOST_SENDERS)
    for sender in facts.senders:
        _check(sender)
    columns = {"voicemail_senders": list(facts.senders), "keypad": dict(facts.keypad)}
    with transaction.atomic():
        was = Desk.objects.values(*columns).get()
        Desk.objects.filter(pk=1).update(**columns)
        audit.record("voicemails", about="", actor=actor, at=at, was=was, now=columns)


def _check(sender: str) -> None:
    """Refuse an address from which somebody else could speak for every number."""
    is_domain = sender.startswith("@")
    if not is_address(f"pbx{sender}" if is_domain else sender):
        raise Refusal("voicemail_senders", "“%(text)s” is no mail address.", text=sender[:80])
    if not is_domain and is_own_address(sender):
        raise Refusal(
            "voicemail_senders",
            "%(text)s is the desk’s own: let the telephone system write from another.",
            text=sender,
        )
    theirs = {"email__endswith": sender} if is_domain else {"email": sender}
    if Contact.objects.filter(**theirs).exists():
        raise Refusal(
            "voicemail_senders",
            "Customers write from %(text)s: name the one address of the telephone system.",
            text=sender,
        )
