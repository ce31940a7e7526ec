"""What was changed on a company's list of people, one sentence each."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


@dataclass(frozen=True, slots=True)
class Changed:
    """what: a key of `_SAID`. who: who changed it; name: whom it concerns."""

    what: str
    who: str
    name: str
    facts: Mapping[str, object]


_SAID = {
    "added": gettext_noop("%(who)s added %(name)s."),
    "vouched": gettext_noop("%(who)s vouched for %(name)s, who is on the list from now on."),
    "changed": gettext_noop("%(who)s changed how %(name)s is called or reached."),
    "super-user": gettext_noop("%(who)s made %(name)s a super-user."),
    "no-super-user": gettext_noop("%(who)s took the rights of a super-user from %(name)s."),
    "sees-company": gettext_noop("%(who)s let %(name)s see all cases of the company."),
    "sees-own": gettext_noop("%(who)s let %(name)s see only their own cases."),
    "left": gettext_noop("%(who)s said that %(name)s has left."),
    "returned": gettext_noop("%(who)s put %(name)s on the list again."),
    "escalation": gettext_noop("%(who)s had %(name)s told of promises that are long overdue."),
    "no-escalation": gettext_noop(
        "%(who)s had %(name)s no longer told of promises that are long overdue."
    ),
    "confirmed": gettext_noop("%(who)s confirmed the list."),
    "installation": gettext_noop("%(who)s added the installation %(installation)s."),
    "no-installation": gettext_noop("%(who)s removed the installation %(installation)s."),
}
_DATED = {
    (True, True): gettext_noop("From %(from)s to %(until)s."),
    (True, False): gettext_noop("From %(from)s on."),
    (False, True): gettext_noop("Until %(until)s."),
}


def say_change(change: Changed) -> str:
    facts = {name: str(value) for name, value in change.facts.items()}
    words = {"who": change.who, "name": change.name, **facts}
    said = _(_SAID[change.what]) % words
    dated = _DATED.get((bool(facts.get("from")), bool(facts.get("until"))))
    return f"{said} {_(dated) % words}" if dated else said
