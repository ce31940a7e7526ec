"""The Support Guide of this desk, as it holds at an instant."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from dueline.core.audience import Person
from dueline.core.calendars import Calendar
from dueline.core.errors import Refusal
from dueline.core.policy import Policy
from dueline.models import Calendar as CalendarRow
from dueline.models import Desk, GuideEdition, store
from dueline.queries.policies import current_calendar, current_policy, entitlement_of
from dueline.wording import guide as wording
from dueline.wording import guide_pdf


def guide(*, at: datetime, plan: str = "", reader: Person | None = None) -> wording.Guide:
    """Return the guide in the active language.

    plan: only this one; "": the plan of the reader's contract, or all plans for anybody else.
    Raises Refusal("no-plan").
    """
    desk = Desk.objects.get()
    policy, calendar = current_policy(at=at), current_calendar(at=at)
    if plan and plan not in policy.policy.plans:
        known = ", ".join(policy.policy.plans)
        raise Refusal(
            "no-plan",
            "There is no plan “%(plan)s”. The policy has: %(known)s.",
            plan=plan,
            known=known,
        )
    plan = plan or plan_of(reader, at=at)
    zone = ZoneInfo(desk.zone)
    return wording.compose(
        wording.GuideFacts(
            desk_name=desk.name,
            mail_address=desk.mail_address,
            phone_office=desk.phone_office,
            phone_other=desk.phone_other,
            public_url=desk.public_url,
            policy=policy.policy,
            policy_number=policy.number,
            policy_published_on=policy.holds_from.astimezone(zone).date(),
            calendar=calendar.calendar,
            calendar_number=calendar.number,
            plans=(plan,) if plan else tuple(policy.policy.plans),
            on=at.astimezone(zone).date(),
            named=_named_calendars(policy.policy, at=at),
        )
    )


def plan_of(reader: Person | None, *, at: datetime) -> str:
    """Return the plan whose guide somebody reads; "" for all plans."""
    if reader is None or not reader.is_contact:
        return ""
    return entitlement_of(reader.organization_id, at=at).plan


def _named_calendars(policy: Policy, *, at: datetime) -> Mapping[str, Calendar]:
    """Return the calendars that cells name, as far as the desk has them."""
    ids = CalendarRow.objects.filter(name__in=policy.named_calendars).values_list("name", "id")
    return {name: current_calendar(id_, at=at).calendar for name, id_ in ids}


def pdf_of(drawn: wording.Guide, *, language: str) -> bytes:
    """Return a guide as PDF: the edition that says the very same, or else set on the spot.

    The worker makes the editions; until it has, each process sets a guide once and remembers it.
    """
    said = guide_pdf.as_json(drawn, language=language)
    edition = GuideEdition.objects.filter(said=digest(said)).order_by("-id").first()
    if edition is not None:
        try:
            return store.read(edition.sha256)
        except FileNotFoundError:  # restored without its files, say: it is only set anew
            pass
    return _set(drawn, language)


def digest(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()


@lru_cache(maxsize=8)
def _set(drawn: wording.Guide, language: str) -> bytes:
    return guide_pdf.typeset(drawn, language=language)
