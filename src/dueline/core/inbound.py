"""A request as it was understood, whichever door it came through."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """name: cleaned of paths and control characters. media_type: as claimed, never believed."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False
