"""Who may come to read a letter about a case. For agents only."""

from collections.abc import Iterable
from typing import NamedTuple

from dueline.core.mail_domains import domain_of
from dueline.core.recipients import Recipient, Standing
from dueline.models import Account, Case, Contact, Message, Organization, Watcher
from dueline.queries.addresses import is_own_address
from dueline.queries.entries import organization_by_domain
from dueline.queries.prepared import Prepared

_MOST_COLLEAGUES = 50


class Colleague(NamedTuple):
    """Somebody of the customer's company who can be written to."""

    contact_id: int
    name: str
    address: str


_colleagues = Prepared(
    Colleague,
    lambda organization_id: (
        Contact.objects.filter(organization_id=organization_id, left_at=None)
        .exclude(email=None)
        .order_by("name", "id")
        .values_list("id", "name", "email")[:_MOST_COLLEAGUES]
    ),
)


def colleagues_of(organization_id: int | None) -> list[Colleague]:
    """Return the people of a company that have an address, by name."""
    return _colleagues(organization_id or 0)


class _Copied(NamedTuple):
    cc: list[str]


_copied = Prepared(
    _Copied,
    lambda case_id: (
        Message.objects.filter(case_id=case_id, contact__isnull=False)
        .order_by("-id")
        .values_list("cc")[:1]
    ),
)


def copied_by_customer(case_id: int) -> list[str]:
    """Return the addresses that the customer copied in their last message.

    They have no part in the case: somebody has to add them (i30).
    """
    return [address.lower() for row in _copied(case_id) for address in row.cc]


def standing_of(case_id: int, addresses: Iterable[str]) -> list[Recipient]:
    """Say of each address how it stands to a case. No statement if there are none."""
    wanted = list(addresses)
    return stand(Case.objects.select_related("contact").get(pk=case_id), wanted) if wanted else []


def stand(case: Case, addresses: Iterable[str]) -> list[Recipient]:
    """Say of each address, in lower case, how it stands to a case."""
    wanted = list(addresses)
    if not wanted:
        return []
    known = _written_to(case)
    ours = _our_addresses(wanted)
    contacts = {
        contact.email: contact
        for contact in Contact.objects.filter(email__in=wanted).select_related("organization")
    }
    watching = Watcher.objects.filter(case=case, contact__isnull=False)
    readers = {case.contact_id, *watching.values_list("contact_id", flat=True)}
    return [
        _stand(case, address, contacts.get(address), ours=ours, known=known, readers=readers)
        for address in wanted
    ]


def _stand(
    case: Case,
    address: str,
    contact: Contact | None,
    *,
    ours: dict[str, Standing],
    known: set[str],
    readers: set[int],
) -> Recipient:
    if address in ours:
        return Recipient(address, ours[address])
    if contact is not None and contact.pk in readers and contact.left_at is None:
        return Recipient(address, Standing.READER, contact.name)
    name = contact.name if contact else ""
    company = _company_of(address, contact)
    if company is None:
        standing = Standing.COMPANY if _shares_a_domain(case, address) else Standing.OUTSIDER
    elif company.pk == case.organization_id:
        has_left = contact is not None and contact.left_at is not None
        standing = Standing.OUTSIDER if has_left else Standing.COMPANY
    else:
        standing = Standing.OTHER_CUSTOMER
    if standing is Standing.OUTSIDER and address in known:
        standing = Standing.KNOWN
    other = company.name if company and standing is Standing.OTHER_CUSTOMER else ""
    return Recipient(address, standing, name, other)


def _company_of(address: str, contact: Contact | None) -> Organization | None:
    if contact is not None and contact.organization is not None:
        return contact.organization
    organization_id = organization_by_domain(address)
    return Organization.objects.get(pk=organization_id) if organization_id else None


def _shares_a_domain(case: Case, address: str) -> bool:
    """Of a customer without a company only the domain tells who belongs to them."""
    if case.organization_id is not None or not domain_of(address):
        return False
    return domain_of(address) == domain_of(case.contact.email or "")


def _written_to(case: Case) -> set[str]:
    """Return the addresses that a colleague has agreed to write to in this case before."""
    copied = Message.objects.filter(case=case, agent__isnull=False).values_list("cc", flat=True)
    return {address for cc in copied for address in cc}


def _our_addresses(wanted: list[str]) -> dict[str, Standing]:
    colleagues = Account.objects.filter(email__in=wanted, agent__isnull=False, is_active=True)
    doors = [address for address in wanted if is_own_address(address)]
    return {
        **dict.fromkeys(colleagues.values_list("email", flat=True), Standing.COLLEAGUE),
        **dict.fromkeys(doors, Standing.OURSELVES),
    }
