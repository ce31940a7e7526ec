"""Settings: the next policy in the making, part by part, and its publication."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dueline.actions import policies
from dueline.console import policy_form
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.console.policy_form import Fields
from dueline.console.refusals import status_of
from dueline.console.views.settings_policy import acknowledged_at, as_download
from dueline.core.errors import Refusal
from dueline.core.golden import Tried
from dueline.core.policy import ALWAYS, OFFICE, TELLABLE, CommitmentKind, Policy
from dueline.core.policy_text import spell_policy
from dueline.core.priorities import Priority
from dueline.queries.policies import calendar_names
from dueline.queries.policy_drafts import plans_in_use, review, the_draft
from dueline.queries.policy_versions import versions
from dueline.wording.language import say_language
from dueline.wording.policy_changes import (
    TELL_NAMES,
    say_change,
    say_difference,
    say_reach,
)
from dueline.wording.promise_lines import say_kind
from dueline.wording.refusals import say_refusal

_LARGEST = 200_000  # characters of a policy: several hundred times the shipped one
# What a browser offers while somebody types a target.
_TARGETS = (
    "immediately",
    "30 min",
    "60 min",
    "4 h",
    "8 h",
    "1 business day",
    "2 business days",
    "end of 1 business day",
    "1 day around the clock",
)
View = Callable[..., HttpResponse]


def _with_a_draft(view: View) -> View:
    """Lead whoever comes without a draft to where one is begun."""

    @wraps(view)
    def guarded(request: Visit, *arguments: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *arguments, **named)
        except Refusal as refusal:
            if refusal.code != "no-draft":
                raise
            flashes.error(request, say_refusal(refusal))
            return HttpResponseRedirect(reverse("console:settings_policy"))

    return administrators_only(guarded)


# --- the draft as a whole ---------------------------------------------------------------------


@_with_a_draft
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Visit) -> HttpResponse:
    """What the draft changes and what stands in its way; a POST begins one."""
    if request.method == "POST":
        policies.begin_draft(actor=request.person, at=request.now)
        return _to_the_draft()
    return _overview(request)


@_with_a_draft
@require_POST
def discard(request: Visit) -> HttpResponse:
    try:
        policies.discard_draft(
            version=_version(typed_in(request)), actor=request.person, at=request.now
        )
    except Refusal as refusal:
        return _overview_refused(request, refusal)
    flashes.success(request, _("The draft is thrown away. The policy that holds is as it was."))
    return HttpResponseRedirect(reverse("console:settings_policy"))


@_with_a_draft
@require_POST
def acknowledge(request: Visit) -> HttpResponse:
    typed = typed_in(request)
    try:
        policies.acknowledge(
            typed.get("name", ""),
            version=_version(typed),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _overview_refused(request, refusal)
    return HttpResponseRedirect(reverse("console:settings_draft") + "#golden")


@_with_a_draft
@require_POST
def publish(request: Visit) -> HttpResponse:
    typed = typed_in(request)
    try:
        published = policies.publish_draft(
            version=_version(typed),
            over=_version(typed, "over"),
            holds_from=_holds_from(typed, zone=request.standing.zone),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _overview_refused(request, refusal)
    flashes.success(request, _("Version %(number)s is published.") % {"number": published.number})
    return HttpResponseRedirect(reverse("console:settings_policy"))


@_with_a_draft
@require_safe
def export(request: Visit) -> HttpResponse:
    return as_download(the_draft().source, name="policy-draft.toml")


def _overview_refused(request: Visit, refusal: Refusal) -> HttpResponse:
    if refusal.code in ("not-found", "no-draft"):
        raise refusal
    field = "holds_on" if refusal.code == "holds_from" else "publish"
    return _overview(request, errors={field: say_refusal(refusal)}, status=status_of(refusal))


def _overview(
    request: Visit, *, errors: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    found = review(at=request.now)
    typed = typed_in(request)
    page = {
        **_frame(found.draft.policy, here="overview"),
        "review": found,
        "draft": found.draft,
        "changes": [
            (
                say_change(change, old=found.last, new=found.draft.policy),
                say_reach(reach.contracts, reach.cases),
            )
            for change, reach in found.changes
        ],
        "otherwise": _said(one for one in found.golden if not one.is_quiet),
        "holding": _said(one for one in found.golden if one.is_quiet),
        "acknowledged_at": acknowledged_at,
        "scheduled": [one for one in versions(at=request.now) if one.is_scheduled],
        "typed": {name: typed.get(name, "") for name in ("holds_on", "holds_at")},
        "errors": errors or {},
        "zone": request.standing.zone,
    }
    return render(request, "console/settings/draft.html", page, status=status)


def _said(golden: Iterable[Tried]) -> list[tuple[Tried, list[str]]]:
    """Return golden cases, each with what the draft gives otherwise."""
    return [(one, list(map(say_difference, one.differences))) for one in golden]


def _holds_from(typed: Fields, *, zone: str) -> datetime | None:
    """Return when the version shall hold from, on the desk's wall. Both fields empty: now."""
    day, clock = typed.get("holds_on", "").strip(), typed.get("holds_at", "").strip()
    if not day and not clock:
        return None
    try:
        local = datetime.fromisoformat(f"{day} {clock or '00:00'}")
        return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refusal("holds_from", _("Write a day like 2026-11-23 and a time like 08:00.")) from (
            error
        )


