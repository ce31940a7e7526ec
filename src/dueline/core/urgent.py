"""“Urgent” in a subject: with a call, it makes a case Critical on the plans that have it."""

import re

# The customers' languages. "Brådskande" is what Swedish mail programs themselves write.
_WORDS = "urgent|akut|brådskande|haster"
# A subject that says the opposite must wake nobody.
_NOT = "not|non|no|inte|ej|icke|ikke"
_SAID = re.compile(
    rf"(?<!\w)(?:(?P<not>{_NOT})[\s-]+)?(?:{_WORDS})(?!\w)(?!\s+(?:{_NOT})\b)", re.IGNORECASE
)


def says_urgent(subject: str) -> bool:
    """Whether a subject says that it is urgent, in English, Swedish or Norwegian."""
    return any(match["not"] is None for match in _SAID.finditer(subject[:1000]))
