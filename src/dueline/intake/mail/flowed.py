"""Paragraphs that a sender's program broke into lines, joined again (RFC 3676)."""


def joined(text: str, *, delsp: bool) -> str:
    """Return format=flowed text with whole paragraphs; quoted ones stay quoted.

    delsp: the space that marks a soft line break is no part of the text (Chinese, Japanese).
    """
    lines: list[list[str]] = []
    open_depth: int | None = None  # of the paragraph that the last line left unfinished
    for line in text.split("\n"):
        depth, words = _unquoted(line)
        goes_on = open_depth == depth and words != "-- "
        flows = words.endswith(" ") and words != "-- "
        shown = words[:-1] if flows and delsp else words
        if goes_on:
            lines[-1].append(shown)
        else:
            lines.append([">" * depth + (" " if depth and shown else "") + shown])
        open_depth = depth if flows else None
    return "\n".join("".join(line) for line in lines)


def _unquoted(line: str) -> tuple[int, str]:
    words = line.lstrip(">")
    depth = len(line) - len(words)
    return depth, words[1:] if words.startswith(" ") else words
