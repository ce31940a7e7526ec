"""Texts that are written often, for pages."""

from typing import NamedTuple

from dueline.models import ReplyTemplate


class Template(NamedTuple):
    id: int
    name: str
    language: str  # "" for any
    text: str
    is_active: bool


def templates() -> list[Template]:
    """Return all of them, those that are offered first."""
    rows = ReplyTemplate.objects.order_by("-is_active", "name", "language")
    return [Template(*row) for row in rows.values_list(*Template._fields)]


def offered(*, language: str) -> list[Template]:
    """Return what is offered for a reader of a language: theirs, and those for any."""
    rows = ReplyTemplate.objects.filter(is_active=True, language__in=("", language))
    return [
        Template(*row) for row in rows.order_by("name", "-language").values_list(*Template._fields)
    ]
