"""Settings: texts that are written often, for managers and administrators."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages as flashes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dueline.actions import templates as acts
from dueline.actions.previews import preview_reply
from dueline.console.access import Visit, agents_only
from dueline.console.administration import typed_in
from dueline.console.mail_alone import mail_alone
from dueline.core.case_numbers import case_number, parse_case_number
from dueline.core.errors import Refusal
from dueline.core.placeholders import PLACEHOLDERS
from dueline.models import Draft
from dueline.queries import templates
from dueline.wording.refusals import say_refusal

_EMPTY = {"name": "", "language": "", "text": ""}


def keepers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in who may keep templates; nobody else learns that there is such a page."""

    @wraps(view)
    def guarded(request: Visit, *arguments: Any, **named: Any) -> HttpResponse:
        if not acts.may_keep(request.person):
            raise Http404
        return view(request, *arguments, **named)

    return agents_only(guarded)


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Visit) -> HttpResponse:
    if request.method != "POST":
        return _list(request)
    typed = typed_in(request)
    try:
        template = acts.add(**_read(typed), actor=request.person, at=request.now)
    except Refusal as refusal:
        return _list(request, typed=typed, errors=_said(refusal))
    return _saved(request, template.pk)


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Visit, template_id: int) -> HttpResponse:
    template = templates.get(template_id)
    if template is None:
        raise Http404
    if request.method != "POST":
        return _one(request, template)
    typed = typed_in(request)
    try:
        acts.change(template_id, **_read(typed), actor=request.person, at=request.now)
    except Refusal as refusal:
        return _one(request, template, typed=typed, errors=_said(refusal))
    return _saved(request, template_id)


@keepers_only
@require_POST
def activity(request: Visit, template_id: int) -> HttpResponse:
    """Offer a template no more, or again."""
    is_active = typed_in(request).get("is_active") == "yes"
    acts.set_active(template_id, is_active=is_active, actor=request.person, at=request.now)
    return _saved(request, template_id)


@keepers_only
@require_safe
@xframe_options_sameorigin
def preview(request: Visit, template_id: int) -> HttpResponse:
    """The mail that would leave if somebody answered a case with this template."""
    sample = _sample(request)
    if sample is None:
        raise Http404
    try:
        text = acts.fill_in(template_id, sample, actor=request.person, at=request.now)
        mails = preview_reply(
            sample, text=text, act=Draft.Act.REPLY, actor=request.person, at=request.now
        )
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return HttpResponse(say_refusal(refusal), content_type="text/plain; charset=utf-8")
    html = mails[0].html if mails else ""
    return mail_alone(html)


def _list(
    request: Visit, *, typed: Mapping[str, str] = _EMPTY, errors: Mapping[str, str] | None = None
) -> HttpResponse:
    page = {**_frame(typed, errors), "templates": templates.templates()}
    status = 400 if errors else 200
    return render(request, "console/settings/templates.html", page, status=status)


def _one(
    request: Visit,
    template: templates.Template,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    typed = typed or {name: getattr(template, name) for name in _EMPTY}
    sample = _sample(request)
    page = {
        **_frame(typed, errors),
        "template": template,
        "sample": case_number(sample) if sample else "",
    }
    status = 400 if errors else 200
    return render(request, "console/settings/template.html", page, status=status)


def _frame(typed: Mapping[str, str], errors: Mapping[str, str] | None) -> dict[str, Any]:
    spoken = [("", _("any language")), *settings.LANGUAGES]
    return {
        "here": "settings",
        "tab": "templates",
        "typed": {name: typed.get(name, "") for name in _EMPTY},
        "errors": errors or {},
        "placeholders": PLACEHOLDERS,
        "spoken": spoken,
        "languages_said": dict(spoken),
    }


def _sample(request: Visit) -> int | None:
    """Return the case that a template is tried on: the one that was named, or the newest open."""
    try:
        return parse_case_number(request.GET.get("case", ""))
    except Refusal:
        return templates.sample_case(request.person)


def _read(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: typed.get(name, "") for name in _EMPTY}


def _said(refusal: Refusal) -> dict[str, str]:
    if refusal.code == "not-found":
        raise refusal
    return {refusal.code: say_refusal(refusal)}


def _saved(request: Visit, template_id: int) -> HttpResponse:
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:settings_template", args=[template_id]))
