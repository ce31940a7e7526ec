"""Quotations in HTML, so that they are still known as such when only the text is left.

Mail programs put what they quote into an element that the text would lose. Before the HTML becomes
text its borders are marked with letters that nobody writes; afterwards the lines between them bear
the ">" that they would bear in a plain mail.
"""

import re

_OPEN, _CLOSE, _LINE = "\ue0f0", "\ue0f1", "\ue0f2"
_MARKS = (_OPEN, _CLOSE, _LINE)
_RULE = "_" * 32  # as Outlook draws it in its plain text
_DEEPEST = 5  # levels that are shown as such

_TAG = re.compile(r"<(/?)(blockquote|div)\b([^<>]{0,2000})>", re.IGNORECASE)
# Gmail, Apple Mail and Thunderbird, Yahoo, Proton: not every blockquote is an answer's.
_CITES = re.compile(
    r"gmail_quote|yahoo_quoted|protonmail_quote|type\s*=\s*[\"']?cite|\bcite\s*=|moz-cite",
    re.IGNORECASE,
)
# Outlook's border above the headers of what it quotes.
_OUTLOOK = re.compile(r"divRplyFwdMsg|border-top:\s*solid\s+#(?:E1E1E1|B5C4DF)", re.IGNORECASE)


def mark_quoted(source: str) -> str:
    """Return HTML with marks where a mail program's quotations begin and end."""
    if any(mark in source for mark in _MARKS):
        return source  # somebody knows our marks: they shall move nothing
    inside: list[bool] = []  # for each open blockquote: whether it cites

    def mark(tag: re.Match[str]) -> str:
        closes, name, attributes = tag[1], tag[2].lower(), tag[3]
        if name == "div":
            draws = not closes and _OUTLOOK.search(attributes)
            return f"<div>{_LINE}</div>{tag[0]}" if draws else tag[0]
        if not closes:
            inside.append(any(inside) or _CITES.search(attributes) is not None)
            return f"<div>{_OPEN}</div>{tag[0]}" if inside[-1] else tag[0]
        cited = inside.pop() if inside else False
        return f"{tag[0]}<div>{_CLOSE}</div>" if cited else tag[0]

    return _TAG.sub(mark, source)


def lines_of_marked(text: str) -> str:
    """Return the text of marked HTML with ">" before each quoted line, and without the marks."""
    depth, lines = 0, []
    for line in text.split("\n"):
        if (mark := line.strip()) in (_OPEN, _CLOSE):
            depth = depth + 1 if mark == _OPEN else max(depth - 1, 0)
        elif mark == _LINE:
            lines.append(_RULE)
        else:
            lines.append(("> " * min(depth, _DEEPEST) + _unmarked(line)).rstrip(" "))
    return "\n".join(lines)


def _unmarked(line: str) -> str:
    for mark in _MARKS:
        line = line.replace(mark, "")
    return line
