"""The customer's words within an answer."""

MOST_LINES = 30


def quote(text: str) -> str:
    """Return a text as a quote in Markdown, its beginning if it is long, and an empty line."""
    lines = text.strip().splitlines()
    if not lines:
        return ""
    shown = lines[:MOST_LINES] + ["…"] * (len(lines) > MOST_LINES)
    return "".join(f"> {line}".rstrip() + "\n" for line in shown) + "\n"
