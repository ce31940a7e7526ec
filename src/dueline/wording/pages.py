"""What a page says. It lies on locked telephones and with foreign services: number, priority and
due time, and nothing that a customer wrote or is."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from dueline.core.policy import CommitmentKind
from dueline.wording.explain import KIND_NAMES
from dueline.wording.mail_paper import MailText, write
from dueline.wording.states import say_priority
from dueline.wording.times import say_clock, say_instant

_WHY = {
    "critical": gettext_noop("%(priority)s case %(number)s"),
    "not_activated": gettext_noop("%(priority)s case %(number)s: nobody has begun yet"),
    "reopened": gettext_noop("%(priority)s case %(number)s: reopened"),
    "by_hand": gettext_noop("%(priority)s case %(number)s: you are called"),
}


@dataclass(frozen=True, slots=True)
class PageFacts:
    """All that a page may know.

    why: of `Paging.Why`. number, priority: "" where it is about the desk itself, and `said` is what
    it says. kind, due_at: of the promise that falls due next; "" and None: there is none.
    zone: of the one who reads it, IANA. url: of the link that acknowledges.
    """

    why: str
    number: str
    priority: str
    said: str
    kind: str
    due_at: datetime | None
    now: datetime
    zone: str
    url: str
    code: str


@dataclass(frozen=True, slots=True)
class PageText:
    title: str
    body: str


def page(facts: PageFacts) -> PageText:
    """Return the text of a page: short enough for one text message."""
    parts = [say_due(facts), _("Acknowledge: %(url)s") % {"url": facts.url}]
    answer = _("(or answer ACK %(code)s)") % {"code": facts.code}
    return PageText(title=say_what(facts), body=" ".join([*filter(None, parts), answer]))


def page_mail(facts: PageFacts) -> MailText:
    """Return the same as a mail, to which any answer acknowledges."""
    return write(
        say_what(facts),
        [
            say_due(facts),
            _("Acknowledge: %(url)s") % {"url": facts.url},
            _("Or simply answer this mail."),
        ],
    )


def trial(*, desk_name: str) -> PageText:
    """Return what a test page says."""
    return PageText(
        title=_("Test page from %(desk)s") % {"desk": desk_name},
        body=_("This is how you are woken. Nothing has happened; nobody waits for an answer."),
    )


def trial_mail(*, desk_name: str) -> MailText:
    text = trial(desk_name=desk_name)
    return write(text.title, [text.body])


def say_what(facts: PageFacts) -> str:
    """Return what it is about, in one line."""
    if not facts.number:
        return facts.said
    words = {"priority": say_priority(facts.priority), "number": facts.number}
    return _(_WHY.get(facts.why, _WHY["critical"])) % words


def say_due(facts: PageFacts) -> str:
    """Return what falls due next, and when. "": nothing does."""
    if facts.due_at is None or not facts.kind:
        return ""
    words = {
        "kind": _(KIND_NAMES[CommitmentKind(facts.kind)]),
        "time": say_clock(facts.due_at, now=facts.now, zone=facts.zone),
    }
    if facts.due_at < facts.now:
        return _("%(kind)s was due %(time)s.") % words
    return _("%(kind)s due %(time)s.") % words


def say_acknowledged(*, name: str, at: datetime, now: datetime, zone: str) -> str:
    words = {"name": name, "time": say_instant(at, now=now, zone=zone)}
    return pgettext("a page", "Acknowledged by %(name)s, %(time)s.") % words


def say_taken(name: str) -> str:
    """Answer a text message that acknowledged."""
    return pgettext("a page", "Acknowledged by %(name)s.") % {"name": name}


# --- to those who lead -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SilentFacts:
    """Nobody could be reached by any way of theirs. says: (way, what its service said)."""

    name: str
    number: str
    says: tuple[tuple[str, str], ...]
    url: str


def unreached(facts: SilentFacts) -> MailText:
    """Tell that a page to somebody did not leave, by none of their ways."""
    words = {"name": facts.name, "number": facts.number}
    what = (
        _("%(name)s should be woken for case %(number)s, and no page reaches them.") % words
        if facts.number
        else _("%(name)s should be woken, and no page reaches them.") % words
    )
    return write(
        _("No page reaches %(name)s") % words,
        [
            what,
            "\n".join(f"{way}: {said}" for way, said in facts.says)
            or _("No way to reach them is set up."),
            _("The next one in the chain is paged now, and we go on trying.") + f"\n{facts.url}",
        ],
    )
