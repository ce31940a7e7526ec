"""The promise line: one small picture of a commitment, the same wherever a case is named.

A line from where the counting began to the due time. What has passed is filled, hours that do not
count are hatched, now is a tick. The words beside it say the same, so that neither colour nor
sight is needed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext_noop

from dueline.core.commitments import State
from dueline.core.policy import CommitmentKind
from dueline.wording.explain import KIND_NAMES
from dueline.wording.language import say as _
from dueline.wording.times import say_clock, say_left

# The last hour of a promise is its own mood, whatever the policy warns at.
_DUE = timedelta(hours=1)
_SOON = timedelta(hours=4)

_BEFORE = {
    "activation": gettext_noop("after the response"),
    "feedback": gettext_noop("after the activation"),
}
_LATER = gettext_noop("later")


class Stored(NamedTuple):
    """The columns of a stored commitment that the picture needs, in this order."""

    kind: str
    state: str
    target: str
    started_at: datetime | None
    warn_at: datetime | None
    due_at: datetime | None
    met_at: datetime | None
    withdrawn_at: datetime | None
    paused_since: datetime | None
    skipped: Sequence[Sequence[int]]


class PromiseLine(NamedTuple):
    """What a template draws. Places are percentages of the line's length, ready for SVG.

    mood: running, soon, due, missed, paused, met, extended, waiting, withdrawn.
    ticks_to: the due time while a countdown runs, else None.
    """

    kind: str
    mood: str
    left: str
    clock: str
    ticks_to: datetime | None
    gone: str
    closed: tuple[tuple[str, str], ...]

    @property
    def sentence(self) -> str:
        """The picture in words."""
        return f"{self.kind}: {self.left}" + (f" ({self.clock})" if self.clock else "")


def say_kind(kind: str) -> str:
    return _(KIND_NAMES[CommitmentKind(kind)])


def draw(stored: Stored, *, now: datetime, zone: str) -> PromiseLine:
    """Return the picture of a stored commitment at `now`, in the reader's zone."""
    mood = _mood(stored, now)
    return PromiseLine(
        kind=say_kind(stored.kind),
        mood=mood,
        left=_left(stored, mood, now=now, zone=zone),
        clock=say_clock(stored.due_at, now=now, zone=zone) if stored.due_at else "",
        ticks_to=stored.due_at if _is_ticking(stored, mood) else None,
        gone=_gone(stored, mood, now),
        closed=tuple((f"{a / 10:g}%", f"{max(b - a, 1) / 10:g}%") for a, b in stored.skipped),
    )


def countdown_words() -> dict[str, str]:
    """Return the words with which the browser goes on counting, so that it says what we say."""
    return {
        "in": _("in %(span)s") % {"span": "{}"},
        "late": _("%(span)s late") % {"span": "{}"},
        "soon": _("under 1 min"),
        "min": _("%(n)s min") % {"n": "{}"},
        "h": _("%(n)s h") % {"n": "{}"},
    }


def _mood(stored: Stored, now: datetime) -> str:
    if stored.state != State.RUNNING or stored.due_at is None:
        return stored.state
    if now > stored.due_at:  # the sweep has not been here yet
        return "missed"
    left = stored.due_at - now
    if left <= _DUE:
        return "due"
    warned = stored.warn_at is not None and now >= stored.warn_at
    return "soon" if warned or left <= _SOON else "running"


def _is_ticking(stored: Stored, mood: str) -> bool:
    unmet = stored.met_at is None and stored.withdrawn_at is None
    return mood in ("running", "soon", "due", "missed") and unmet


def _left(stored: Stored, mood: str, *, now: datetime, zone: str) -> str:
    if stored.met_at and stored.due_at and mood == "missed":
        return _("met, %(late)s") % {"late": say_left(stored.due_at - stored.met_at)}
    if mood == "extended" and stored.met_at:
        clock = say_clock(stored.met_at, now=now, zone=zone)
        return _("extended, done %(clock)s") % {"clock": clock}
    if stored.met_at:
        return _("met %(clock)s") % {"clock": say_clock(stored.met_at, now=now, zone=zone)}
    if mood == "missed" and stored.withdrawn_at:
        return _("missed")
    if mood == "withdrawn":
        return _("no longer owed")
    if mood == "waiting":
        return _(_BEFORE.get(stored.kind, _LATER))
    if mood == "paused":
        return _("paused")
    if stored.due_at is None:
        return ""
    return say_left(stored.due_at - now)


def _gone(stored: Stored, mood: str, now: datetime) -> str:
    """How much of the line is filled. A missed promise fills it all."""
    until = stored.met_at or stored.withdrawn_at or stored.paused_since or now
    if mood == "missed":
        return "100%"
    if not stored.started_at or not stored.due_at or stored.due_at <= stored.started_at:
        return "0%"
    share = (until - stored.started_at) / (stored.due_at - stored.started_at)
    return f"{max(0.0, min(1.0, share)) * 100:.1f}%"
