"""`gettext` for hot pages: a text is looked up once in each language and then remembered."""

from functools import lru_cache

from django.utils import translation


def say(text: str) -> str:
    """Return a text in the reader's language. Imported as `_`, like Django's own."""
    return _said(translation.get_language(), text)


@lru_cache(maxsize=4096)
def _said(language: str | None, text: str) -> str:
    return translation.gettext(text)
