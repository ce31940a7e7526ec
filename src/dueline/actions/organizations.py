"""The companies that are supported."""

from datetime import datetime

from django.utils.translation import gettext as _

from dueline.actions._administration import administrators_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Organization


def add_organization(*, name: str, actor: Person, at: datetime) -> Organization:
    """Raises Refusal("name") for an empty name and for one that is taken."""
    administrators_only(actor)
    name = _checked(name)
    organization, is_new = Organization.objects.get_or_create(
        name=name, defaults={"created_at": at}
    )
    if not is_new:
        raise Refusal("name", _("There is a company with this name already."))
    return organization


def rename_organization(organization_id: int, *, name: str, actor: Person, at: datetime) -> None:
    administrators_only(actor)
    name = _checked(name)
    if Organization.objects.filter(name=name).exclude(pk=organization_id).exists():
        raise Refusal("name", _("There is a company with this name already."))
    if not Organization.objects.filter(pk=organization_id).update(name=name):
        raise Refusal("not-found", _("There is no such company."))


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise Refusal("name", _("Write the name of the company."))
    return name
