"""The people of the desk: inviting them, changing what they do, letting them go."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dueline.actions import audit
from dueline.actions._administration import administrators_only
from dueline.actions.accounts import confirm_password, mail_invite
from dueline.actions.addresses import is_address
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Account, Agent


def add_agent(
    *,
    name: str,
    email: str,
    tier: int,
    is_administrator: bool,
    actor: Person,
    at: datetime,
    is_manager: bool = False,
    own_password: str = "",
) -> tuple[Agent, str]:
    """Add a colleague. Returns them, and the path of the page where they choose a password.

    The link is mailed as well; it is shown once, since mail may not leave the house yet.
    Raises Refusal with the name of the field as its code.
    """
    administrators_only(actor)
    if is_administrator or is_manager:
        confirm_password(actor, own_password)
    email = email.strip().lower()
    _check(name, email, tier)
    with transaction.atomic():
        if Account.objects.filter(email=email).exists():
            raise Refusal("email", _("Somebody signs in with this address already."))
        account = Account(email=email, created_at=at)
        account.set_unusable_password()
        account.save()
        agent = Agent.objects.create(
            account=account,
            name=name.strip(),
            tier=tier,
            is_administrator=is_administrator,
            is_manager=is_manager,
            created_at=at,
        )
        role = _role(agent)
        audit.record("role", about=agent.name, actor=actor, at=at, was={}, now=role)
        return agent, mail_invite(account, name=agent.name, at=at)


def invite_again(agent_id: int, *, actor: Person, at: datetime) -> str:
    """Return the path of a new invitation; the older ones end. Also for a forgotten password."""
    administrators_only(actor)
    agent = _agent(agent_id)
    if not agent.account.is_active:
        raise Refusal("not-now", _("This person does not work here any more."))
    with transaction.atomic():
        return mail_invite(agent.account, name=agent.name, at=at)


def change_agent(
    agent_id: int,
    *,
    name: str,
    tier: int,
    is_administrator: bool,
    actor: Person,
    at: datetime,
    is_manager: bool = False,
    own_password: str = "",
) -> None:
    """Change what a colleague is called and may do.

    own_password: of the actor, who proves by it that it is they, where a role changes (i57).
    """
    administrators_only(actor)
    _check(name, None, tier)
    with transaction.atomic():
        agent = _agent(agent_id)
        was = _role(agent)
        agent.name, agent.tier = name.strip(), tier
        agent.is_administrator, agent.is_manager = is_administrator, is_manager
        if _role(agent) != was:
            confirm_password(actor, own_password)
            audit.record("role", about=agent.name, actor=actor, at=at, was=was, now=_role(agent))
        agent.save(update_fields=["name", "tier", "is_administrator", "is_manager"])
        _refuse_nobody_left()


def _role(agent: Agent) -> dict[str, object]:
    return {
        "tier": int(agent.tier),
        "administrator": agent.is_administrator,
        "manager": agent.is_manager,
    }


def set_active(agent_id: int, *, is_active: bool, actor: Person, at: datetime) -> None:
    """Let somebody in, or out: their sessions end with the next page that they ask for."""
    administrators_only(actor)
    agent = _agent(agent_id)
    with transaction.atomic():
        Account.objects.filter(pk=agent.account_id).update(is_active=is_active)
        audit.record("activity", about=agent.name, actor=actor, at=at, is_active=is_active)
        _refuse_nobody_left()


def set_own_signature(signature: str, *, actor: Person) -> None:
    """Choose what stands under one's letters to customers: Markdown. Raises Refusal("signature").

    Of themselves an agent changes this and their language here, and nothing else (i58); their hours
    in `actions.working_hours`.
    """
    if not actor.is_agent:
        raise Refusal("not-found", _("There is no such page."))
    if len(signature) > _LONGEST_SIGNATURE:
        raise Refusal("signature", _("This is too long for a signature."))
    Agent.objects.filter(pk=actor.id).update(signature=signature.strip())


_LONGEST_SIGNATURE = 2000


def _refuse_nobody_left() -> None:
    # Looked at after the change, inside its transaction: two at once cannot remove each other
    # on SQLite; on PostgreSQL the rows were written first and the second one waits.
    if not Agent.objects.filter(is_administrator=True, account__is_active=True).exists():
        raise Refusal("last-administrator", _("The desk needs at least one administrator."))


def _check(name: str, email: str | None, tier: int) -> None:
    if not name.strip() or len(name) > 200:
        raise Refusal("name", _("Write the name."))
    if tier not in Agent.Tier.values:
        raise Refusal("tier", _("Choose Tier One or Tier Two."))
    if email is not None and not is_address(email):
        raise Refusal("email", _("Write an e-mail address."))


def _agent(agent_id: int) -> Agent:
    agent = Agent.objects.select_related("account").filter(pk=agent_id).first()
    if agent is None:
        raise _no_such_agent()
    return agent


def _no_such_agent() -> Refusal:
    return Refusal("not-found", _("There is no such person."))
