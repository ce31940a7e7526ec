"""Texts that are written often: keeping them, and filling one in for a case."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from dueline.actions import audit, letters
from dueline.actions._change import changing
from dueline.actions._language import in_language_of
from dueline.actions._rehearsal import rehearsal
from dueline.core import placeholders
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.lifecycle import Act, CaseState
from dueline.models import Case, ReplyTemplate
from dueline.wording import mails, markdown

# What people outside the desk have written: it may stand in a text, and not in an address.
_NOT_OURS = ("contact.first_name", "contact.name", "case.subject", "company.name")
_LONGEST = 20_000
_SENTINEL = "zq7sentinel"


# --- keeping them --------------------------------------------------------------------------------


def add(*, name: str, language: str, text: str, actor: Person, at: datetime) -> ReplyTemplate:
    """Add a template. language: "" for any. Raises Refusal with the name of the field as its code.

    Managers and administrators keep the templates; every agent may use them.
    """
    _keepers_only(actor)
    name = _check(name, language, text)
    with transaction.atomic():
        template = ReplyTemplate.objects.create(
            name=name, language=language, text=text.strip(), changed_at=at
        )
        _record("added", template, actor=actor, at=at)
    return template


def change(
    template_id: int, *, name: str, language: str, text: str, actor: Person, at: datetime
) -> None:
    """Change a template. What was written with it stays as it was written."""
    _keepers_only(actor)
    template = _get(template_id)
    name = _check(name, language, text, template_id=template_id)
    with transaction.atomic():
        old = template.text
        template.name, template.language, template.text = name, language, text.strip()
        template.changed_at = at
        template.save()
        _record("changed", template, actor=actor, at=at, old=old)


def set_active(template_id: int, *, is_active: bool, actor: Person, at: datetime) -> None:
    """Offer a template no more, or again."""
    _keepers_only(actor)
    template = _get(template_id)
    with transaction.atomic():
        template.is_active, template.changed_at = is_active, at
        template.save()
        _record("activity", template, actor=actor, at=at, is_active=is_active)


def may_keep(person: Person) -> bool:
    """Say whether somebody may add and change templates."""
    return person.is_agent and (person.is_administrator or person.is_manager)


def _keepers_only(actor: Person) -> None:
    if not may_keep(actor):
        raise Refusal("not-found", "There is no such page.")


def _get(template_id: int) -> ReplyTemplate:
    template = ReplyTemplate.objects.filter(pk=template_id).first()
    if template is None:
        raise Refusal("not-found", "There is no such template.")
    return template


def _check(name: str, language: str, text: str, *, template_id: int = 0) -> str:
    """Return the name as it is stored."""
    name = " ".join(name.split())
    if not name:
        raise Refusal("name", "Give the template a name by which colleagues find it.")
    if len(name) > 100:
        raise Refusal("name", "This is too long.")
    if language and language not in dict(settings.LANGUAGES):
        raise Refusal("language", "Choose a language from the list.")
    if not text.strip():
        raise Refusal("text", "There is no text yet.")
    if len(text) > _LONGEST:
        raise Refusal("text", "This is too long.")
    placeholders.check(text)
    _refuse_names_in_links(text)
    others = ReplyTemplate.objects.exclude(pk=template_id).filter(name=name, language=language)
    if others.exists():
        raise Refusal("name", "There is a template of this name in this language already.")
    return name


def _refuse_names_in_links(text: str) -> None:
    """A customer's name or subject must not decide where a link leads (i52)."""
    html = markdown.render(placeholders.fill(text, dict.fromkeys(_NOT_OURS, _SENTINEL)))
    if any(_SENTINEL in address.partition('"')[0] for address in html.split('href="')[1:]):
        raise Refusal("text", "What a customer has written cannot be a part of a link’s address.")


def _record(
    what: str, template: ReplyTemplate, *, actor: Person, at: datetime, **facts: object
) -> None:
    audit.record(
        f"template_{what}",
        about=template.name,
        actor=actor,
        at=at,
        language=template.language,
        text=template.text,
        **facts,
    )


# --- using them ----------------------------------------------------------------------------------


def fill_in(template_id: int, case_id: int, *, actor: Person, at: datetime) -> str:
    """Return a template's text, filled in for a case as its contact would read it.

    Raises Refusal("not-found") for a case that the actor may not see.
    """
    if not actor.is_agent:
        raise Refusal("not-found", "There is no such template.")
    return placeholders.fill(_get(template_id).text, values_for(case_id, actor=actor, at=at))


def values_for(case_id: int, *, actor: Person, at: datetime) -> Mapping[str, str]:
    """Return what each placeholder stands for in a case, in its contact's language and zone."""
    with rehearsal(), changing(case_id, actor=actor, at=at) as change:
        # The text will be a reply: what is promised next is what is promised after it.
        if CaseState(change.case.state).is_open:
            change.do(Act.RESPOND)
            change.append(Kind.REPLY_SENT)
        case = change.case
        with in_language_of(case.contact, case.mailbox):
            facts = letters.facts_for(change, case.contact)
            return {
                "contact.first_name": case.contact.name.split(maxsplit=1)[0],
                "contact.name": case.contact.name,
                "case.number": case.number,
                "case.subject": mails.bare_subject(case.subject),
                "company.name": _company(case),
                "agent.name": actor.name,
                "desk.name": facts.desk.name,
                "desk.phone": facts.desk.phone_office or facts.desk.phone_other,
                "promise.next": mails.say_next_promise(facts),
            }


def _company(case: Case) -> str:
    return case.organization.name if case.organization else ""
