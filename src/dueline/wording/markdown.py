"""What people write in Markdown, as HTML for mails and pages.

Whoever works at the desk is not believed either: HTML is text here, no picture is loaded, and
what comes out goes through the sanitiser like a stranger's mail (i03, i04).
"""

from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from dueline.core.html import sanitise
from dueline.core.links import pieces_of


@dataclass(frozen=True, slots=True)
class Markdown:
    """A text that somebody of the desk wrote, and may have marked up."""

    text: str


def render(text: str) -> str:
    """Return Markdown as HTML that is safe to show. "" where it is too long to be judged.

    One line break is one, as in a mail; addresses that are written out become links.
    """
    html, _ = sanitise(_MARKDOWN.render(text))
    return html


def _link_addresses(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = _with_links(token.children)


def _with_links(tokens: list[Token]) -> list[Token]:
    found: list[Token] = []
    within_link = 0
    for token in tokens:
        within_link += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and not within_link:
            for piece, is_address in pieces_of(token.content):
                found += _link(piece) if is_address else [_text(piece)]
        else:
            found.append(token)
    return found


def _link(address: str) -> list[Token]:
    opening = Token("link_open", "a", 1, attrs={"href": address})
    return [opening, _text(address), Token("link_close", "a", -1)]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["image", "html_block", "html_inline"]
)
# Before the escaped letters are joined to the text around them: `https\://…` stays a text.
_MARKDOWN.core.ruler.before("text_join", "addresses", _link_addresses)