# --- its parts --------------------------------------------------------------------------------


@_with_a_draft
@require_http_methods(["GET", "HEAD", "POST"])
def edit_plan(request: Visit, plan: str) -> HttpResponse:
    """The matrix of one plan, and its words."""
    policy = the_draft().policy
    if plan not in policy.plans:
        raise Refusal("not-found", "There is no such plan.")
    edited = policy.plans[plan]
    named = [name for _id, name in calendar_names()]
    names = [OFFICE, ALWAYS, *dict.fromkeys([*named, *policy.named_calendars])]
    return _part(
        request,
        "console/settings/draft_plan.html",
        here=f"plan-{plan}",
        fields=lambda policy: policy_form.plan_fields(policy.plans[plan]),
        read=lambda typed, policy: policy_form.read_plan(typed, policy.plans[plan], policy),
        plan=edited,
        calendars=[(name, _say_calendar(name)) for name in names],
        languages=_languages(policy_form.other_languages(edited.said)),
        is_in_use=plan in plans_in_use(at=request.now),
        targets=_TARGETS,
    )


@_with_a_draft
@require_http_methods(["GET", "HEAD", "POST"])
def add_plan(request: Visit) -> HttpResponse:
    typed, found = typed_in(request), the_draft()
    key = ""
    errors: dict[str, str] = {}
    if request.method == "POST":
        policy, key, errors = policy_form.add_plan(typed, found.policy)
        errors = errors or _save(request, policy, found.policy, version=found.version)
    if key and not errors:
        return HttpResponseRedirect(reverse("console:settings_draft_plan", args=[key]))
    page = {
        **_frame(found.policy, here="add"),
        "draft": found,
        "typed": {name: typed.get(name, "") for name in ("title", "like")},
        "errors": errors,
    }
    status = 400 if errors else 200
    return render(request, "console/settings/draft_new_plan.html", page, status=status)


@_with_a_draft
@require_POST
def remove_plan(request: Visit, plan: str) -> HttpResponse:
    found = the_draft()
    if plan not in found.policy.plans:
        raise Refusal("not-found", "There is no such plan.")
    try:
        policy = policy_form.remove_plan(plan, found.policy, in_use=plans_in_use(at=request.now))
    except Refusal as refusal:
        flashes.error(request, say_refusal(refusal))
        return HttpResponseRedirect(reverse("console:settings_draft_plan", args=[plan]))
    version = _version(typed_in(request))
    if errors := _save(request, policy, found.policy, version=version):
        flashes.error(request, errors["form"])
        return HttpResponseRedirect(reverse("console:settings_draft_plan", args=[plan]))
    return _to_the_draft()


@_with_a_draft
@require_http_methods(["GET", "HEAD", "POST"])
def edit_priorities(request: Visit) -> HttpResponse:
    languages = policy_form.priority_languages(the_draft().policy)
    return _part(
        request,
        "console/settings/draft_priorities.html",
        here="priorities",
        fields=policy_form.priority_fields,
        read=policy_form.read_priorities,
        languages=_languages(languages),
    )


