"""The text that a browser would show for HTML."""

import html
import re

from dueline.core.html import sanitise
from dueline.core.mail_text import clean_text
from dueline.intake.mail.quoted_html import lines_of_marked, mark_quoted


def text_of_html(source: str) -> str:
    """Return the text that a browser would show for HTML, with ">" before quoted lines."""
    marked = mark_quoted(source)
    text = _text_of(marked)
    return text if marked == source else lines_of_marked(text)


def _text_of(source: str) -> str:
    safe, _ = sanitise(source)
    if not safe:  # too long or too deep for a tree
        return _without_tags(source)
    # Loaded late: it is slow to load, and most mails bring their own text.
    from inscriptis import get_text
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.model.config import ParserConfig

    try:
        return clean_text(get_text(safe, ParserConfig(css=CSS_PROFILES["strict"])))
    except (ValueError, RecursionError, AssertionError):
        return _without_tags(source)


def _without_tags(source: str) -> str:
    text = re.sub(r"(?is)<(script|style)\b.{0,200000}?</\1>", "", source)
    text = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]{0,1000}>", "\n", text)
    return clean_text(html.unescape(re.sub(r"<[^<>]{0,5000}>", "", text)))
