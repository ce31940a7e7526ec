"""What happened to a case, in whole sentences, for the people at the desk."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop

from dueline.core.case_numbers import case_number
from dueline.core.events import Kind
from dueline.core.policy import DUE
from dueline.wording.language import say as _
from dueline.wording.paging import PAGING_KINDS, say_paging
from dueline.wording.promise_lines import say_kind
from dueline.wording.states import say_priority, say_stage
from dueline.wording.times import say_span

# Those that carry a text of their own (messages, notes, calls, questions) are drawn with it.
_SAID = {
    Kind.ACKNOWLEDGED: gettext_noop("Acknowledged as %(number)s."),
    Kind.OWNED: gettext_noop("%(who)s owns the case."),
    Kind.ACTIVATED: gettext_noop("%(who)s activated the case and began to isolate the problem."),
    Kind.STAGE_CHANGED: gettext_noop("%(who)s: %(stage)s."),
    Kind.INFORMATION_ASKED: gettext_noop("From here the case waits for the customer."),
    Kind.THIRD_PARTY_AWAITED: gettext_noop("From here the case waits for a third party: %(whom)s"),
    Kind.WAIT_ENDED: gettext_noop("The wait is over."),
    Kind.CALL_BACK_ASKED: gettext_noop("%(who)s asks to be called back: %(phone)s."),
    Kind.ASSISTANCE_TAKEN: gettext_noop("%(who)s took the question to Tier Two."),
    Kind.ASSISTANCE_TAKEN_BACK: gettext_noop("%(who)s took the question to Tier Two back."),
    Kind.PRIORITY_CHANGED: gettext_noop(
        "%(who)s changed the priority from %(old)s to %(new)s: %(reason)s"
    ),
    Kind.ESCALATED: gettext_noop("%(who)s escalated from %(old)s to %(new)s: %(reason)s"),
    Kind.RESOLVED: gettext_noop("%(who)s resolved the case."),
    Kind.REOPENED: gettext_noop("%(who)s reopened the case: %(reason)s"),
    Kind.CLOSED: gettext_noop("%(who)s closed the case."),
    Kind.BOUNCED: gettext_noop(
        "A message could not be delivered to the customer. It counts as not sent."
    ),
    Kind.EXTENDED: gettext_noop("%(who)s extended a promise, approved by %(approver)s: %(reason)s"),
    Kind.REBASED: gettext_noop("%(who)s put the case under another contract: %(reason)s"),
    Kind.MERGED: gettext_noop("%(who)s merged %(other)s into this case."),
    Kind.MERGED_INTO: gettext_noop("%(who)s merged this case into %(other)s."),
    Kind.UNMERGED: gettext_noop("%(who)s took the merged cases apart again."),
    Kind.SPLIT_OFF: gettext_noop(
        "%(who)s made a message of this case a case of its own: %(other)s."
    ),
    Kind.PROBLEM_LINKED: gettext_noop("%(who)s linked the known problem “%(title)s”."),
    Kind.PROBLEM_UNLINKED: gettext_noop("%(who)s unlinked the known problem “%(title)s”."),
    Kind.ENHANCEMENT_MARKED: gettext_noop("%(who)s put it on the list of enhancements."),
    Kind.INSTALLATION_SET: gettext_noop("%(who)s set the installation: %(installation)s"),
    Kind.CONTACT_CHANGED: gettext_noop("%(who)s made %(name)s the contact of the case."),
    Kind.WATCHER_ADDED: gettext_noop("%(who)s lets %(name)s watch the case."),
    Kind.WATCHER_REMOVED: gettext_noop("%(who)s no longer lets %(name)s watch the case."),
    Kind.VOUCHED: gettext_noop("%(who)s vouched for the request."),
    Kind.REMINDED: gettext_noop("The customer was reminded that we wait for an answer."),
    Kind.PAGE_ACKNOWLEDGED: gettext_noop("%(who)s acknowledged the page. Nobody else is woken."),
}


def say_event(kind: str, *, who: str, number: str, facts: Mapping[str, Any]) -> str:
    """Say what happened. Empty for what is drawn with its own text.

    who: the author's name; empty for the desk itself.
    """
    if kind == Kind.NOTICED:
        return _noticed(facts)
    if kind in PAGING_KINDS:
        return say_paging(kind, facts)
    sentence = _said_by(Kind(kind), facts)
    if sentence is None:
        return ""
    words = {
        "who": (facts.get("name") if kind == Kind.OWNED else "") or who or _("The desk"),
        "number": number,
        "stage": say_stage(facts.get("stage", "")).lower(),
        "phone": facts.get("phone", ""),
        "old": _priority(facts.get("old")),
        "new": _priority(facts.get("new")),
        "reason": facts.get("reason", ""),
        "whom": facts.get("whom", ""),
        "approver": facts.get("approver", ""),
        "other": case_number(int(facts["case"])) if "case" in facts else facts.get("number", ""),
        "title": facts.get("title", ""),
        "before": facts.get("before", ""),
        "name": facts.get("name", ""),
        "installation": " ".join(
            str(facts[word]) for word in ("product", "version", "environment") if facts.get(word)
        ),
    }
    said = (_(sentence) % words).removesuffix(": ")
    if facts.get("consent"):
        said += " " + _("(Agreed to by: %(consent)s)") % {"consent": facts["consent"]}
    if facts.get("confirmed_by"):
        said += " " + _("(Confirmed by: %(who)s)") % {"who": facts["confirmed_by"]}
    return said


def _said_by(kind: Kind, facts: Mapping[str, Any]) -> str | None:
    if kind is Kind.ENHANCEMENT_MARKED and not facts.get("is_enhancement"):
        return _TAKEN_OFF
    if kind is Kind.CLOSED and facts.get("reason") == "silence":
        return _IN_SILENCE
    if kind is Kind.CALL_BACK_ASKED and not facts.get("phone"):
        return _NO_NUMBER
    if kind is Kind.ASSISTANCE_TAKEN and facts.get("released"):
        return _RELEASED
    if kind is Kind.ASSISTANCE_TAKEN and facts.get("before"):
        return _TAKEN_OVER
    if kind is Kind.BOUNCED and facts.get("taken_back"):
        return _NEVER_LEFT
    if kind is Kind.PAGE_ACKNOWLEDGED:
        return _ACKNOWLEDGED.get(facts.get("way", ""), _SAID[kind])
    return _SAID.get(kind)


_ACKNOWLEDGED = {
    "link": gettext_noop("%(who)s acknowledged the page by its link. Nobody else is woken."),
    "reply": gettext_noop(
        "%(who)s acknowledged the page by an answer to it. Nobody else is woken."
    ),
    "work": gettext_noop("%(who)s has taken the case up. Nobody else is woken."),
}
_NO_NUMBER = gettext_noop("%(who)s asks to be called back, and the number is withheld.")
_TAKEN_OFF = gettext_noop("%(who)s took it off the list of enhancements.")
_NEVER_LEFT = gettext_noop(
    "%(who)s took a mail to the customer back before it left. It counts as not sent: %(reason)s"
)
_RELEASED = gettext_noop("%(who)s gave the question to Tier Two out of their hands again.")
_TAKEN_OVER = gettext_noop("%(who)s took the question to Tier Two over from %(before)s.")
_IN_SILENCE = gettext_noop("The case was closed, since the customer did not answer.")


def _noticed(facts: Mapping[str, Any]) -> str:
    words = {"kind": say_kind(facts["commitment"]), "told": ", ".join(facts.get("told", ()))}
    step = facts["step"]
    # The first edition knew two steps, by name.
    percent = {"warning": 75, "due": DUE}[step] if isinstance(step, str) else step
    if percent < DUE:
        said = _("%(kind)s comes due.") % words
    elif percent == DUE:
        said = _("%(kind)s was missed.") % words
    else:
        said = _("%(kind)s is long overdue.") % words
    if words["told"]:
        said += " " + _("Told of it: %(told)s.") % words
    if facts.get("late"):
        late = say_span(timedelta(seconds=facts["late"]))
        said += " " + _("This notice came %(late)s late.") % {"late": late}
    return said


def _priority(priority: Any) -> str:
    return say_priority(priority) if priority else ""
