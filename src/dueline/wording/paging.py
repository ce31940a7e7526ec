"""Pages in sentences: what happened, what comes next, and whom a step means."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop, ngettext

from dueline.core.events import Kind
from dueline.core.paging import Chain, Step
from dueline.wording.language import say as _
from dueline.wording.times import say_span

# Those that the desk itself does; an acknowledgement has an author.
PAGING_KINDS = (Kind.PAGING_STARTED, Kind.PAGED, Kind.PAGE_FAILED, Kind.PAGING_ENDED)

_STARTED = {
    "critical": gettext_noop("The case is Critical: people are paged, by the chain “%(chain)s”."),
    "reopened": gettext_noop(
        "A Critical case is open again: people are paged, by the chain “%(chain)s”."
    ),
    "not_activated": gettext_noop(
        "A promise has passed its time: people are paged again, by the chain “%(chain)s”."
    ),
}
_BY_HAND = gettext_noop("People are paged, by the chain “%(chain)s”.")
_LATER = gettext_noop(
    "The case is Critical and the desk is open: people are paged, by the chain “%(chain)s”, if"
    " nobody takes it up."
)
_ENDED = {
    "activated": gettext_noop("The case is activated, so nobody needs to be woken any more."),
    "resolved": gettext_noop("The case is resolved, so nobody needs to be woken any more."),
    "closed": gettext_noop("The case is closed, so nobody needs to be woken any more."),
    "merged": gettext_noop("The case goes on in another one, so nobody is woken for this one."),
    "lowered": gettext_noop("The case is no longer Critical, so nobody is woken any more."),
}


def say_paging(kind: str, facts: Mapping[str, Any]) -> str:
    """Say what the desk did to wake people."""
    match kind:
        case Kind.PAGING_STARTED:
            sentence = _LATER if facts.get("from_at") else _STARTED.get(facts["why"], _BY_HAND)
            said = _(sentence) % {"chain": facts.get("chain", "")}
        case Kind.PAGED:
            said = _("%(name)s was paged.") % {"name": facts.get("name", "")}
        case Kind.PAGE_FAILED:
            said = _failed(facts)
        case _:
            said = _ended(facts)
    if facts.get("late"):
        late = say_span(timedelta(seconds=facts["late"]))
        said += " " + _("It was %(late)s late.") % {"late": late}
    return said


def _failed(facts: Mapping[str, Any]) -> str:
    if facts.get("reason") != "nobody":
        return _("%(name)s could not be paged: no way to them worked.") % {
            "name": facts.get("name", "")
        }
    if facts.get("whom") == "rota":
        return _("Nobody is on call, so the next step follows at once.")
    return _("This step of the chain reaches nobody, so the next one follows at once.")


def _ended(facts: Mapping[str, Any]) -> str:
    if facts.get("reason") != "exhausted":
        return _(_ENDED.get(facts.get("reason", ""), gettext_noop("Nobody is paged any more.")))
    said = _("Nobody acknowledged: all were paged in vain.")
    if facts.get("told"):
        said += " " + _("Told of it: %(told)s.") % {"told": ", ".join(facts["told"])}
    return said


def say_whom(step: Step, *, rotas: Mapping[int, str], agents: Mapping[int, str]) -> str:
    """Say whom a step pages: "whoever is on call in “Night”", "Bo Ström"."""
    match step.whom:
        case "rota":
            name = rotas.get(step.rota or 0, "–")
            said = _("whoever is on call in “%(rota)s”") % {"rota": name}
        case "agent":
            said = agents.get(step.agent or 0, "–")
        case "managers":
            said = _("the support managers")
        case _:
            said = _("everyone of Tier One")
    besides = [agents.get(one, "–") for one in step.also]
    return ", ".join([said, *besides])


def say_rounds(chain: Chain) -> str:
    """Say how often a chain is gone through, and how long that takes."""
    whole = sum((step.wait for step in chain.steps), start=timedelta()) * chain.rounds
    times = ngettext("once", "%(count)s times", chain.rounds) % {"count": chain.rounds}
    return _("It is gone through %(times)s, which takes %(span)s.") % {
        "times": times,
        "span": say_span(whole),
    }
