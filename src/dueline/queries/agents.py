"""The people of the desk."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from dueline.models import Agent


@dataclass(frozen=True, slots=True)
class AgentRow:
    id: int
    name: str
    email: str
    tier: int
    is_administrator: bool
    is_manager: bool
    is_active: bool
    was_here: bool  # has chosen a password


def agents() -> list[AgentRow]:
    """Return everybody, those who work here now first."""
    found = Agent.objects.select_related("account").order_by("-account__is_active", "name")
    return [
        AgentRow(
            agent.pk,
            agent.name,
            agent.account.email,
            agent.tier,
            agent.is_administrator,
            agent.is_manager,
            agent.account.is_active,
            agent.account.has_usable_password(),
        )
        for agent in found
    ]


def agent_names() -> list[tuple[int, str]]:
    return list(Agent.objects.order_by("name").values_list("id", "name"))


def signature_of(agent_id: int) -> str:
    """Return what stands under somebody's letters to customers, in Markdown."""
    return Agent.objects.values_list("signature", flat=True).get(pk=agent_id)


def tier_one() -> list[int]:
    """Return all who own cases and work here now, by id."""
    return _ids(Agent.objects.filter(tier=Agent.Tier.ONE))


def tier_two() -> list[int]:
    """Return all who answer questions and work here now, by id."""
    return _ids(Agent.objects.filter(tier=Agent.Tier.TWO))


def managers() -> list[int]:
    """Return the support managers who work here now, by id."""
    return _ids(Agent.objects.filter(is_manager=True))


def those_who_lead() -> list[int]:
    """Return the managers and administrators who work here now, by id."""
    return _ids(Agent.objects.filter(Q(is_manager=True) | Q(is_administrator=True)))


def _ids(agents: QuerySet[Agent]) -> list[int]:
    here = agents.filter(account__is_active=True).order_by("id")
    return list(here.values_list("id", flat=True))
