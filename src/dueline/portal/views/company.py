"""My company: its people, its contract, what it runs, and what waits for a super-user's word.

Only super-users find these pages, and only of their own company. Each form has a closed list of
fields; whatever else is sent with it is not even read (i58).
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages as flashes
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dueline.actions import colleagues, held_requests, installations
from dueline.core.audience import Person
from dueline.core.case_numbers import case_number
from dueline.core.entitlement import EXPIRES_AFTER
from dueline.core.errors import Refusal
from dueline.core.instants import now
from dueline.portal.access import customers_only
from dueline.queries.contact_changes import company_changes
from dueline.queries.held_requests import (
    decided_requests,
    held_download,
    held_request,
    waiting_requests,
)
from dueline.queries.installations import installations_of
from dueline.queries.organizations import OrganizationPage, organization
from dueline.queries.policies import current_policy
from dueline.queries.portal import desk_facts, priority_titles
from dueline.wording.policy_words import plan_titles
from dueline.wording.refusals import say_refusal

_COLLEAGUE = ("name", "email", "phone", "sees_company")
_INSTALLATION = ("product", "version", "environment")
_CONFLICTS = ("not-now", "not-confirmed", "last-super-user")

View = Callable[..., HttpResponse]


def super_users_only(view: View) -> View:
    """Let super-users in; nobody else learns that there is such a page."""

    @wraps(view)
    def guarded(request: HttpRequest, person: Person, *args: Any, **named: Any) -> HttpResponse:
        if not (person.is_super_user and person.organization_id):
            raise Http404
        return view(request, person, *args, **named)

    return customers_only(guarded)


@super_users_only
@require_safe
def show(request: HttpRequest, person: Person) -> HttpResponse:
    return _page(request, person)


# --- the list ------------------------------------------------------------------------------------


@super_users_only
@require_POST
def add(request: HttpRequest, person: Person) -> HttpResponse:
    typed = request.POST

    def do() -> None:
        colleagues.add_colleague(
            name=typed.get("name", ""),
            email=typed.get("email", ""),
            phone=typed.get("phone", ""),
            sees_company=typed.get("sees_company") == "yes",
            actor=person,
            at=now(),
        )

    return _do(request, person, do, said=_("Added."))


@super_users_only
@require_POST
def change(request: HttpRequest, person: Person, contact_id: int) -> HttpResponse:
    typed = request.POST

    def do() -> None:
        colleagues.change_colleague(
            contact_id,
            name=typed.get("name", ""),
            phone=typed.get("phone", ""),
            sees_company=typed.get("sees_company") == "yes",
            is_escalation_contact=typed.get("is_escalation_contact") == "yes",
            actor=person,
            at=now(),
        )

    return _do(request, person, do, said=_("Saved."), contact_id=contact_id)


@super_users_only
@require_POST
def make_super_user(request: HttpRequest, person: Person, contact_id: int) -> HttpResponse:
    def do() -> None:
        colleagues.make_super_user(
            contact_id,
            starts_on=_date(request.POST, "super_from"),
            ends_on=_date(request.POST, "super_until"),
            actor=person,
            at=now(),
        )

    return _do(request, person, do, said=_("Saved."), contact_id=contact_id)


@super_users_only
@require_POST
def end_super_user(request: HttpRequest, person: Person, contact_id: int) -> HttpResponse:
    def do() -> None:
        colleagues.end_super_user(
            contact_id, actor=person, at=now(), even_the_last=_means_it(request)
        )

    said = _("The rights of a super-user are taken.")
    return _do(request, person, do, said=said, contact_id=contact_id)


@super_users_only
@require_POST
def mark_left(request: HttpRequest, person: Person, contact_id: int) -> HttpResponse:
    def do() -> None:
        colleagues.mark_left(contact_id, actor=person, at=now(), even_the_last=_means_it(request))

    said = _("Taken off the list. The cases stay.")
    return _do(request, person, do, said=said, contact_id=contact_id)


@super_users_only
@require_POST
def confirm(request: HttpRequest, person: Person) -> HttpResponse:
    def do() -> None:
        colleagues.confirm_list(actor=person, at=now())

    return _do(request, person, do, said=_("Confirmed. We ask again in a quarter of a year."))


def _means_it(request: HttpRequest) -> bool:
    return request.POST.get("even_the_last") == "yes"


# --- installations -------------------------------------------------------------------------------


@super_users_only
@require_POST
def add_installation(request: HttpRequest, person: Person) -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in _INSTALLATION}

    def do() -> None:
        installations.add_installation(_company(person), **typed, actor=person, at=now())

    return _do(request, person, do, said=_("Added."))


@super_users_only
@require_POST
def remove_installation(request: HttpRequest, person: Person, installation_id: int) -> HttpResponse:
    def do() -> None:
        installations.remove_installation(
            installation_id, organization_id=_company(person), actor=person, at=now()
        )

    return _do(request, person, do, said=_("Removed. Cases keep what they were about."))


# --- requests that wait --------------------------------------------------------------------------


@super_users_only
@require_safe
def request_page(request: HttpRequest, person: Person, held_id: int) -> HttpResponse:
    return _request(request, person, held_id)


@super_users_only
@require_POST
def vouch(request: HttpRequest, person: Person, held_id: int) -> HttpResponse:
    try:
        case = held_requests.vouch(held_id, actor=person, at=now())
    except Refusal as refusal:
        return _request(request, person, held_id, refusal=refusal)
    number = case_number(case.pk)
    flashes.success(request, _("The case %(number)s is open.") % {"number": number})
    return HttpResponseRedirect(reverse("portal:case", args=[number]))


@super_users_only
@require_POST
def decline(request: HttpRequest, person: Person, held_id: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    try:
        held_requests.decline(held_id, reason=reason, actor=person, at=now())
    except Refusal as refusal:
        return _request(request, person, held_id, refusal=refusal)
    flashes.success(request, _("Declined. Your colleague is told why."))
    return HttpResponseRedirect(reverse("portal:company"))


@super_users_only
@require_safe
def request_file(request: HttpRequest, person: Person, held_id: int, file_id: int) -> HttpResponse:
    """Hand out a file: as a download, never as a page of ours (i09)."""
    try:
        found = held_download(held_id, file_id, person)
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(found.content, content_type="application/octet-stream")
    disposition = content_disposition_header(as_attachment=True, filename=found.name)
    response["Content-Disposition"] = disposition or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _request(
    request: HttpRequest, person: Person, held_id: int, *, refusal: Refusal | None = None
) -> HttpResponse:
    if refusal is not None and refusal.code == "not-found":
        raise refusal
    at, zone = now(), _zone(person)
    page = {
        "here": "company",
        "held": held_request(held_id, person),
        "titles": priority_titles(at=at),
        "refusal": refusal,
        "typed": request.POST.get("reason", ""),
        "now": at,
        "zone": zone,
    }
    return render(request, "portal/request.html", page, status=_status(refusal))


# --- the page ------------------------------------------------------------------------------------


def _page(
    request: HttpRequest,
    person: Person,
    *,
    refusal: Refusal | None = None,
    contact_id: int | None = None,
) -> HttpResponse:
    at, zone = now(), _zone(person)
    today = at.astimezone(ZoneInfo(_desk_zone())).date()
    company = organization(_company(person), on=today)
    expires_on = _expires_on(company)
    is_of_page = refusal is not None and contact_id is None  # and not of one of many forms
    typed = request.POST if is_of_page else {}
    page = {
        "here": "company",
        "company": company,
        "plans": plan_titles(current_policy(at=at).policy),
        "asks": company.confirmation_asked_at or (expires_on and expires_on < today),
        "expires_on": expires_on,
        "me": next(one for one in company.contacts if one.id == person.id),
        "held": waiting_requests(person),
        "decided": decided_requests(person, most=5),
        "titles": priority_titles(at=at),
        "installations": installations_of(company.id),
        "history": company_changes(company.id, most=30),
        "typed": {name: typed.get(name, "") for name in (*_COLLEAGUE, *_INSTALLATION)},
        "refusal": refusal,
        "refused_id": contact_id,
        "errors": {refusal.code: say_refusal(refusal)} if refusal and is_of_page else {},
        "today": today,
        "now": at,
        "zone": zone,
    }
    return render(request, "portal/company.html", page, status=_status(refusal))


def _expires_on(company: OrganizationPage) -> date | None:
    """Return the last day on which everybody may still open cases; None: nobody ever confirmed."""
    until = [one.listed.confirmed_until for one in company.present]
    return min((day + EXPIRES_AFTER for day in until if day is not None), default=None)


def _do(
    request: HttpRequest,
    person: Person,
    act: Callable[[], None],
    *,
    said: str,
    contact_id: int | None = None,
) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return _page(request, person, refusal=refusal, contact_id=contact_id)
    flashes.success(request, said)
    return HttpResponseRedirect(reverse("portal:company"))


def _status(refusal: Refusal | None) -> int:
    if refusal is None:
        return 200
    return 409 if refusal.code in _CONFLICTS else 400


def _company(person: Person) -> int:
    assert person.organization_id is not None  # noqa: S101 - `super_users_only` has looked
    return person.organization_id


def _zone(person: Person) -> str:
    return person.zone or _desk_zone()


def _desk_zone() -> str:
    desk = desk_facts()
    return desk.zone if desk else "UTC"


def _date(typed: Mapping[str, str], name: str) -> date | None:
    text = typed.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal(name, "Write a day like 2026-11-23.") from error
