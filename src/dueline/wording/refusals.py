"""What the rules said no to, in the reader's language."""

from django.utils.translation import gettext

from dueline.core.errors import Refusal


def say_refusal(refusal: Refusal) -> str:
    """Say why something was refused. `bin/messages` collects the sentences from `Refusal(…)`."""
    said = gettext(refusal.words)
    return said % refusal.facts if refusal.facts else said
