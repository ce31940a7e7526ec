"""Only administrators change what the desk is."""

from dueline.core.audience import Person
from dueline.core.errors import Refusal


def administrators_only(actor: Person) -> None:
    """Raise Refusal("not-found") for anybody else: they do not learn that there is such an act."""
    if not (actor.is_agent and actor.is_administrator):
        raise Refusal("not-found", "There is no such page.")


def administrators_or_the_desk(actor: Person) -> None:
    """Let also a command through: who may run one on the desk's machine may do anything there.

    Nobody becomes the desk by a session or a form: the kind of a person never comes from there.
    """
    if actor.kind != "desk":
        administrators_only(actor)
