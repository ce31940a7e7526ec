"""The addresses that are ours: the desk's own, and those of its mailboxes."""

from collections.abc import Sequence
from typing import NamedTuple

from dueline.core.matching import own_address_of
from dueline.models import Desk, Mailbox
from dueline.queries.prepared import Prepared


def addresses_open() -> tuple[str, ...]:
    """Return the addresses at which mail is taken; none before the desk is set up."""
    desk = Desk.objects.filter(set_up_at__isnull=False).values_list("mail_address", flat=True)
    active = Mailbox.objects.filter(is_active=True).values_list("address", flat=True)
    own = desk.first()
    return (own, *active) if own else ()


class _Address(NamedTuple):
    address: str


_desks = Prepared(_Address, lambda: Desk.objects.values_list("mail_address"))
_mailboxes = Prepared(_Address, lambda: Mailbox.objects.order_by().values_list("address"))


def is_own_address(address: str) -> bool:
    """Whether what comes from `address` was written here, also where no mail is taken any more."""
    ours = [row.address for row in (*_desks(), *_mailboxes())]
    return bool(own_address_of(address, ours))


def mailbox_of(recipients: Sequence[str]) -> Mailbox | None:
    """Return the active mailbox that one of these addresses belongs to, the first one's if many."""
    boxes = {box.address: box for box in Mailbox.objects.filter(is_active=True)}
    found = (own_address_of(recipient, boxes) for recipient in recipients)
    return next((boxes[address] for address in found if address), None)


def own_addresses(addresses: Sequence[str]) -> frozenset[str]:
    """Return which of these addresses are ours, also with a token or anything else added."""
    own = (
        *Desk.objects.values_list("mail_address", flat=True),
        *Mailbox.objects.values_list("address", flat=True),
    )
    return frozenset(one for one in addresses if own_address_of(one, own))
