"""What a number is a link to, and whose telephone is which."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from dueline.actions import audit
from dueline.actions._administration import administrators_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.phone import DIALS_AS_SHIPPED, is_dial_address
from dueline.models import Agent, Desk

_LONGEST = {"speech_url": 200, "speech_key": 200, "speech_model": 100}


def change_speech(*, url: str, key: str, model: str, actor: Person, at: datetime) -> None:
    """Let a service turn speech into text; without an address it is off, and its key is forgotten.

    url: http or https, of a service that speaks OpenAI's protocol. key "": as it was, as long as it
    goes to the same address.
    Raises Refusal with the name of the field as its code.
    """
    administrators_only(actor)
    facts = {"speech_url": url.strip(), "speech_key": key.strip(), "speech_model": model.strip()}
    for name, said in facts.items():
        if len(said) > _LONGEST[name] or not (said.isascii() and said.isprintable()):
            raise Refusal(name, "This is too long, or has signs in it that do not belong there.")
    if facts["speech_url"] and not _is_web_address(facts["speech_url"]):
        raise Refusal("speech_url", "Write an address that begins with https:// or http://.")
    with transaction.atomic():
        was = Desk.objects.values("speech_url", "speech_model").get()
        if not facts["speech_key"] and facts["speech_url"] == was["speech_url"] != "":
            del facts["speech_key"]
        Desk.objects.filter(pk=1).update(**facts)
        now = {name: facts[name] for name in was}
        audit.record("speech", about="", actor=actor, at=at, was=was, now=now)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None


def change(
    *, dial_address: str, extensions: Mapping[int, str], actor: Person, at: datetime
) -> None:
    """Raises Refusal with the name of the field as its code.

    extensions: of agents, as the telephone system tells of them; "": none.
    """
    administrators_only(actor)
    address = dial_address.strip()
    if address and (len(address) > 200 or not is_dial_address(address)):
        raise Refusal(
            "dial_address",
            "Write an address with {number} in it that begins with tel:, sip: or https://.",
        )
    address = "" if address == DIALS_AS_SHIPPED else address
    wanted = {id_: " ".join(said.split()) for id_, said in extensions.items()}
    if any(len(said) > 40 for said in wanted.values()):
        raise Refusal("extensions", "This is too long for a telephone.")
    with transaction.atomic():
        was = Desk.objects.values("dial_address").get()
        Desk.objects.filter(pk=1).update(dial_address=address)
        for agent in Agent.objects.filter(pk__in=wanted):
            if agent.extension != wanted[agent.pk]:
                Agent.objects.filter(pk=agent.pk).update(extension=wanted[agent.pk])
        audit.record(
            "telephone", about="", actor=actor, at=at, was=was, now={"dial_address": address}
        )
