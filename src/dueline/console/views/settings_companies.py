"""Settings: the companies, their people and their contracts."""

import re
from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import contacts, contracts, installations, organizations
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.core.errors import Refusal
from dueline.queries.callers import more_numbers_of
from dueline.queries.contact_changes import company_changes
from dueline.queries.contracts import cases_under_other_contracts
from dueline.queries.installations import installations_of
from dueline.queries.organizations import organization
from dueline.queries.organizations import organizations as all_organizations
from dueline.queries.plans import titles_of_plans
from dueline.queries.policies import calendar_names
from dueline.wording.refusals import say_refusal

_CONTACT = (
    "name",
    "email",
    "phone",
    "is_super_user",
    "super_from",
    "super_until",
    "sees_company",
    "is_escalation_contact",
)
_CONTRACT = ("plan", "calendar", "starts_on", "ends_on", "seats", "incidents", "hours")
_INSTALLATION = ("product", "version", "environment")


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Visit) -> HttpResponse:
    if request.method != "POST":
        return _list(request)
    name = typed_in(request).get("name", "")
    try:
        added = organizations.add_organization(name=name, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _list(request, name=name, errors={refusal.code: say_refusal(refusal)})
    return HttpResponseRedirect(reverse("console:settings_company", args=[added.pk]))


def _list(
    request: Visit, *, name: str = "", errors: Mapping[str, str] | None = None
) -> HttpResponse:
    page = {
        "here": "settings",
        "tab": "companies",
        "companies": all_organizations(on=_today(request)),
        "plans": titles_of_plans(),
        "name": name,
        "errors": errors or {},
    }
    return render(request, "console/settings/companies.html", page, status=400 if errors else 200)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Visit, organization_id: int) -> HttpResponse:
    """One company; a POST gives it another name."""
    if request.method != "POST":
        return _company(request, organization_id)
    try:
        organizations.rename_organization(
            organization_id,
            name=typed_in(request).get("company", ""),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _refused(request, organization_id, refusal, where={"name": "company"})
    return _saved(request, organization_id)


@administrators_only
@require_POST
def add_contact(request: Visit, organization_id: int) -> HttpResponse:
    typed = typed_in(request)
    try:
        contacts.add_contact(
            organization_id, _particulars(typed), actor=request.person, at=request.now
        )
    except Refusal as refusal:
        return _refused(request, organization_id, refusal)
    return _saved(request, organization_id)


@administrators_only
@require_POST
def change_contact(request: Visit, organization_id: int, contact_id: int) -> HttpResponse:
    _refuse_a_stranger(request, organization_id, contact_id)
    try:
        contacts.change_contact(
            contact_id, _particulars(typed_in(request)), actor=request.person, at=request.now
        )
    except Refusal as refusal:
        return _not_saved(request, organization_id, refusal)
    return _saved(request, organization_id)


@administrators_only
@require_POST
def let_go(request: Visit, organization_id: int, contact_id: int) -> HttpResponse:
    """Somebody works at the company no more."""
    _refuse_a_stranger(request, organization_id, contact_id)
    try:
        contacts.let_go(contact_id, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _not_saved(request, organization_id, refusal)
    return _saved(request, organization_id)


@administrators_only
@require_POST
def add_installation(request: Visit, organization_id: int) -> HttpResponse:
    typed = typed_in(request)
    try:
        installations.add_installation(
            organization_id,
            **{name: typed.get(name, "") for name in _INSTALLATION},
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _refused(request, organization_id, refusal)
    return _saved(request, organization_id)


@administrators_only
@require_POST
def remove_installation(request: Visit, organization_id: int, installation_id: int) -> HttpResponse:
    installations.remove_installation(
        installation_id,
        organization_id=organization_id,
        actor=request.person,
        at=request.now,
    )
    return _saved(request, organization_id)


@administrators_only
@require_POST
def add_contract(request: Visit, organization_id: int) -> HttpResponse:
    typed = typed_in(request)
    calendar = typed.get("calendar", "")
    try:
        contracts.add_contract(
            organization_id,
            plan=typed.get("plan", ""),
            calendar_id=int(calendar) if calendar.isascii() and calendar.isdigit() else None,
            starts_on=_date(typed, "starts_on"),
            ends_on=_date(typed, "ends_on"),
            limits=_limits(typed),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _refused(request, organization_id, refusal)
    return _saved(request, organization_id)


@administrators_only
@require_POST
def rebase(request: Visit, organization_id: int) -> HttpResponse:
    """Put the company's open cases under the contract of today."""
    try:
        done = contracts.rebase_open_cases(
            organization_id,
            reason=typed_in(request).get("reason", ""),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _refused(request, organization_id, refusal)
    flashes.success(
        request,
        ngettext("%(n)s case is re-based.", "%(n)s cases are re-based.", done) % {"n": done},
    )
    return HttpResponseRedirect(reverse("console:settings_company", args=[organization_id]))


@administrators_only
@require_POST
def set_limits(request: Visit, organization_id: int, contract_id: int) -> HttpResponse:
    """Set how many seats, incidents and hours a contract holds."""
    _refuse_a_strange_contract(request, organization_id, contract_id)
    try:
        contracts.set_limits(
            contract_id, _limits(typed_in(request)), actor=request.person, at=request.now
        )
    except Refusal as refusal:
        return _not_saved(request, organization_id, refusal)
    return _saved(request, organization_id)


@administrators_only
@require_POST
def end_contract(request: Visit, organization_id: int, contract_id: int) -> HttpResponse:
    """Set the last day of a contract."""
    _refuse_a_strange_contract(request, organization_id, contract_id)
    try:
        contracts.end_contract(
            contract_id,
            ends_on=_date(typed_in(request), "ends_on"),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        return _not_saved(request, organization_id, refusal)
    return _saved(request, organization_id)


def _company(
    request: Visit,
    organization_id: int,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    typed = typed or {"starts_on": _today(request).isoformat()}
    page = {
        "here": "settings",
        "tab": "companies",
        "company": organization(organization_id, on=_today(request)),
        "plans": titles_of_plans(),
        "calendars": calendar_names(),
        "installations": installations_of(organization_id),
        "elsewhere": len(cases_under_other_contracts(organization_id, at=request.now)),
        "history": company_changes(organization_id),
        "more_numbers": more_numbers_of(organization_id),
        "today": _today(request),
        "typed": {name: typed.get(name, "") for name in (*_CONTACT, *_CONTRACT, *_INSTALLATION)},
        "errors": errors or {},
    }
    return render(request, "console/settings/company.html", page, status=status)


def _refused(
    request: Visit,
    organization_id: int,
    refusal: Refusal,
    *,
    where: Mapping[str, str] | None = None,
) -> HttpResponse:
    if refusal.code == "not-found":
        raise refusal
    field = (where or {}).get(refusal.code, refusal.code)
    return _company(
        request,
        organization_id,
        typed=typed_in(request),
        errors={field: say_refusal(refusal)},
        status=400,
    )


def _not_saved(request: Visit, organization_id: int, refusal: Refusal) -> HttpResponse:
    """One of many forms on the page: what was wrong is said on top."""
    if refusal.code == "not-found":
        raise refusal
    flashes.error(request, say_refusal(refusal))
    return _company(request, organization_id, status=400)


def _saved(request: Visit, organization_id: int) -> HttpResponse:
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:settings_company", args=[organization_id]))


def _particulars(typed: Mapping[str, str]) -> contacts.Particulars:
    return contacts.Particulars(
        name=typed.get("name", ""),
        email=typed.get("email", ""),
        phone=typed.get("phone", ""),
        is_super_user=typed.get("is_super_user") == "yes",
        super_from=_date(typed, "super_from"),
        super_until=_date(typed, "super_until"),
        sees_company=typed.get("sees_company") == "yes",
        is_escalation_contact=typed.get("is_escalation_contact") == "yes",
        more_numbers=tuple(re.split("[,;\n]", typed["more_numbers"]))
        if "more_numbers" in typed
        else None,
    )


def _limits(typed: Mapping[str, str]) -> contracts.Limits:
    hours = _whole(typed, "hours")
    return contracts.Limits(
        seats=_whole(typed, "seats"),
        incidents=_whole(typed, "incidents"),
        minutes=None if hours is None else hours * 60,
    )


def _whole(typed: Mapping[str, str], name: str) -> int | None:
    """Return a number that was typed; empty: no limit."""
    text = typed.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Refusal(name, "Write a whole number, or nothing for no limit.")
    return int(text)


def _refuse_a_strange_contract(request: Visit, organization_id: int, contract_id: int) -> None:
    found = organization(organization_id, on=_today(request))
    if contract_id not in [contract.id for contract in found.contracts]:
        raise Refusal("not-found", "There is no such contract.")


def _refuse_a_stranger(request: Visit, organization_id: int, contact_id: int) -> None:
    found = organization(organization_id, on=_today(request))
    if contact_id not in [contact.id for contact in found.contacts]:
        raise Refusal("not-found", "There is no such person.")


def _date(typed: Mapping[str, str], name: str) -> date | None:
    text = typed.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal(name, _("Write a day like 2026-11-23.")) from error


def _today(request: Visit) -> date:
    return request.now.astimezone(ZoneInfo(request.standing.zone)).date()
