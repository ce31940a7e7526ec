"""Stored HTML on its way to a reader: what it becomes in a frame, and whether it is needed.

The frame is a document of its own. It has the origin of the desk and no script:

- `allow-same-origin`, because a frame without an origin sends no cookie with its requests: the
  pictures that came with a message could not ask who wants to see them. And the page around it
  can measure it, so that a message is as high as it is long.
- never `allow-scripts`. Either alone is harmless; both together would be no sandbox at all. Three
  walls stand before a script: the allowlist, the sandbox, and `default-src 'none'`.
- `allow-popups`, with a way out of the sandbox: links open in a tab, and work there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from urllib.parse import unquote

from dueline.core.html import OUTSIDE, address_outside, clean, is_attached

ASKED = "pictures=outside"  # how the frame's address says that they are wanted
POWERS = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
_MOST_JUDGED = 200_000  # characters that `says_more` looks at


@dataclass(frozen=True, slots=True)
class Shown:
    """waits_outside: pictures from elsewhere were not shown, and may be asked for."""

    html: str
    waits_outside: bool


def without_outside(html: str, *, pictures: Mapping[str, str]) -> Shown:
    """Return HTML with the pictures that came with it, and none from anywhere else.

    pictures: the address at which each Content-ID is handed out.
    """
    waiting: list[str] = []

    def picture(address: str) -> str | None:
        if address_outside(address):
            waiting.append(address)
            return None
        return _attached(address, pictures)

    return Shown(clean(html, picture=picture), bool(waiting))


def with_outside(html: str, *, pictures: Mapping[str, str]) -> str:
    """Return HTML with all its pictures: showing it tells their senders that it is read."""

    def picture(address: str) -> str | None:
        outside = address_outside(address)
        return outside[len(OUTSIDE) :] if outside else _attached(address, pictures)

    return clean(html, picture=picture)


def _attached(address: str, pictures: Mapping[str, str]) -> str | None:
    if not is_attached(address):
        return None
    name = address[len("cid:") :]
    return pictures.get(name) or pictures.get(unquote(name))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a frame stands.

    origin: of the desk, as the browser knows it ("https://desk.example"). path: of the message;
    the frame is below it at `html`, its pictures at `pictures/…`. style: of our own style sheet.
    """

    origin: str
    path: str
    style: str


@dataclass(frozen=True, slots=True)
class Frame:
    page: str
    headers: dict[str, str]


def frame(
    html: str, *, pictures: Iterable[tuple[str, int]], place: Place, told: str, asks: str
) -> Frame:
    """Return the frame of a message, with nothing in it from outside.

    pictures: Content-ID and id of each that came with it. told, asks: what a reader is told of
    pictures from outside, and the words of the link that shows them; asks "": it is not offered.
    """
    shown = without_outside(html, pictures=_addresses(pictures, place))
    offer = ""
    if shown.waits_outside and told:
        link = f' <a href="{place.path}/html?{ASKED}" target="_self">{escape(asks)}</a>'
        offer = f'<p class="outside">{escape(told)}{link if asks else ""}</p>'
    return Frame(_page(offer + shown.html, place), _headers(place, more=""))


def frame_with_outside(html: str, *, pictures: Iterable[tuple[str, int]], place: Place) -> Frame:
    """Return the frame of a message for somebody who asked for the pictures from outside."""
    shown = with_outside(html, pictures=_addresses(pictures, place))
    return Frame(_page(shown, place), _headers(place, more=" https:"))


def _addresses(pictures: Iterable[tuple[str, int]], place: Place) -> dict[str, str]:
    return {name: f"{place.path}/pictures/{id_}" for name, id_ in pictures}


def _page(body: str, place: Place) -> str:
    return (
        '<!doctype html><html><head><meta charset="utf-8"><title>-</title>'
        '<meta name="viewport" content="width=device-width"><base target="_blank">'
        f'<link rel="stylesheet" href="{place.style}"></head><body>{body}</body></html>'
    )


def _headers(place: Place, *, more: str) -> dict[str, str]:
    """more: sources of pictures besides those that came with the message."""
    policy = (
        f"sandbox {POWERS}; default-src 'none'; "
        f"img-src {place.origin}{place.path}/pictures/{more}; "
        f"style-src-elem {place.origin}{place.style}; style-src-attr 'unsafe-inline'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Cache-Control": "private, no-cache",
        "Vary": "Cookie",
    }


def says_more(html: str) -> bool:
    """Say whether HTML tells a reader something that its text does not.

    A table, a list, a picture that came with it, a link behind other words, something struck out.
    Only in what the sender added: an answer with a quoted table in it reads well as text.
    """
    judge = _Judge()
    judge.feed(html[:_MOST_JUDGED])
    judge.close()
    return judge.found


class _Judge(HTMLParser):
    _TELLING = frozenset({"li", "del", "ins", "s", "strike", "mark", "dt"})

    def __init__(self) -> None:
        super().__init__()
        self.found = False
        self._is_quoted = False
        self._cells: list[int] = []  # of the row that is open, for each table within another
        self._link = ""
        self._words: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_quoted |= tag == "blockquote"
        if self._is_quoted:
            return
        facts = dict(attrs)
        match tag:
            case "img":
                self.found |= is_attached(facts.get("src") or "")
            case "a":
                self._link, self._words = facts.get("href") or "", []
            case "table":
                self._cells.append(0)
            case "tr" if self._cells:
                self._cells[-1] = 0
            case "td" | "th" if self._cells:
                self._cells[-1] += 1
            case _:
                self.found |= tag in self._TELLING

    def handle_data(self, data: str) -> None:
        if self._words is not None:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._is_quoted:
            return
        if tag == "a" and self._words is not None:
            self.found |= _hides(self._link, "".join(self._words))
            self._words = None
        elif tag == "tr" and self._cells:
            self.found |= self._cells[-1] > 1
        elif tag == "table" and self._cells:
            self._cells.pop()


def _hides(link: str, words: str) -> bool:
    """Say whether a reader of the words alone would not know where the link leads."""
    words = " ".join(words.split()).lower()
    if not words or not link.lower().startswith("http"):
        return False
    return _bare(words) != _bare(link.lower())


def _bare(address: str) -> str:
    bare = address.removeprefix("http://").removeprefix("https://").removeprefix("www.")
    return bare.rstrip("/")
