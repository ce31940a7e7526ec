"""The Jinja2 environment that every page is drawn with: one for each language.

A page is mostly words that never change. They are translated while a template is compiled and not
while it is drawn: looking up the sixty texts around the content would cost more than the content.
"""

import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import (
    get_language,
    gettext,
    ngettext,
    npgettext,
    override,
    pgettext,
)
from jinja2 import Environment, StrictUndefined, Template, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from dueline.core import phone
from dueline.core.case_numbers import case_number
from dueline.core.html import sanitise
from dueline.core.links import pieces_of
from dueline.core.places import country_of_zone
from dueline.queries.desk import Standing
from dueline.wording import contact_changes, nights, promise_lines, refusals, sizes, targets, times


def environment(**options: Any) -> "Speakers":
    """Return what Django asks for templates. Autoescape is on (Django's default) and stays on."""
    return Speakers(options)


class Speakers:
    """The environments of all languages; a template comes from that of the reader."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._speakers = {code: _speaker(code, options) for code, _ in settings.LANGUAGES}

    def get_template(self, name: str) -> Template:
        return self._speaker().get_template(name)

    def from_string(self, source: str) -> Template:
        return self._speaker().from_string(source)

    def _speaker(self) -> Environment:
        code = get_language() or settings.LANGUAGE_CODE
        speaker = self._speakers.get(code) or self._speakers.get(code.split("-")[0])
        return speaker or self._speakers[settings.LANGUAGE_CODE]


class _Speaker(Environment):
    """An environment of one language, which folds the words of a template into its text."""

    language = ""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        with override(self.language):
            folded: nodes.Template = _Folding().visit(super()._parse(source, name, filename))
        return folded


class _Folding(NodeTransformer):
    """Replaces `_("a text")` and `static("a file")` by what they say."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        plain = (
            isinstance(node.node, nodes.Name)
            and node.node.name in _FOLDED
            and len(node.args) == 1
            and isinstance(node.args[0], nodes.Const)
            and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        )
        if plain:
            text = _FOLDED[node.node.name](node.args[0].value)  # type: ignore[attr-defined]
            return nodes.Const(text, lineno=node.lineno)
        return self.generic_visit(node)


def _translate(text: str) -> Markup:
    # As Jinja's own gettext does it: a translation is markup of ours, and a format string always.
    return Markup(gettext(text)) % {}  # noqa: S704


_FOLDED = {"_": _translate, "gettext": _translate, "static": static}


def _speaker(language: str, options: Mapping[str, Any]) -> _Speaker:
    made = _Speaker(
        **{**options, "undefined": StrictUndefined},
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.language = language
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    with override(language):
        made.globals["countdown_words"] = promise_lines.countdown_words()
    made.globals.update(static=static, url=_url, language=language, once=_once)
    made.globals["languages"] = settings.LANGUAGES
    made.filters.update(
        instant=times.say_instant,
        clock=times.say_clock,
        span=times.say_span,
        left=times.say_left,
        exact=times.say_exact,
        day=times.say_date,
        minutes=times.say_minutes,
        changed=contact_changes.say_change,
        size=sizes.say_size,
        target=targets.say_spelled,
        night_time=nights.say_when,
        night_customers=nights.say_who,
        said=refusals.say_refusal,
        iso=_iso,
        linked=linked,
        formatted=formatted,
        called=called,
        duration=times.say_seconds,
        case_number=case_number,
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


_LINK = Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>')


def linked(text: str) -> Markup:
    """Return a text with its web addresses as links; everything else of it stays text."""
    return Markup("").join(
        _LINK.format(piece) if is_address else escape(piece)
        for piece, is_address in pieces_of(text)
    )


_DIAL = Markup('<a class="dial" href="{0}">{1}</a>')


def called(number: str, standing: Standing) -> Markup:
    """Return a telephone number as a link that calls it; what is no number stays text."""
    region = country_of_zone(standing.zone) or "SE"
    link = phone.dial_link(number, region=region, address=standing.dial_address)
    return _DIAL.format(link, phone.spoken(number, region)) if link else escape(number)


@lru_cache(maxsize=2000)
def formatted(html: str) -> Markup:
    """Return what somebody of the desk wrote in Markdown, and `wording.markdown` made HTML of.

    It went through the sanitiser when it was stored, and goes through it once more: what a page
    takes for its own markup is judged where that is decided (i07).
    """
    return Markup(sanitise(html)[0])  # noqa: S704
