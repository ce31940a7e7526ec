"""The language in which a person reads."""

from django.conf import settings
from django.utils.translation import gettext as _

from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Agent, Contact


def choose_language(language: str, *, actor: Person) -> None:
    """Let somebody read pages and mails in a language of their own.

    "": as the browser asks, and in mails the desk's. Raises Refusal("language" or "not-found").
    """
    if language and language not in dict(settings.LANGUAGES):
        raise Refusal("language", _("Choose a language from the list."))
    people = Agent.objects if actor.is_agent else Contact.objects
    if not people.filter(pk=actor.id or 0).update(language=language):
        raise Refusal("not-found", _("There is no such person."))
