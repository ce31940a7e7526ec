"""Setting up the desk: the first page that anybody ever sees, behind a link that works once."""

from collections.abc import Mapping
from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from dueline.actions import accounts, desk
from dueline.core.calendars import WEEKDAYS
from dueline.core.errors import Refusal
from dueline.core.instants import now
from dueline.core.places import countries
from dueline.models import Desk
from dueline.portal.views.sign_in import enter
from dueline.wording.language import spoken
from dueline.wording.refusals import say_refusal

_EMPTY = {
    "zone": "Europe/Stockholm",
    "country": desk.BY_ZONE,
    "smtp_port": "587",
    "smtp_security": Desk.Security.STARTTLS.value,
    **{day: "08:00-17:00" if day not in ("saturday", "sunday") else "" for day in WEEKDAYS},
}


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    at = now()
    try:
        accounts.look_at_link(token, purpose=accounts.Purpose.SETUP, at=at)
    except Refusal:
        return render(request, "portal/link_gone.html", status=404)
    if request.method != "POST":
        address = f"{request.scheme}://{request.get_host()}"
        language = spoken() or settings.LANGUAGE_CODE
        return _form(request, {**_EMPTY, "public_url": address, "language": language})
    typed: dict[str, str] = request.POST.dict()
    try:
        account = desk.set_up(
            token,
            facts=desk.Facts.read(typed),
            hours=desk.Hours.read(typed, zone=typed.get("zone", "")),
            administrator=desk.FirstAdministrator(
                name=typed.get("admin_name", ""),
                email=typed.get("admin_email", ""),
                password=typed.get("admin_password", ""),
            ),
            at=at,
        )
    except Refusal as refusal:
        if refusal.code == "not-found":
            return render(request, "portal/link_gone.html", status=404)
        return _form(
            request, typed, errors={_FIELDS.get(refusal.code, refusal.code): say_refusal(refusal)}
        )
    return enter(request, account)


_FIELDS = {"hours": "monday"}


def _form(
    request: HttpRequest, typed: Mapping[str, str], *, errors: Mapping[str, str] | None = None
) -> HttpResponse:
    page = {
        "typed": {name: typed.get(name, "") for name in _NAMES},
        "errors": errors or {},
        "zones": [(zone, zone) for zone in sorted(available_timezones())],
        "countries": [(code, code) for code in countries()],
    }
    return render(request, "portal/set_up.html", page, status=400 if errors else 200)


_NAMES = (
    "name",
    "zone",
    "language",
    "mail_address",
    "public_url",
    "phone_office",
    "phone_other",
    "smtp_host",
    "smtp_port",
    "smtp_security",
    "smtp_username",
    "country",
    "region",
    "admin_name",
    "admin_email",
    *WEEKDAYS,
)
