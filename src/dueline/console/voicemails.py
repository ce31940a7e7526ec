"""A voicemail as the pages draw it."""

from datetime import datetime
from typing import NamedTuple

from dueline.core.phone import dial_link, spoken
from dueline.queries.voicemails import Heard
from dueline.wording.language import say as _
from dueline.wording.times import say_clock, say_exact
from dueline.wording.voicemails import say_length, say_stated


class Drawn(NamedTuple):
    """asks: nobody has said yet how bad it is: the page asks."""

    id: int
    number: str
    dial: str
    name: str
    clock: str
    exact: str
    is_told: bool
    length: str
    stated: str
    asks: bool
    keyed: str


def drawn_voicemail(heard: Heard, *, region: str, dials: str, now: datetime, zone: str) -> Drawn:
    """region: two letters (ISO 3166) in which a number is written as people read it.

    dials: what a number becomes a link to (`Desk.dial_address`).
    """
    number = heard.from_number
    return Drawn(
        id=heard.id,
        number=spoken(number, region) if number else _("withheld number"),
        dial=dial_link(number, region=region, address=dials) if number else "",
        name=heard.caller_name,
        clock=say_clock(heard.hung_up_at, now=now, zone=zone),
        exact=say_exact(heard.hung_up_at, zone),
        is_told=heard.hung_up_is_told,
        length=say_length(heard.seconds),
        stated=say_stated(heard.stated_priority, by=heard.stated_by, who=heard.heard_by or ""),
        asks=not heard.stated_priority,
        keyed=heard.keyed,
    )
