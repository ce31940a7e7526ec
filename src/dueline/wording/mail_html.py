"""The HTML form of a mail: one calm column, in whatever colours the reader's mail program has.

No picture, no style sheet, nothing that is loaded, nothing that tells us that it was read (i27).
Every value is escaped (i40); what agents wrote comes through the sanitiser.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from django.utils.translation import get_language

from dueline.core.links import pieces_of
from dueline.wording.markdown import Markdown, render

# Neither a ground nor a colour of the text: a dark mail program has its own, and so both fit.
_BODY = "margin:0;padding:16px"
_COLUMN = (
    "max-width:36em;margin:0;overflow-wrap:anywhere;font-size:16px;line-height:1.5;"
    "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
)
_RULE = "1px solid #8a8a8a"
_PARAGRAPH = "margin:0 0 16px"
_LIST = "margin:0 0 16px;padding:0 0 0 24px"
_FOOT = f"margin:24px 0 0;padding:12px 0 0;border-top:{_RULE};font-size:14px"
# How Markdown's parts look: the sanitiser hands them out without any attribute.
_STYLES = {
    "p": _PARAGRAPH,
    "ul": _LIST,
    "ol": _LIST,
    "blockquote": f"margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid {_RULE[-7:]}",
    "pre": f"margin:0 0 16px;padding:8px 12px;border:{_RULE};white-space:pre-wrap;font-size:14px",
    "hr": f"margin:16px 0;border:0;border-top:{_RULE}",
    **{f"h{level}": "margin:0 0 8px;font-size:18px;line-height:1.3" for level in range(1, 7)},
}
_BARE_TAG = re.compile(f"<({'|'.join(_STYLES)})>")
_POINT = "– "


def draw_letter(subject: str, paragraphs: Iterable[str | Markdown], foot: Sequence[str]) -> str:
    """Return a whole page that says a letter's paragraphs, in the language of the moment."""
    language = escape(get_language() or "en")
    body = "\n".join(map(_paragraph, paragraphs))
    end = f'\n<p style="{_FOOT}">{_lines(foot)}</p>' if foot else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(subject)}</title>\n</head>\n"
        f'<body style="{_BODY}">\n<div lang="{language}" style="{_COLUMN}">\n'
        f"{body}{end}\n</div>\n</body>\n</html>\n"
    )


def put_before(page: str, paragraph: str) -> str:
    """Return a letter drawn by `draw_letter` with one more paragraph at its beginning."""
    head, column, body = page.partition(f'style="{_COLUMN}">\n')
    return f"{head}{column}{_plain(paragraph)}\n{body}"


def _paragraph(paragraph: str | Markdown) -> str:
    if isinstance(paragraph, Markdown):
        return _BARE_TAG.sub(_styled, render(paragraph.text.strip())) or _plain(paragraph.text)
    return _plain(paragraph)


def _styled(tag: re.Match[str]) -> str:
    return f'<{tag[1]} style="{_STYLES[tag[1]]}">'


def _plain(text: str) -> str:
    """Draw lines, and those that are points as a list."""
    runs = groupby(text.strip().split("\n"), key=lambda line: line.startswith(_POINT))
    return "".join(_list(lines) if are_points else _text(lines) for are_points, lines in runs)


def _text(lines: Iterable[str]) -> str:
    return f'<p style="{_PARAGRAPH}">{_lines(lines)}</p>'


def _list(points: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(point.removeprefix(_POINT))}</li>" for point in points)
    return f'<ul style="{_LIST}">{items}</ul>'


def _lines(lines: Iterable[str]) -> str:
    return "<br>\n".join(map(_line, lines))


def _line(line: str) -> str:
    """Escape a line; one that is an address of ours is a link.

    Only a line of its own: what a customer put into a subject becomes no link of the desk's.
    """
    if line.startswith("http") and pieces_of(line)[1:2] == [(line, True)]:
        return f'<a href="{escape(line)}">{escape(line)}</a>'
    return escape(line)
