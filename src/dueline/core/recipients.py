"""Who reads a letter to a customer besides the customer, and of whom the writer is warned."""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How an address stands to the case that is written about."""

    READER = "reader"  # gets the letter anyhow: the contact, or somebody who watches the case
    COMPANY = "company"  # of the customer's company
    KNOWN = "known"  # has been written to in this case before
    COLLEAGUE = "colleague"  # works at the desk
    OUTSIDER = "outsider"
    OTHER_CUSTOMER = "other_customer"
    OURSELVES = "ourselves"  # the desk would write to itself

    @property
    def must_be_agreed(self) -> bool:
        """Nobody new reads a customer's words because a finger slipped."""
        return self in (Standing.OUTSIDER, Standing.OTHER_CUSTOMER)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address that gets a copy. company: whose customer it is, if another one's."""

    address: str
    standing: Standing
    name: str = ""
    company: str = ""
