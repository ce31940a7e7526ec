"""Mail addresses as people type them."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

_LONGEST = 254  # what a column holds, and what SMTP allows


def is_address(text: str) -> bool:
    """Say whether a text could be a mail address."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= _LONGEST
