"""The one place where somebody's HTML becomes HTML that a page may show (in a frame of its own).

A mail's, and as much what our own people write: Markdown, signatures, templates (i02, i03, i04).

An allowlist, applied by a parser that reads HTML as a browser does. What calls home (styles with
addresses), acts (scripts, forms) or can be mistaken for our own page (names, ids, classes, data-*
and hx-* attributes) is gone before it is stored.

A picture from outside is stored under a scheme that no browser knows, `outside:https://…`: inert,
and still there when somebody asks for it. To read the mail anew for it would cost a child process,
and would find nothing for the messages that no mail brought. What is stored goes through the same
allowlist once more whenever it is shown (`core.shown_html`), so that a stricter one holds for old
messages too (i01).
"""

import re
from collections import Counter
from collections.abc import Callable

import nh3

MOST_CHARACTERS = 1_000_000
MOST_LEVELS = 200  # the sanitiser takes quadratic time in the depth


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TAGS = _words(
    "a abbr b blockquote br center cite code dd del dfn div dl dt em font h1 h2 h3 h4 h5 h6 hr i "
    "img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot "
    "th thead tr tt u ul var caption"
)
_WITH_CONTENT = _words(
    "script style svg math template noscript iframe object embed applet title head textarea "
    "select noembed noframes xmp plaintext"
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "style", "title", "align", "valign"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "face", "size"},
    "td": {"colspan", "rowspan", "width", "height", "bgcolor"},
    "th": {"colspan", "rowspan", "width", "height", "bgcolor"},
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor"},
    "tr": {"bgcolor"},
    "ol": {"start", "type"},
    "ul": {"type"},
}
OUTSIDE = "outside:"
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "cid", OUTSIDE.removesuffix(":")})
_STYLES = _words(
    "background-color border border-bottom border-collapse border-color border-left border-right "
    "border-spacing border-style border-top border-width color direction font font-family "
    "font-size font-style font-variant font-weight height letter-spacing line-height list-style "
    "list-style-type margin margin-bottom margin-left margin-right margin-top max-width "
    "min-width padding padding-bottom padding-left padding-right padding-top text-align "
    "text-decoration text-indent text-transform vertical-align white-space width "
    "word-break word-spacing word-wrap"
)
_CALLS_OUT = re.compile(r"url|image|src|expression|import|attr|var|env|[\\@{}<]", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_FROM_OUTSIDE = re.compile(r"(?:outside:)?(https://[!#-&(-;=?-\[\]-~]{1,2000})", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,30})")
# These close themselves, or their siblings do.
_NO_LEVEL = _words(
    "area base br col embed hr img input link meta param source track wbr p li td th tr dt dd "
    "option tbody thead tfoot html head body"
)


def sanitise(source: str) -> tuple[str, bool]:
    """Return HTML that is safe to show, and whether pictures from outside wait in it or were lost.

    The HTML is "" when the source is too long or too deep to be judged.
    """
    if len(source) > MOST_CHARACTERS or _levels(source) > MOST_LEVELS:
        return "", False
    left_out: list[str] = []

    def picture(address: str) -> str | None:
        if is_attached(address):
            return address
        left_out.append(address)
        return address_outside(address)

    return clean(source, picture=picture), bool(left_out)


def clean(source: str, *, picture: Callable[[str], str | None]) -> str:
    """Return HTML with what the allowlist lets through.

    picture: gets the address of each picture, and says what takes its place; None: nothing.
    """

    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            return picture(value.strip())
        return _attribute(tag, name, value)

    safe = nh3.clean(
        source.replace("\0", ""),
        tags=_TAGS,
        clean_content_tags=_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        filter_style_properties=_STYLES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return safe.strip()


def is_attached(address: str) -> bool:
    """A picture that came with the message, named by its Content-ID."""
    return address.lower().startswith("cid:")


def address_outside(address: str) -> str | None:
    """Return the inert form of a picture's address elsewhere; None: not one to be asked for."""
    found = _FROM_OUTSIDE.fullmatch(address)
    return OUTSIDE + found[1] if found else None


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        kept = [rule for rule in value.split(";") if not _CALLS_OUT.search(rule)]
        return ";".join(kept) or None
    if tag == "a" and name == "href":
        return value if _LINK.match(value.strip()) else None
    return value


def _levels(html: str) -> int:
    """Return the greatest number of elements that may lie within each other, rather too many.

    A closing tag counts only if such an element is open: a browser ignores the others.
    """
    open_now: Counter[str] = Counter()
    level = most = 0
    for match in _TAG.finditer(html):
        tag = match[2].lower()
        if tag in _NO_LEVEL:
            continue
        if not match[1]:
            open_now[tag] += 1
            level += 1
            most = max(most, level)
        elif open_now[tag]:
            open_now[tag] -= 1
            level -= 1
    return most
