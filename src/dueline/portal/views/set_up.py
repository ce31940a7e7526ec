"""Setting up the desk: the first page that anybody ever sees, behind a link that works once."""

from collections.abc import Mapping
from zoneinfo import available_timezones

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dueline.actions import accounts, desk
from dueline.core.errors import Refusal
from dueline.core.instants import now
from dueline.core.places import country_of_zone
from dueline.models import Desk
from dueline.portal.views.sign_in import enter

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EMPTY = {
    "zone": "Europe/Stockholm",
    "country": "zone",
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
        return _form(request, {**_EMPTY, "public_url": address})
    typed: dict[str, str] = request.POST.dict()  # type: ignore[assignment]
    try:
        account = desk.set_up(
            token,
            facts=_facts(typed),
            hours=_hours(typed),
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
        return _form(request, typed, errors={_FIELDS.get(refusal.code, refusal.code): refusal.text})
    return enter(request, account)


_FIELDS = {"hours": "monday"}


def _facts(typed: Mapping[str, str]) -> desk.Facts:
    return desk.Facts(
        name=typed.get("name", ""),
        zone=typed.get("zone", "").strip(),
        mail_address=typed.get("mail_address", ""),
        public_url=typed.get("public_url", ""),
        phone_office=typed.get("phone_office", ""),
        phone_other=typed.get("phone_other", ""),
        smtp_host=typed.get("smtp_host", ""),
        smtp_port=_number(typed.get("smtp_port", "")),
        smtp_security=typed.get("smtp_security", ""),
        smtp_username=typed.get("smtp_username", ""),
        smtp_password=typed.get("smtp_password", ""),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _hours(typed: Mapping[str, str]) -> desk.Hours:
    country = typed.get("country", "").strip().upper()
    if country == "ZONE":
        country = country_of_zone(typed.get("zone", "").strip())
    return desk.Hours(
        week=tuple(typed.get(day, "") for day in WEEKDAYS),
        country=country,
        region=typed.get("region", "").strip(),
    )


def _form(
    request: HttpRequest, typed: Mapping[str, str], *, errors: Mapping[str, str] | None = None
) -> HttpResponse:
    # Read only here: the package is large, and no other page of the portal needs it.
    from dueline.core.places import countries

    page = {
        "typed": {name: typed.get(name, "") for name in _NAMES},
        "errors": errors or {},
        "zones": [(zone, zone) for zone in sorted(available_timezones())],
        "countries": [
            ("ZONE", _("as the time zone says")),
            ("", _("no holidays")),
            *((code, code) for code in countries()),
        ],
        "weekdays": tuple(zip(WEEKDAYS, _weekday_names(), strict=True)),
        "securities": _securities(),
    }
    return render(request, "portal/set_up.html", page, status=400 if errors else 200)


_NAMES = (
    "name",
    "zone",
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


def _weekday_names() -> list[str]:
    return [
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    ]


def _securities() -> list[tuple[str, str]]:
    return [
        (Desk.Security.STARTTLS.value, _("STARTTLS (port 587)")),
        (Desk.Security.TLS.value, _("TLS (port 465)")),
        (Desk.Security.NONE.value, _("none (a server on this machine)")),
    ]
