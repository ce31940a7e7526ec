"""How a refused act is answered."""

from dueline.core.errors import Refusal

# The rules said no because of where things stand, not because of what was typed.
_CONFLICTS = {"stale", "not-now", "too-late", "waiting"}


def status_of(refusal: Refusal) -> int:
    return 409 if refusal.code in _CONFLICTS else 400
