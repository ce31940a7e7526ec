"""What a number is a link to, and whose telephone is which."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from dueline.actions import audit
from dueline.actions._administration import administrators_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.phone import DIALS_AS_SHIPPED, is_dial_address
from dueline.models import Agent, Desk


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
