"""Which language the reader reads, and `gettext` for hot pages: a text is looked up only once."""

from functools import lru_cache

from django.utils import translation


def say(text: str) -> str:
    """Return a text in the reader's language. Imported as `_`, like Django's own."""
    return _said(translation.get_language(), text)


def spoken() -> str:
    """Return the code of the reader's language, without a region: "sv" for "sv-fi"."""
    return (translation.get_language() or "").split("-")[0]


@lru_cache(maxsize=4096)
def _said(language: str | None, text: str) -> str:
    return translation.gettext(text)
