"""Who is on call, by walking minute for minute and looking at the clock on the wall.

It shares nothing with `core.oncall` but the shape of a rota. A hand-over happens in the first
minute at which the clock on the wall shows its time or has passed it; what the clock shows
afterwards, when it goes back, changes nothing any more.
"""

from array import array
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = 1440
# Walks begin here, so that every layer's first turn lies ahead, and end after all tests' years.
BEGIN = datetime(2025, 10, 1, tzinfo=UTC)
MINUTES = (365 + 110) * DAY
EPOCH = datetime(2025, 9, 1)  # from which minutes on the wall are counted


@lru_cache(maxsize=8)
def wall(zone: str) -> array:
    """Return what the clock on the wall shows in each minute: minutes since EPOCH."""
    place = ZoneInfo(zone)
    shown = array("i")
    at = BEGIN
    for _ in range(MINUTES):
        local = at.astimezone(place).replace(tzinfo=None)
        shown.append(int((local - EPOCH).total_seconds()) // 60)
        at += MINUTE
    return shown


def number_of(at: datetime) -> int:
    """Return which minute of the walk an instant is."""
    return int((at - BEGIN).total_seconds()) // 60


def walk(rota) -> list:
    """Return who is on in each minute of the walk: the id of an agent, or None."""
    on = [None] * MINUTES
    for layer in sorted(rota.layers, key=lambda layer: layer.position):
        for minute, agent in enumerate(walk_layer(layer, rota.zone)):
            if agent is not None:
                on[minute] = agent
    for override in rota.overrides:
        for minute in range(number_of(override.starts_at), number_of(override.ends_at)):
            if override.replaces is None or override.replaces == on[minute]:
                on[minute] = override.agent
    return on


def walk_layer(layer, zone: str) -> list:
    shown = wall(zone)
    if layer.turn == "shifts":
        on = shifts(layer)
    elif layer.turn == "hours":
        on = turns_of_hours(layer, shown)
    else:
        on = turns_of_days(layer, shown)
    if layer.hours != "always":
        (_, calendar), *later = layer.calendars
        is_open = openings(calendar)
        for from_then, calendar in later:
            since = number_of(from_then)
            is_open[since:] = openings(calendar)[since:]
        wanted = 1 if layer.hours == "inside" else 0
        on = [agent if is_open[m] == wanted else None for m, agent in enumerate(on)]
    return on


def on_wall(day, at: time) -> int:
    moment = datetime.combine(day, at)
    return int((moment - EPOCH).total_seconds()) // 60


def turns_of_days(layer, shown) -> list:
    """Hand over each time that the clock reaches the next date of hand-over."""
    days = layer.turn_length * (7 if layer.turn == "weeks" else 1)
    following = on_wall(layer.starts_on, layer.handover_at)
    last = None if layer.ends_on is None else on_wall(layer.ends_on, time(23, 59))
    people, on, who, over = list(layer.members), [], None, False
    for now in shown:
        while now >= following:
            over = over or (last is not None and following > last)
            who = None if over or not people else people[0]
            people = people[1:] + people[:1]  # to the end of the line
            following += days * DAY
        on.append(who)
    return on


def turns_of_hours(layer, shown) -> list:
    """Hand over each time that so many minutes have passed."""
    first = on_wall(layer.starts_on, layer.handover_at)
    last = None if layer.ends_on is None else on_wall(layer.ends_on, time(23, 59))
    people, on, who, left, over = list(layer.members), [], None, None, False
    for now in shown:
        if left is None and now >= first:
            left = 0
        if left == 0:
            # The first turn begins on its day by definition, wherever a jump of the clock leads.
            over = over or (last is not None and now > last)
            who = None if over or not people else people[0]
            people = people[1:] + people[:1]
            left = layer.turn_length * 60
        if left is not None:
            left -= 1
        on.append(who)
    return on


def shifts(layer) -> list:
    on, began = [None] * MINUTES, [None] * MINUTES
    for shift in layer.shifts:
        if shift.agent is None:
            continue
        for minute in range(number_of(shift.starts_at), number_of(shift.ends_at)):
            if began[minute] is None or shift.starts_at >= began[minute]:
                on[minute], began[minute] = shift.agent, shift.starts_at
    return on


def openings(calendar) -> bytearray:
    """Return 1 for each open minute: from when the clock first shows the start, or has passed it,
    until it shows the end for the last time."""
    shown, is_open = wall(calendar.zone), bytearray(MINUTES)
    for day in range(MINUTES // DAY + 31):
        date = (EPOCH + timedelta(days=day)).date()
        exceptional = calendar.dates.get(date)
        spans = exceptional.openings if exceptional else calendar.week[date.weekday()]
        for start, end in spans:
            opens, closes = day * DAY + start, day * DAY + end
            # The minute of the same name in UTC, and a day on either side of it.
            near = number_of((EPOCH + timedelta(days=day)).replace(tzinfo=UTC))
            around = range(max(near - DAY, 0), min(near + 3 * DAY, MINUTES))
            since = next((m for m in around if shown[m] >= opens), MINUTES)
            until = next((m for m in reversed(around) if shown[m] < closes), -1)
            for minute in range(since, until + 1):
                is_open[minute] = 1
    return is_open
