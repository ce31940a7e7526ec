"""What covers somebody who asks for help at this hour, as the form says it before they send."""

from dataclasses import dataclass
from datetime import datetime

from dueline.core.calendars import is_open, next_open
from dueline.models import Contract
from dueline.queries.policies import current_calendar, current_policy, entitlement_of
from dueline.wording.policy_words import say_plan


@dataclass(frozen=True, slots=True)
class CoverNow:
    """plan: its title, in the reader's language. not_covered: why no contract covers the request;
    "": one does. opens_at: when the office hours begin again; None: they are now. has_urgent:
    “Urgent” and a call make a case Critical.
    """

    plan: str
    not_covered: str
    opens_at: datetime | None
    has_urgent: bool


def cover_now(organization_id: int | None, *, at: datetime) -> CoverNow:
    entitlement = entitlement_of(organization_id, at=at)
    plan = current_policy(at=at).policy.plans[entitlement.plan]
    calendar_id = None
    if entitlement.contract_id is not None:
        calendar_id = Contract.objects.values_list("calendar_id", flat=True).get(
            pk=entitlement.contract_id
        )
    calendar = current_calendar(calendar_id, at=at).calendar
    return CoverNow(
        plan=say_plan(plan).title,
        not_covered=entitlement.why,
        opens_at=None if is_open(calendar, at) else next_open(calendar, at),
        has_urgent=plan.urgent and entitlement.contract_id is not None,
    )
