"""The Jinja2 environment that every page is drawn with."""

import secrets
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined

from dueline.wording import promise_lines, sizes, times


def environment(**options: Any) -> Environment:
    """Return the environment. Autoescape is on (Django's default for Jinja2) and stays on."""
    made = Environment(  # noqa: S701 - Django passes autoescape=True
        **{**options, "undefined": StrictUndefined},
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    made.globals.update(
        static=static,
        url=_url,
        language=get_language,
        once=_once,
        countdown_words=promise_lines.countdown_words,
    )
    made.filters.update(
        instant=times.say_instant,
        clock=times.say_clock,
        span=times.say_span,
        left=times.say_left,
        exact=times.say_exact,
        size=sizes.say_size,
        iso=_iso,
    )
    return made


def _once() -> str:
    """Return the word by which a form that is sent twice is known (`actions.forms`)."""
    return secrets.token_urlsafe(16)


def _url(name: str, *arguments: Any, **named: Any) -> str:
    return reverse(name, args=arguments, kwargs=named)


def _iso(at: Any) -> str:
    """Return an instant as `<time datetime>` wants it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
