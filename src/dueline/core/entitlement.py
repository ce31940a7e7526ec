"""Which promise covers a request: decided once, at intake, and recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

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
