"""Whose case it is: somebody else becomes its contact, above all whoever wrote a forwarded mail."""

from datetime import datetime

from dueline.actions import contacts
from dueline.actions._change import Change, changing
from dueline.actions.addresses import is_address
from dueline.actions.cases import agents_only
from dueline.actions.promises import put_under_todays_contract
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.lifecycle import CaseState
from dueline.models import Agent, Contact, Watcher
from dueline.queries.addresses import is_own_address


def change_contact(case_id: int, *, name: str, email: str, actor: Person, at: datetime) -> None:
    """Let a case be somebody else's: they see all of it and get what is written from here on.

    Nothing is sent by this. A case of a company stays within it: nobody of another one, and nobody
    whom its list does not know, is let in by an address that stands in a mail (i19, i30). A case of
    nobody's company goes to that of its new contact, and is put under its contract.
    Whoever was the contact watches the case, if they are of the company; if not, their answers are
    a stranger's from here on.
    Raises Refusal with the name of the field as its code, or "not-now".
    """
    agents_only(actor)
    email, name = email.strip().lower(), " ".join(name.split())
    _refuse_own(email)
    with changing(case_id, actor=actor, at=at) as change:
        case, before = change.case, change.case.contact
        if not CaseState(case.state).is_open:
            raise Refusal("not-now", "The case is no longer open. Reopen it first.")
        contact = contacts.find_or_create(
            name=name or email.partition("@")[0], email=email, phone="", at=at
        )
        if contact.pk == before.pk:
            raise Refusal("not-now", "They are the contact of this case already.")
        _refuse_outsider(change, contact)
        Watcher.objects.filter(case=case, contact=contact).delete()
        _let_watch(change, before, contact)
        case.contact = contact
        change.append(Kind.CONTACT_CHANGED, before=before.pk, contact=contact.pk, name=contact.name)
        if case.organization_id is None and contact.organization_id is not None:
            case.organization_id = contact.organization_id
            put_under_todays_contract(change, reason=_OTHER_COMPANY)


_OTHER_COMPANY = "Its contact belongs to this company."


def _refuse_own(email: str) -> None:
    if not is_address(email):
        raise Refusal("email", "Write an e-mail address.")
    if is_own_address(email) or Agent.objects.filter(account__email=email).exists():
        raise Refusal("email", "This address is the desk’s own: choose somebody of the customer’s.")


def _refuse_outsider(change: Change, contact: Contact) -> None:
    if contact.left_at is not None:
        raise Refusal("email", "This person has left their company.")
    if change.case.organization_id not in (None, contact.organization_id):
        raise Refusal(
            "email",
            "This person is not on the list of the customer’s company, and may read nothing of it."
            " An administrator or a super-user can put them on the list.",
        )


def _let_watch(change: Change, before: Contact, contact: Contact) -> None:
    """Let whoever was the contact hear of the case as before, within the company."""
    colleagues = (
        before.organization_id is not None
        and before.organization_id == contact.organization_id
        and before.left_at is None
    )
    if colleagues:
        Watcher.objects.get_or_create(
            case=change.case, contact=before, defaults={"added_at": change.at}
        )
        change.append(Kind.WATCHER_ADDED, contact=before.pk, name=before.name)
