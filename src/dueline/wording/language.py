"""Languages: their names, and `gettext` for hot pages, which looks a text up once and remembers."""

from functools import lru_cache

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils import translation


def say(text: str) -> str:
    """Return a text in the reader's language. Imported as `_`, like Django's own."""
    return _said(translation.get_language(), text)


def spoken() -> str:
    """Return the code of the reader's language, without a region: "sv" for "sv-fi"."""
    return (translation.get_language() or "").split("-")[0]


def say_language(code: str) -> str:
    """Say what a language calls itself: "Svenska"."""
    known = dict(settings.LANGUAGES).get(code) or LANG_INFO.get(code, {}).get("name_local", code)
    return str(known).capitalize()


@lru_cache(maxsize=4096)
def _said(language: str | None, text: str) -> str:
    return translation.gettext(text)
