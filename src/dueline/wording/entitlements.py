"""How a case came to be open under its contract, for the people at the desk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dueline.wording.times import say_instant


def say_entitlement(
    opened: Mapping[str, Any], *, priority: str, now: datetime, zone: str
) -> list[str]:
    """Return what an engineer should know. opened: the facts of the event; priority: today's."""
    said = []
    if opened.get("urgent") and priority != "critical":
        said.append(_("“Urgent” in the subject: when the customer calls, it becomes Critical."))
    if opened.get("held_since"):
        since = say_instant(datetime.fromisoformat(opened["held_since"]), now=now, zone=zone)
        said.append(
            _("It was held since %(since)s, until somebody vouched for it.") % {"since": since}
        )
    elif opened.get("lacks_super_user"):
        said.append(_("The company has no super-user, so it opened without one."))
    elif opened.get("not_super_user"):
        said.append(_("The contact is no super-user, though the plan wants one."))
    return said
