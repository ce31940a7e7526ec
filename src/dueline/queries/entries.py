"""Who asks for a case, and in the name of which company: what `core.entitlement.Entry` needs."""

from datetime import date, datetime

from django.db.models import Q

from dueline.core.entitlement import Entry
from dueline.core.mail_domains import domain_of
from dueline.core.policy import Plan
from dueline.core.urgent import says_urgent
from dueline.models import Case, Contact
from dueline.queries.desk import day_at
from dueline.queries.policies import current_policy, entitlement_under
from dueline.queries.prepared import prepared_rows


def entry_of_contact(contact: Contact, *, at: datetime) -> Entry | None:
    """Return how a request of a contact would be made; None: they belong to no company."""
    if contact.organization_id is None:
        return entry_of_address(contact.email or "", at=at)
    return _entry(contact.organization_id, contact, at=at)


def entry_of_address(address: str, *, at: datetime) -> Entry | None:
    """Return how a request from a mail address would be made; None: it belongs to no company."""
    contact = _listed_contact.first(address)
    if contact is not None:
        return entry_of_contact(contact, at=at)
    organization_id = organization_by_domain(address)
    return _entry(organization_id, None, at=at) if organization_id else None


_listed_contact = prepared_rows(
    Contact,
    lambda address: Contact.objects.filter(email=address, organization__isnull=False).order_by()[
        :1
    ],
)


def asked_by(case: Case, plan: Plan) -> dict[str, bool]:
    """Say, as facts of a case that opens, how its contact stands to the plan that covers it."""
    if case.organization_id is None:
        return {}
    if _is_super_user(case.contact, at=case.opened_at):
        # With a call it becomes Critical. On the telephone the engineer asks how bad it is.
        says_so = case.channel != "phone" and says_urgent(case.subject)
        return {"urgent": says_so and plan.urgent}
    if not plan.only_super_users or case.contract_id is None:
        return {}
    nobody_could_vouch = not super_users(case.organization_id, on=day_at(case.opened_at))
    return {"not_super_user": True, "lacks_super_user": nobody_could_vouch}


def _is_super_user(contact: Contact, *, at: datetime) -> bool:
    # Most are one without dates, and for them no day has to be looked up.
    listed = contact.listed
    return listed.is_super_user_on(None) or listed.is_super_user_on(day_at(at))


def organization_by_domain(address: str) -> int | None:
    """Return the company whose people write from the domain of an address, if it is just one."""
    domain = domain_of(address)
    if not domain:
        return None
    colleagues = Contact.objects.filter(
        email__endswith=f"@{domain}", organization__isnull=False, left_at=None
    )
    # Ordered by itself: the usual order, by name, would make every colleague distinct.
    ids = colleagues.order_by("organization_id").values_list("organization_id", flat=True)
    found = set(ids.distinct()[:2])
    return found.pop() if len(found) == 1 else None


def super_users(organization_id: int, *, on: date) -> list[Contact]:
    """Return the super-users of a company on a day, by name."""
    return _super_users(organization_id, on)


_super_users = prepared_rows(
    Contact,
    lambda organization_id, on: Contact.objects.filter(
        Q(super_from=None) | Q(super_from__lte=on),
        Q(super_until=None) | Q(super_until__gte=on),
        organization_id=organization_id,
        is_super_user=True,
        left_at=None,
    ).order_by("name", "id"),
)


def who_hears(contact: Contact, *, at: datetime) -> list[Contact]:
    """Return who gets what is written to a contact: the super-users, once they have left."""
    if contact.left_at is None:
        return [contact]
    return super_users(contact.organization_id or 0, on=day_at(at))


def _entry(organization_id: int, contact: Contact | None, *, at: datetime) -> Entry:
    on = day_at(at)
    policy = current_policy(at=at).policy
    entitlement = entitlement_under(policy, organization_id, at=at)
    plan = policy.plans[entitlement.plan]
    return Entry(
        organization_id=organization_id,
        listed=contact.listed if contact else None,
        only_super_users=plan.only_super_users and entitlement.contract_id is not None,
        has_super_user=bool(super_users(organization_id, on=on)),
        on=on,
    )
