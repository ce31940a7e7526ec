"""What people are told when a part of the desk stands still, and when it goes again.

These texts leave by services of others, and say nothing of customers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dueline.core.vigil import Part
from dueline.wording.times import say_dated, say_instant

_NAMES = {
    Part.WORKER: gettext_noop("The worker"),
    Part.INTAKE: gettext_noop("Reading the inbox"),
    Part.SWEEPER: gettext_noop("Sweeping the clocks"),
    Part.OUTBOX: gettext_noop("Delivering mail"),
    Part.PAGER: gettext_noop("Paging"),
    Part.LISTENER: gettext_noop("The mail listener"),
    Part.FETCHERS: gettext_noop("Fetching mailboxes"),
    Part.WEB: gettext_noop("The pages"),
    Part.WATCHER: gettext_noop("The watcher"),
    Part.DATABASE: gettext_noop("The database"),
}
_MEANS = {
    Part.WORKER: gettext_noop("No mail is read or sent, and nobody is warned or paged."),
    Part.INTAKE: gettext_noop("What comes in is kept, and nobody reads it."),
    Part.SWEEPER: gettext_noop("Nobody is warned of promises that fall due."),
    Part.OUTBOX: gettext_noop("No mail leaves."),
    Part.PAGER: gettext_noop("Nobody is woken for a Critical case."),
    Part.LISTENER: gettext_noop("No mail is taken in by SMTP."),
    Part.FETCHERS: gettext_noop("No mail is fetched from mailboxes."),
    Part.WEB: gettext_noop("Nobody can open a page, neither customers nor engineers."),
    Part.WATCHER: gettext_noop("Nobody would notice if another part stood still."),
    Part.DATABASE: gettext_noop("Nothing works without it; what comes in is refused for now."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """title: one line. body: a few. brief: both in a line."""

    title: str
    body: str
    brief: str


@dataclass(frozen=True, slots=True)
class Facts:
    """since: the last sign of life of each part. url: of the page that shows them."""

    desk_name: str
    since: Sequence[tuple[str, datetime]]
    now: datetime
    zone: str
    url: str


def say_part(part: str) -> str:
    """Say what a part is called: "The mail listener"."""
    return _(_NAMES[Part(part)])


def say_meaning(part: str) -> str:
    """Say what it means that a part stands still."""
    return _(_MEANS[Part(part)])


def say_silence(part: str, beat_at: datetime, *, now: datetime, zone: str) -> str:
    """Say on a page that a part stands still."""
    return _("%(part)s: no sign of life since %(time)s. %(meaning)s") % {
        "part": say_part(part),
        "time": say_instant(beat_at, now=now, zone=zone),
        "meaning": say_meaning(part),
    }


def say_paged(chain: str) -> str:
    """Say what became of an alarm while paging goes."""
    return _("Paged by the chain “%(chain)s”.") % {"chain": chain}


def stands_still(facts: Facts) -> Told:
    """Say that parts stand still."""
    title = _("%(desk)s: no sign of life of: %(parts)s") % _words(facts)
    lines = [
        _("%(part)s, last seen at %(time)s. %(meaning)s")
        % {
            "part": say_part(part),
            "time": say_dated(since, now=facts.now, zone=facts.zone),
            "meaning": say_meaning(part),
        }
        for part, since in facts.since
    ]
    end = _("Please look at the machine that the desk runs on.")
    return Told(title, "\n".join([*lines, end, facts.url]), f"{title}. {end}")


def goes_again(facts: Facts) -> Told:
    """Say that parts go again."""
    title = _("%(desk)s: goes again: %(parts)s") % _words(facts)
    lines = [
        _("%(part)s goes again. It had not since %(time)s.")
        % {"part": say_part(part), "time": say_dated(since, now=facts.now, zone=facts.zone)}
        for part, since in facts.since
    ]
    return Told(title, "\n".join([*lines, facts.url]), title)


def _words(facts: Facts) -> dict[str, str]:
    parts = [say_part(part) for part, _since in facts.since]
    return {"desk": " ".join(facts.desk_name.split()), "parts": ", ".join(parts)}
