"""Who is away, and who stands in, in sentences."""

from datetime import date

from dueline.wording.language import say as _
from dueline.wording.times import say_date


def say_stands_in(name: str) -> str:
    """Tell a colleague why a notice comes to them. name: of who is away."""
    return _("%(name)s is away, and this comes to you instead.") % {"name": name}


def say_away(name: str, *, until: date | None, deputy: str) -> str:
    """Say that somebody is away, until when, and who stands in. deputy: "" for none."""
    facts = {"name": name, "deputy": deputy, "day": say_date(until) if until else ""}
    if until and deputy:
        return _("%(name)s is away until %(day)s; %(deputy)s stands in.") % facts
    if until:
        return _("%(name)s is away until %(day)s.") % facts
    if deputy:
        return _("%(name)s is away; %(deputy)s stands in.") % facts
    return _("%(name)s is away.") % facts
