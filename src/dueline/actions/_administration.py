"""Only administrators change what the desk is."""

from dueline.core.audience import Person
from dueline.core.errors import Refusal


def administrators_only(actor: Person) -> None:
    """Raise Refusal("not-found") for anybody else: they do not learn that there is such an act."""
    if not (actor.is_agent and actor.is_administrator):
        raise Refusal("not-found", "There is no such page.")