@_with_a_draft
@require_http_methods(["GET", "HEAD", "POST"])
def edit_warnings(request: Visit) -> HttpResponse:
    return _part(
        request,
        "console/settings/draft_warnings.html",
        here="warnings",
        fields=policy_form.warning_fields,
        read=policy_form.read_warnings,
        tellable=[(who, _(TELL_NAMES[who])) for who in TELLABLE],
        rows_of=_rows_of,
    )


@_with_a_draft
@require_http_methods(["GET", "HEAD", "POST"])
def edit_rules(request: Visit) -> HttpResponse:
    return _part(
        request,
        "console/settings/draft_rules.html",
        here="rules",
        fields=policy_form.rule_fields,
        read=policy_form.read_rules,
    )


@_with_a_draft
@require_http_methods(["GET", "HEAD", "POST"])
def edit_text(request: Visit) -> HttpResponse:
    """The whole draft as TOML: to edit, or from a file that lives in git."""
    found, typed, errors, status = the_draft(), dict(typed_in(request)), {}, 200
    if request.method == "POST":
        source, version = _source(request), _version(typed)
        try:
            policies.save_draft(
                source=source, version=version, actor=request.person, at=request.now
            )
        except Refusal as refusal:
            errors, status = {"source": say_refusal(refusal)}, status_of(refusal)
            typed["source"] = source
        else:
            return _saved(request)
    page = {
        **_frame(found.policy, here="text"),
        "draft": found,
        "typed": {"source": typed.get("source", found.source)},
        "errors": errors,
    }
    return render(request, "console/settings/draft_text.html", page, status=status)


def _source(request: Visit) -> str:
    """Return the text of the file, if there is one, or else what was typed."""
    upload = request.FILES.get("file")
    if upload is None:
        text = request.POST.get("source", "")
    elif (upload.size or 0) > _LARGEST * 4:
        text = ""
    else:
        text = upload.read().decode("utf-8", errors="replace")
    return text.replace("\r\n", "\n")[:_LARGEST]


def _part(
    request: Visit,
    template: str,
    *,
    here: str,
    fields: Callable[[Policy], dict[str, str]],
    read: Callable[[Fields, Policy], tuple[Policy, dict[str, str]]],
    **more: Any,
) -> HttpResponse:
    """Show one part of the draft as a form; a POST puts it back. What was typed is never lost."""
    found, status = the_draft(), 200
    typed: Fields = fields(found.policy)
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = typed_in(request)
        policy, errors = read(typed, found.policy)
        status = 400
        if not errors:
            errors = _save(request, policy, found.policy, version=_version(typed))
            status = 409
        if not errors:
            return _saved(request)
    page = {
        **_frame(found.policy, here=here),
        "draft": found,
        "typed": typed,
        "errors": errors,
        **more,
    }
    return render(request, template, page, status=status)


def _save(request: Visit, policy: Policy, before: Policy, *, version: int) -> dict[str, str]:
    """Store a changed draft, and return what was wrong. Unchanged, its text keeps its comments."""
    if policy == before:
        return {}
    try:
        policies.save_draft(
            source=spell_policy(policy), version=version, actor=request.person, at=request.now
        )
    except Refusal as refusal:
        return {"form": say_refusal(refusal)}
    return {}


def _saved(request: Visit) -> HttpResponse:
    flashes.success(request, _("Saved in the draft. Nothing changes for anybody yet."))
    return _to_the_draft()


def _to_the_draft() -> HttpResponse:
    return HttpResponseRedirect(reverse("console:settings_draft"))


def _frame(policy: Policy, *, here: str) -> dict[str, Any]:
    """What every page of the draft has around it."""
    return {
        "here": "settings",
        "tab": "policy",
        "part": here,
        "policy": policy,
        "priorities": [(one.value, policy.priorities[one].title) for one in Priority],
        "kinds": [(kind.value, say_kind(kind)) for kind in CommitmentKind],
    }


def _version(typed: Fields, name: str = "version") -> int:
    text = typed.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _languages(codes: list[str]) -> list[tuple[str, str]]:
    return [(code, say_language(code)) for code in codes]


def _rows_of(kind: str, typed: Fields) -> range:
    """Return the rows to draw for the steps of a kind: those in use, and one more."""
    filled = [row for row in range(50) if typed.get(f"{kind}-{row}-at", "").strip()]
    return range(max(filled, default=-1) + 2)


def _say_calendar(name: str) -> str:
    return {OFFICE: _("office hours"), ALWAYS: _("around the clock")}.get(name, name)
