"""Setting up the desk, and changing what was set up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from dueline.actions._administration import administrators_only
from dueline.actions.accounts import Purpose, choose_password, end_setup_links, use_link
from dueline.actions.addresses import is_address
from dueline.actions.calendar_drafts import YEARS_OF_HOLIDAYS, propose_holidays
from dueline.actions.calendars import publish_calendar
from dueline.actions.outbox import queue_mail
from dueline.actions.policies import SHIPPED_POLICY, publish_policy
from dueline.core.audience import Person
from dueline.core.calendar_drafts import with_holidays, with_week
from dueline.core.calendars import WEEKDAYS, Calendar, parse_openings, spell_calendar
from dueline.core.errors import Refusal
from dueline.core.places import country_of_zone
from dueline.models import Account, Agent, Desk, OutboxItem
from dueline.wording.mails import MailText

OFFICE_HOURS = "Office hours"


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be said of a desk. smtp_password "": as it was."""

    name: str
    zone: str
    mail_address: str
    public_url: str
    language: str = settings.LANGUAGE_CODE
    phone_office: str = ""
    phone_other: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = Desk.Security.STARTTLS
    smtp_username: str = ""
    smtp_password: str = ""

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> "Facts":
        """Read a form whose fields are called like the columns."""
        port = typed.get("smtp_port", "")
        texts = {name: typed.get(name, "").strip() for name in _TEXTS}
        texts["language"] = texts["language"] or settings.LANGUAGE_CODE
        return cls(**texts, smtp_port=int(port) if _PORT.fullmatch(port) else 0)


_PORT = re.compile(r"[0-9]{1,5}")
_TEXTS = (
    "name",
    "zone",
    "mail_address",
    "public_url",
    "language",
    "phone_office",
    "phone_other",
    "smtp_host",
    "smtp_security",
    "smtp_username",
    "smtp_password",
)
BY_ZONE = "ZONE"  # "the holidays of the country that the zone lies in"


@dataclass(frozen=True, slots=True)
class Hours:
    """When the desk is open. week: seven texts from Monday, "08:00-12:00, 13:00-17:00" or "".

    country, region: whose holidays close it; "" for none.
    """

    week: tuple[str, ...]
    country: str = ""
    region: str = ""

    @classmethod
    def read(cls, typed: Mapping[str, str], *, zone: str) -> "Hours":
        """Read a form with one field a weekday."""
        country = typed.get("country", "").strip().upper()
        return cls(
            week=tuple(typed.get(day, "") for day in WEEKDAYS),
            country=country_of_zone(zone) if country == BY_ZONE else country,
            region=typed.get("region", "").strip(),
        )


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    name: str
    email: str
    password: str


def set_up(
    token: str, *, facts: Facts, hours: Hours, administrator: FirstAdministrator, at: datetime
) -> Account:
    """Open the desk: its calendar, the shipped policy, its first administrator.

    token: of a set-up link; it is used up only if everything is accepted.
    Raises Refusal with the name of the field as its code.
    """
    with transaction.atomic():
        use_link(token, purpose=Purpose.SETUP, at=at)
        end_setup_links(at=at)
        if Desk.objects.exists():
            raise Refusal("set-up", _("The desk is set up already."))
        _check(facts)
        calendar = publish_calendar(source=office_hours(hours, zone=facts.zone, at=at), at=at)
        policy = publish_policy(source=SHIPPED_POLICY, at=at)
        Desk.objects.create(
            pk=1,
            calendar=calendar.calendar,
            policy=policy.policy,
            set_up_at=at,
            **_columns(facts),
            smtp_password=facts.smtp_password,
        )
        return _first_account(administrator, at=at)


def change_desk(facts: Facts, *, actor: Person, at: datetime) -> None:
    """Change what the desk is called and how it is reached. Running promises stay as they are."""
    administrators_only(actor)
    _check(facts)
    columns = _columns(facts)
    if facts.smtp_password or not facts.smtp_username:
        columns["smtp_password"] = facts.smtp_password
    Desk.objects.filter(pk=1).update(**columns)


def send_test_mail(*, actor: Person, at: datetime) -> None:
    """Put a mail to the administrator into the outbox: its fate shows whether mail leaves."""
    administrators_only(actor)
    name = Desk.objects.values_list("name", flat=True).get()
    queue_mail(
        purpose=OutboxItem.Purpose.NOTICE,
        to_name=actor.name,
        to_address=actor.email,
        mail=MailText(
            subject=_("Test mail of %(desk)s") % {"desk": " ".join(name.split())},
            text=_("If you read this, mail leaves the house.") + "\n",
        ),
        at=at,
    )


def office_hours(hours: Hours, *, zone: str, at: datetime) -> str:
    """Return the text of a calendar with the holidays of the coming years as dates."""
    week = tuple(parse_openings(text) for text in hours.week)
    calendar = with_week(Calendar(OFFICE_HOURS, zone, week), week, zone=zone)
    this_year = at.astimezone(ZoneInfo(zone)).year
    years = range(this_year, this_year + YEARS_OF_HOLIDAYS)
    proposed = propose_holidays(hours.country, region=hours.region, years=years)
    return spell_calendar(with_holidays(calendar, proposed, years=years))


def _check(facts: Facts) -> None:
    for name, value in _columns(facts).items():
        longest = Desk._meta.get_field(name).max_length  # type: ignore[union-attr]
        if longest and len(str(value)) > longest:
            raise Refusal(name, _("This is too long."))
    if not facts.name.strip():
        raise Refusal("name", _("How is the desk called?"))
    if facts.zone not in available_timezones():
        raise Refusal("zone", _("Choose the time zone in which the desk works."))
    if facts.language not in dict(settings.LANGUAGES):
        raise Refusal("language", _("Choose the language in which the desk writes."))
    _check_address(facts.mail_address, field="mail_address")
    url = urlsplit(facts.public_url)
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
        raise Refusal("public_url", _("Write the address like https://support.example.com."))
    if not 0 < facts.smtp_port < 65536:
        raise Refusal("smtp_port", _("A port is a number between 1 and 65535."))
    if facts.smtp_security not in Desk.Security.values:
        raise Refusal("smtp_security", _("Choose how the connection is protected."))


def _check_address(address: str, *, field: str) -> None:
    if not is_address(address.strip()):
        raise Refusal(field, _("Write an e-mail address."))


def _columns(facts: Facts) -> dict[str, object]:
    return {
        "name": facts.name.strip(),
        "zone": facts.zone,
        "language": facts.language,
        "mail_address": facts.mail_address.strip().lower(),
        "public_url": facts.public_url.strip().rstrip("/"),
        "phone_office": facts.phone_office.strip(),
        "phone_other": facts.phone_other.strip(),
        "smtp_host": facts.smtp_host.strip(),
        "smtp_port": facts.smtp_port,
        "smtp_security": facts.smtp_security,
        "smtp_username": facts.smtp_username.strip(),
    }


def _first_account(administrator: FirstAdministrator, *, at: datetime) -> Account:
    if not administrator.name.strip() or len(administrator.name) > 200:
        raise Refusal("admin_name", _("What is your name?"))
    _check_address(administrator.email, field="admin_email")
    account = Account(email=administrator.email.strip().lower(), created_at=at)
    account.set_unusable_password()
    account.save()
    try:
        choose_password(account, new=administrator.password)
    except Refusal as refusal:
        raise Refusal("admin_password", refusal.text) from refusal
    Agent.objects.create(
        account=account, name=administrator.name.strip(), is_administrator=True, created_at=at
    )
    return account
