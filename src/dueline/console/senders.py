"""The sender of a mail as pages show them: where they write from, and what is known of that.

Draw one with the macros of `console/sender.html`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from dueline.core.look_alikes import is_same_name, readable_domain
from dueline.core.trust import NOT_CHECKED, read_trust
from dueline.queries.senders import Resemblance, Sender, resemblances
from dueline.queries.timeline import MessageRow
from dueline.wording.senders import (
    say_domain_resemblance,
    say_mixed_scripts,
    say_name_resemblance,
    say_verdict,
    say_why,
)


class SenderMark(NamedTuple):
    """verdict: "pass", "fail", "unknown"; "" where nobody looks at senders. warning: whom they
    could be taken for, a sentence, or ""."""

    address: str
    verdict: str = ""
    word: str = ""
    why: str = ""
    warning: str = ""


def marks_of(
    mails: Iterable[tuple[Any, str, Mapping[str, Any]]], *, names: Mapping[Any, str] | None = None
) -> dict[Any, SenderMark]:
    """Return a mark for each mail: (key, sender's address, `InboxItem.trust`).

    names: how senders are called on the page, by key; without it, as the mails call them.
    """
    kept = list(mails)
    called = {
        key: Sender((names or {}).get(key) or trust.get("name", ""), address)
        for key, address, trust in kept
    }
    resembled = resemblances(called.values())
    return {key: _mark(called[key], trust, resembled.get(called[key])) for key, _, trust in kept}


def marks_of_messages(messages: Iterable[MessageRow]) -> dict[int, SenderMark]:
    """Return a mark for each message that came by mail, by its id.

    The address stands there where the name alone does not say who wrote.
    """
    mails = [one for one in messages if one.channel == "mail" and one.address]
    strangers = [one for one in mails if one.organization_id is None]
    marks = marks_of(
        ((one.id, one.address or "", one.trust or {}) for one in strangers),
        names={one.id: one.contact or "" for one in strangers},
    )
    for one in mails:
        if one.organization_id is not None:
            facts, contact = one.trust or {}, one.contact or ""
            is_named = is_same_name(facts.get("name", contact), contact)
            shown = "" if is_named else one.address or ""
            marks[one.id] = _mark(Sender(contact, shown), facts, None)
    return marks


def _mark(sender: Sender, facts: Mapping[str, Any], found: Resemblance | None) -> SenderMark:
    warning = _warning(sender, found) if found else ""
    trust = read_trust(facts)
    if trust == NOT_CHECKED:
        return SenderMark(sender.address, warning=warning)
    return SenderMark(
        sender.address, trust.verdict.value, say_verdict(trust), say_why(trust), warning
    )


def _warning(sender: Sender, found: Resemblance) -> str:
    domain = readable_domain(sender.address.rpartition("@")[2])
    if found.kind == "domain":
        return say_domain_resemblance(found.what, domain)
    if found.kind == "name":
        return say_name_resemblance(found.what, sender.address, who=found.who)
    return say_mixed_scripts(domain)
