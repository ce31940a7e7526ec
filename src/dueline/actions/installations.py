"""What a company runs: kept by the desk's administrators and by the company's super-users."""

from datetime import datetime

from django.db import IntegrityError, transaction

from dueline.actions import contact_changes
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Installation, Organization

_LENGTHS = {"product": 100, "version": 60, "environment": 60}


def add_installation(
    organization_id: int,
    *,
    product: str,
    version: str,
    environment: str,
    actor: Person,
    at: datetime,
) -> Installation:
    """Raises Refusal with the name of the field as its code."""
    _refuse_others(organization_id, actor)
    typed = {"product": product, "version": version, "environment": environment}
    said = {name: " ".join(text.split()) for name, text in typed.items()}
    if not said["product"]:
        raise Refusal("product", "Write what it is called.")
    for name, text in said.items():
        if len(text) > _LENGTHS[name]:
            raise Refusal(name, "This is too long.")
    try:
        with transaction.atomic():
            added = Installation.objects.create(organization_id=organization_id, **said)
            _record("installation", added, actor=actor, at=at)
    except IntegrityError as error:
        raise Refusal("product", "This installation is on the list already.") from error
    return added


def remove_installation(
    installation_id: int, *, organization_id: int, actor: Person, at: datetime
) -> None:
    """Take an installation off the list. Cases keep what they were about."""
    _refuse_others(organization_id, actor)
    with transaction.atomic():
        found = Installation.objects.filter(
            pk=installation_id, organization_id=organization_id
        ).first()
        if found is None:
            raise Refusal("not-found", "There is no such installation.")
        _record("no-installation", found, actor=actor, at=at)
        found.delete()


def _refuse_others(organization_id: int, actor: Person) -> None:
    keeps_all = actor.is_agent and actor.is_administrator
    keeps_own = actor.is_contact and actor.is_super_user
    is_own = keeps_own and actor.organization_id == organization_id
    exists = Organization.objects.filter(pk=organization_id).exists()
    if not exists or not (keeps_all or is_own):
        raise Refusal("not-found", "There is no such company.")


def _record(what: str, installation: Installation, *, actor: Person, at: datetime) -> None:
    contact_changes.record(
        what,
        organization_id=installation.organization_id,
        actor=actor,
        at=at,
        installation=f"{installation.product} {installation.version}".strip(),
    )
