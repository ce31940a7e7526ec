"""Pictures that strangers sent: which of them may be shown, and small ones made of them (i09, i47).

A picture's header tells how large it will be before a single point of it is drawn, and only the
four kinds that are shown are even tried. So a bomb costs what its header costs.
"""

from io import BytesIO
from threading import Lock
from typing import NamedTuple

from PIL import Image, UnidentifiedImageError

TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
MOST_POINTS = 40_000_000
# To make a small one means to draw the large one: 4 bytes a point. A JPEG is drawn small at once.
MOST_POINTS_DRAWN = 16_000_000
_SMALL = (320, 160)
_ONE_AT_A_TIME = Lock()  # however many people look at however many pictures
# What Pillow raises for broken pictures, by its own documentation and by experience.
_BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError)
_BROKEN += (TypeError, OverflowError, MemoryError, Image.DecompressionBombError)  # type: ignore[assignment]


# Of an answer that is a picture: even opened by itself it can do nothing. Its address is asked
# again each time, for who may see the case may change.
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "inline",
    "Cache-Control": "private, no-cache",
}


class Picture(NamedTuple):
    media_type: str  # as its bytes say
    width: int
    height: int


def picture_of(content: bytes) -> Picture | None:
    """Return what kind of picture bytes are; None: none that is shown."""
    try:
        with Image.open(BytesIO(content), formats=tuple(TYPES)) as image:
            width, height = image.size
            kind = TYPES[image.format or ""]
    except _BROKEN:
        return None
    if width < 1 or height < 1 or width * height > MOST_POINTS:
        return None
    return Picture(kind, width, height)


def small_picture(content: bytes) -> bytes | None:
    """Return a small picture as WebP, drawn anew; None: it cannot be, or would cost too much."""
    found = picture_of(content)
    if found is None:
        return None
    if found.media_type != "image/jpeg" and found.width * found.height > MOST_POINTS_DRAWN:
        return None
    with _ONE_AT_A_TIME:
        try:
            return _drawn_small(content)
        except _BROKEN:
            return None


def _drawn_small(content: bytes) -> bytes:
    out = BytesIO()
    with Image.open(BytesIO(content), formats=tuple(TYPES)) as image:
        image.draft("RGB", _SMALL)
        image.thumbnail(_SMALL)
        image.convert("RGBA").save(out, "WEBP", quality=80)
    return out.getvalue()
