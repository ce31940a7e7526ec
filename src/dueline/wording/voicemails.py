"""Voicemails in words: how long, how bad, and how that is known."""

from django.utils.translation import gettext_noop

from dueline.wording.language import say as _
from dueline.wording.states import say_priority

_BY = {
    "keypad": gettext_noop("%(priority)s, by a key that the caller pressed"),
    "header": gettext_noop("%(priority)s, as the telephone system says"),
    "person": gettext_noop("%(priority)s, as %(who)s heard it"),
}


def say_length(seconds: int | None) -> str:
    """Say "0:42"; "" where nobody knows."""
    return "" if seconds is None else f"{seconds // 60}:{seconds % 60:02}"


def say_stated(priority: str, *, by: str, who: str) -> str:
    """Say which priority was stated, and how that is known; "" where nothing was stated."""
    if not priority:
        return ""
    facts = {"priority": say_priority(priority), "who": who or _("a colleague")}
    return _(_BY.get(by, _BY["header"])) % facts
