"""Who watches a case: people of the customer's, and colleagues."""

from datetime import datetime

from dueline.actions._change import Change, changing
from dueline.actions.cases import agents_only
from dueline.actions.stop_links import read_stop_token
from dueline.core.audience import DESK, Person
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.models import Agent, Contact, Watcher


def let_contact_watch(case_id: int, *, contact_id: int, actor: Person, at: datetime) -> None:
    """Let somebody of the customer's company see a case and get what we write in it.

    Whoever of the company sees the case may do that, and any agent. Watchers answer and add
    files; the priority and the end of the case stay with its contact and the super-users.
    """
    with changing(case_id, actor=actor, at=at) as change:
        contact = _of_the_company(change, contact_id)
        if contact.pk == change.case.contact_id:
            raise Refusal("not-now", "It is their own case: they see it anyway.")
        _add(change, contact=contact)
        change.append(Kind.WATCHER_ADDED, contact=contact.pk, name=contact.name)


def end_contacts_watch(case_id: int, *, contact_id: int, actor: Person, at: datetime) -> None:
    """Let a contact watch a case no longer. A contact may end their own watch alone."""
    if actor.is_contact and actor.id != contact_id:
        raise Refusal("not-allowed", "Everybody ends their own watch; ask them, or ask us.")
    with changing(case_id, actor=actor, at=at) as change:
        _remove(change, contact_id=contact_id)
        name = Contact.objects.values_list("name", flat=True).get(pk=contact_id)
        change.append(Kind.WATCHER_REMOVED, contact=contact_id, name=name)


def case_of_link(token: str) -> int:
    """Return the case whose copies a link ends. Raises Refusal("not-found")."""
    return read_stop_token(token)[0]


def end_watch_by_link(token: str, *, at: datetime) -> int:
    """End the watch of whom a link was sent to, and return the case.

    The same link once more changes nothing and is refused nothing: mail programs repeat themselves.
    """
    case_id, contact_id = read_stop_token(token)
    contact = Contact.objects.filter(pk=contact_id, watched__case_id=case_id).first()
    if contact is not None:
        with changing(case_id, actor=DESK, at=at) as change:
            change.speak_as(contact)
            _remove(change, contact_id=contact.pk)
            change.append(Kind.WATCHER_REMOVED, contact=contact.pk, name=contact.name)
    return case_id


def let_agent_watch(case_id: int, *, agent_id: int, actor: Person, at: datetime) -> None:
    """Let a colleague hear of a case when its customer writes."""
    agents_only(actor)
    with changing(case_id, actor=actor, at=at) as change:
        agent = Agent.objects.filter(pk=agent_id, account__is_active=True).first()
        if agent is None:
            raise Refusal("nobody", "Choose a colleague who works here.")
        _add(change, agent=agent)
        change.append(Kind.WATCHER_ADDED, agent=agent.pk, name=agent.name)


def end_agents_watch(case_id: int, *, agent_id: int, actor: Person, at: datetime) -> None:
    agents_only(actor)
    with changing(case_id, actor=actor, at=at) as change:
        _remove(change, agent_id=agent_id)
        name = Agent.objects.values_list("name", flat=True).get(pk=agent_id)
        change.append(Kind.WATCHER_REMOVED, agent=agent_id, name=name)


def _of_the_company(change: Change, contact_id: int) -> Contact:
    """Nobody outside the customer's company is ever let in, whoever asks for it (i19)."""
    company = change.case.organization_id
    people = Contact.objects.filter(organization_id=company or 0, left_at=None)
    contact = people.filter(pk=contact_id).first()
    if contact is None:
        raise Refusal("nobody", "Choose somebody of the customer’s company.")
    return contact


def _add(change: Change, **who: Contact | Agent) -> None:
    _, is_new = Watcher.objects.get_or_create(
        case=change.case, **who, defaults={"added_at": change.at}
    )
    if not is_new:
        raise Refusal("not-now", "They watch the case already.")


def _remove(change: Change, **who: int) -> None:
    if not Watcher.objects.filter(case=change.case, **who).delete()[0]:
        raise Refusal("not-now", "They do not watch the case.")
