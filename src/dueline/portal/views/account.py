"""What people may change about themselves: language, password, a customer's time zone. No more."""

from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages as flashes
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dueline.actions import accounts, contacts
from dueline.core.errors import Refusal
from dueline.models import Account
from dueline.portal.access import person_of, to_sign_in
from dueline.queries.desk import get_standing
from dueline.wording.refusals import say_refusal


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    return page(request)


@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """Choose a new password; the old one is asked for, and all other sessions end."""
    if person_of(request) is None:
        return to_sign_in(request)
    account = _account(request)
    try:
        accounts.choose_password(
            account, new=request.POST.get("new", ""), old=request.POST.get("old", "")
        )
    except Refusal as refusal:
        return page(request, errors={_FIELDS[refusal.code]: say_refusal(refusal)})
    update_session_auth_hash(request, account)  # a new session id for this one (i56)
    flashes.success(request, _("The new password holds from now on."))
    return HttpResponseRedirect(reverse("portal:account"))


_FIELDS = {"wrong": "old", "weak": "new"}


@require_POST
def zone(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    if person is None or person.id is None:
        return to_sign_in(request)
    try:
        contacts.set_zone(person.id, zone=request.POST.get("zone", "").strip(), actor=person)
    except Refusal as refusal:
        return page(request, errors={"zone": say_refusal(refusal)})
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("portal:account"))


def page(request: HttpRequest, *, errors: dict[str, str] | None = None) -> HttpResponse:
    """Draw the page of the person who asks."""
    person = person_of(request)
    if person is None:
        return to_sign_in(request)
    shown = {
        "here": "account",
        "desk_speaks": dict(settings.LANGUAGES).get(get_standing().language, ""),
        "has_password": _account(request).has_usable_password(),
        "zones": [(zone, zone) for zone in sorted(available_timezones())],
        "errors": errors or {},
    }
    return render(request, "portal/account.html", shown, status=400 if errors else 200)


def _account(request: HttpRequest) -> Account:
    account: Account = request.user  # type: ignore[assignment]
    return account
