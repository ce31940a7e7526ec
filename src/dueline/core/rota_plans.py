"""A layer of a rota as somebody wants it, and what no layer can be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from dueline.core.errors import Refusal
from dueline.core.oncall import Turn, weekly

MOST_LAYERS = 9
MOST_PLACES = 60
LONGEST_TURN = {Turn.HOURS: 1000, Turn.DAYS: 365, Turn.WEEKS: 52, Turn.SHIFTS: 1}
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
HOURS = ("always", "inside", "outside", "week")


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPlan:
    """members: agents in the order of their turns. calendar_id None: the desk's.

    hours: of `HOURS`. week: {"monday": ["17:00-24:00", …], …}, for the hours of a week.
    """

    name: str = ""
    turn: Turn = Turn.WEEKS
    turn_length: int = 1
    starts_on: date
    ends_on: date | None = None
    handover_at: time
    hours: str = "always"
    calendar_id: int | None = None
    week: Mapping[str, list[str]] = field(default_factory=dict)
    members: tuple[int, ...] = ()


def check_plan(plan: LayerPlan) -> None:
    """Raise Refusal, with the name of the field as its code, for what no layer can be."""
    if len(plan.name) > 100:
        raise Refusal("name", "This is too long.")
    longest = LONGEST_TURN[plan.turn]
    if not 1 <= plan.turn_length <= longest:
        raise Refusal(
            "turn_length", "A turn is from 1 to %(longest)s of these long.", longest=longest
        )
    if not FIRST_DAY <= plan.starts_on <= LAST_DAY:
        raise Refusal("starts_on", "Choose a day from 2000 to 2099.")
    if plan.ends_on and not plan.starts_on <= plan.ends_on <= LAST_DAY:
        raise Refusal("ends_on", "The last turn cannot begin before the first one.")
    if plan.hours not in HOURS:
        raise Refusal("hours", "Choose one of the offered.")
    if plan.hours == "week" and not any(_week(plan)):
        raise Refusal("monday", "Write the hours of at least one day.")
    if len(plan.members) > MOST_PLACES:
        raise Refusal("members", "A layer has at most %(n)s places.", n=MOST_PLACES)
    if plan.turn is not Turn.SHIFTS and not plan.members:
        raise Refusal("members", "Choose who has the first turn.")


def _week(plan: LayerPlan) -> tuple[tuple[tuple[int, int], ...], ...]:
    (_, calendar), *_ = weekly(plan.week, "UTC")
    return calendar.week
