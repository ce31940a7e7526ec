"""The language of what leaves the house."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.utils.translation import override

from dueline.models import Desk

P = ParamSpec("P")
R = TypeVar("R")


def in_desks_language(write: Callable[P, R]) -> Callable[P, R]:
    """Word a letter in the language of the desk, whatever the browser of the acting person speaks.

    A customer is written to by one desk, not by many engineers.
    """

    @wraps(write)
    def written(*arguments: P.args, **named: P.kwargs) -> R:
        with override(_desks_language()):
            return write(*arguments, **named)

    return written


def _desks_language() -> str:
    spoken = Desk.objects.values_list("language", flat=True).first()
    return spoken or settings.LANGUAGE_CODE
