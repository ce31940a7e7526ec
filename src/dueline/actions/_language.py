"""The language of what leaves the house: that of the one who gets it.

It is never that of the browser by which somebody acts: an engineer who works in Swedish writes to a
Norwegian customer from an English desk.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.utils.translation import override

from dueline.actions._change import Change
from dueline.models import Agent, Contact, Mailbox
from dueline.queries.desk import get_standing

P = ParamSpec("P")
R = TypeVar("R")


def in_language_of(
    reader: Agent | Contact | None, mailbox: Mailbox | None = None
) -> AbstractContextManager[None]:
    """Word a letter in the language that its reader has chosen.

    Or else in that of the mailbox that they wrote to, or else in the desk's.
    """
    return override(chosen_language(reader) or chosen_language(mailbox) or _desks_language())


def in_customers_language(
    write: Callable[Concatenate[Change, P], R],
) -> Callable[Concatenate[Change, P], R]:
    """Word a letter about a case in the language of its contact."""

    @wraps(write)
    def written(change: Change, /, *arguments: P.args, **named: P.kwargs) -> R:
        with in_language_of(change.case.contact, change.case.mailbox):
            return write(change, *arguments, **named)

    return written


def chosen_language(reader: Agent | Contact | Mailbox | None) -> str:
    """Return the language that somebody has chosen, or "" (also for one that is spoken no more)."""
    language = reader.language if reader is not None else ""
    return language if language in dict(settings.LANGUAGES) else ""


def _desks_language() -> str:
    return get_standing().language or settings.LANGUAGE_CODE
