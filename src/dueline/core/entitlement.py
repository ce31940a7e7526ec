"""Which promise covers a request, and who may ask for it: decided once, at intake, and recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dueline.core.policy import Policy


@dataclass(frozen=True, slots=True)
class Cover:
    """A contract as far as the decision needs it. ends_on: the last day covered, None: no end."""

    contract_id: int
    plan: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Entitlement:
    """plan: the plan whose promises hold. contract_id None: no contract covers the request, and
    the policy says which plan holds all the same; `why` says what is missing.

    why: "" (covered), "no-organization", "no-contract" or "outside-term".
    """

    plan: str
    contract_id: int | None = None
    why: str = ""


def entitle(
    covers: Iterable[Cover], *, policy: Policy, has_organization: bool, on: date
) -> Entitlement:
    """Return what covers a request that arrived on a local day."""
    covers = list(covers)
    for cover in covers:
        in_term = cover.starts_on <= on and (cover.ends_on is None or on <= cover.ends_on)
        if in_term and cover.plan in policy.plans:
            return Entitlement(cover.plan, cover.contract_id)
    if not has_organization:
        why = "no-organization"
    else:
        why = "outside-term" if covers else "no-contract"
    return Entitlement(policy.plan_without_contract, why=why)


# --- who may open a case ------------------------------------------------------------------------

EXPIRES_AFTER = timedelta(days=14)  # beyond the day until which a contact was confirmed
CONFIRMED_FOR = timedelta(days=91)  # how long one confirmation of the list holds


class Held(StrEnum):
    """Why a request is held until a super-user of the company vouches for it."""

    NOT_SUPER_USER = "not-super-user"
    UNLISTED = "unlisted"  # not on the list, but the mail domain is the company's
    EXPIRED = "expired"  # on the list that nobody has confirmed for too long
    LEFT = "left"  # was on the list


@dataclass(frozen=True, slots=True)
class Listed:
    """How somebody stands on the list of their company. All days are the desk's.

    super_from, super_until: the first and the last day as a super-user; None: no bound.
    confirmed_until: the last day for which the company has confirmed them; None: it never had to.
    """

    is_super_user: bool = False
    super_from: date | None = None
    super_until: date | None = None
    confirmed_until: date | None = None
    has_left: bool = False

    def is_super_user_on(self, day: date | None) -> bool:
        """day None: whoever asks knows no day, and a bound that cannot be looked at closes."""
        if not self.is_super_user or self.has_left:
            return False
        if day is None:
            return self.super_from is None and self.super_until is None
        has_begun = self.super_from is None or self.super_from <= day
        return has_begun and (self.super_until is None or day <= self.super_until)

    def is_expired_on(self, day: date) -> bool:
        return self.confirmed_until is not None and day > self.confirmed_until + EXPIRES_AFTER

    def takes_a_seat_on(self, day: date) -> bool:
        """Whether a seat of the contract is taken: also by a super-user who is yet to begin."""
        is_over = self.super_until is not None and self.super_until < day
        return self.is_super_user and not self.has_left and not is_over


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody asks for a case in the name of a company.

    listed: how they stand on its list; None: not on it. only_super_users: by the plan that covers
    the company that day; without a contract nobody was ever asked to appoint any.
    has_super_user: there is one who could vouch.
    """

    organization_id: int
    listed: Listed | None
    only_super_users: bool
    has_super_user: bool
    on: date

    @property
    def why_held(self) -> Held | None:
        """Return why the request waits for a super-user's word; None: it opens a case."""
        if self.listed is not None and self.listed.has_left:
            return Held.LEFT
        if not self.has_super_user:
            return None  # nobody could vouch: it opens, and the case says so
        if self.listed is not None and self.listed.is_expired_on(self.on):
            return Held.EXPIRED
        if not self.only_super_users:
            return None
        if self.listed is None:
            return Held.UNLISTED
        return None if self.listed.is_super_user_on(self.on) else Held.NOT_SUPER_USER

    @property
    def lacks_super_user(self) -> bool:
        """Whether it opens only because the company has nobody who could vouch."""
        return self.only_super_users and not self.has_super_user
