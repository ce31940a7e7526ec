"""Who wrote what somebody else only passed on: offered to agents, and to nobody else."""

from collections.abc import Sequence
from typing import NamedTuple

from dueline.models import InboxItem


class Original(NamedTuple):
    """item_id: of the mail that passed it on. name: "" where it did not say."""

    item_id: int
    name: str
    address: str


_MOST = 3


def originals_in(case_id: int, *, except_address: str | None) -> list[Original]:
    """Return who wrote the mails that were forwarded to a case, the newest first, each once.

    except_address: of the contact, who needs no offer.
    """
    rows = (
        InboxItem.objects.filter(message__case_id=case_id)
        .exclude(original_address="")
        .exclude(original_address=except_address or "")
        .order_by("id")
        .values_list("id", "original_name", "original_address")
    )
    once = {row[2]: Original(*row) for row in rows}
    return sorted(once.values(), key=lambda one: -one.item_id)[:_MOST]


def originals_of(item_ids: Sequence[int]) -> dict[int, Original]:
    """Return, by inbox item, who wrote what it passes on; nothing for the others."""
    rows = InboxItem.objects.filter(pk__in=item_ids).exclude(original_address="")
    found = rows.values_list("id", "original_name", "original_address")
    return {row[0]: Original(*row) for row in found}
