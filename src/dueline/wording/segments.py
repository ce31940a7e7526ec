"""The way to a due time, drawn on a line: each stretch that counted, and each that did not."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from dueline.core.explain import Segment
from dueline.wording.explain import say_segment
from dueline.wording.times import say_stamp

_SHAPES = {
    "paused": "paused",
    "paused-third-party": "paused",
    "extended": "extended",
    "made-up": "extended",
}


class Part(NamedTuple):
    """One stretch. start, length: percentages of the line, ready for SVG.

    shape: counted, skipped, paused or extended. said: the same in words.
    """

    start: str
    length: str
    shape: str
    said: str


class Drawn(NamedTuple):
    """began, ends: the two ends of the line in words. shapes: those that are on it, in order."""

    parts: tuple[Part, ...]
    began: str
    ends: str
    shapes: tuple[str, ...]


def draw(segments: Sequence[Segment], *, zone: str) -> Drawn | None:
    """Return the picture of an explanation; None where nothing has any length."""
    drawn = [segment for segment in segments if segment.to_at > segment.from_at]
    if not drawn:
        return None
    start, end = drawn[0].from_at, drawn[-1].to_at
    parts = tuple(_part(segment, start, end, zone) for segment in drawn)
    return Drawn(
        parts,
        began=say_stamp(start, zone),
        ends=say_stamp(end, zone),
        shapes=tuple(dict.fromkeys(part.shape for part in parts)),
    )


def _part(segment: Segment, start: datetime, end: datetime, zone: str) -> Part:
    whole = (end - start).total_seconds()
    counts = "counted" if segment.counted or segment.days else "skipped"
    return Part(
        start=_percent((segment.from_at - start).total_seconds() / whole),
        length=_percent((segment.to_at - segment.from_at).total_seconds() / whole),
        shape=_SHAPES.get(segment.why, counts),
        said=say_segment(segment, zone),
    )


def _percent(share: float) -> str:
    return f"{share * 100:.3f}%"
