"""Texts that are written often, for pages."""

from typing import NamedTuple

from dueline.core.audience import Person
from dueline.models import ReplyTemplate
from dueline.models.cases import IS_OPEN
from dueline.queries.cases import visible_to


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


def get(template_id: int) -> Template | None:
    row = ReplyTemplate.objects.filter(pk=template_id).values_list(*Template._fields).first()
    return Template(*row) if row else None


def sample_case(person: Person) -> int | None:
    """Return the newest open case that somebody sees, to try a template on."""
    newest = visible_to(person).filter(IS_OPEN, contact__email__isnull=False).order_by("-id")
    return newest.values_list("id", flat=True).first()


def offered(*, language: str) -> list[Template]:
    """Return what is offered for a reader of a language: theirs, and those for any."""
    rows = ReplyTemplate.objects.filter(is_active=True, language__in=("", language))
    return [
        Template(*row) for row in rows.order_by("name", "-language").values_list(*Template._fields)
    ]
