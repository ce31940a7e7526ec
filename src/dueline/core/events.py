"""What can happen to a case: the closed list of event kinds, and the event itself.

A case *is* its events. The clocks are computed from them (`core.commitments`), the time
line is drawn from them, and nothing else changes a case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Every kind of event. The comment names the facts that it carries."""

    # priority, plan, policy, calendar, channel; calendars: {name: version} where cells name them;
    # not_covered, urgent, held_since, not_super_user (though the plan wants one),
    # lacks_super_user (the company has none) when they are so; product, version, environment
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"  # by machine: promises nothing new, meets nothing
    MESSAGE_RECEIVED = "message_received"  # the customer wrote, by any door
    REPLY_SENT = "reply_sent"  # a person wrote to the customer
    # reached: bool, direction: "out" | "in", phone; left_message, seconds, where somebody said so
    CALL_LOGGED = "call_logged"
    CALL_BACK_ASKED = "call_back_asked"  # phone; voicemail: its id, if they left one
    NOTE_ADDED = "note_added"  # internal
    OWNED = "owned"  # agent: id, name
    ACTIVATED = "activated"
    STAGE_CHANGED = "stage_changed"  # stage
    # reply: id of the REPLY_SENT that asks. The case waits for the customer from here …
    INFORMATION_ASKED = "information_asked"
    THIRD_PARTY_AWAITED = "third_party_awaited"  # whom. Or for a third party, …
    WAIT_ENDED = "wait_ended"  # … to here
    ASSISTANCE_ASKED = "assistance_asked"  # question: id, within: target
    # question: id; before: the name of the colleague who had it; released: nobody has it any more
    ASSISTANCE_TAKEN = "assistance_taken"
    # question, entry: ids. Tier Two wants to know more, and the clock runs on.
    ASSISTANCE_ASKED_BACK = "assistance_asked_back"
    ASSISTANCE_ADDED_TO = "assistance_added_to"  # question, entry: ids. Whoever asked says more
    ASSISTANCE_ANSWERED = "assistance_answered"  # question, entry: ids
    ASSISTANCE_TAKEN_BACK = "assistance_taken_back"  # question: id
    # old, new, reason, consent (who agreed to a lowering), urgent (a call about an urgent case)
    PRIORITY_CHANGED = "priority_changed"
    ESCALATED = "escalated"  # old, new, reason
    # commitment, ordinal, question, until (ISO), reason, approver, words (to the customer)
    EXTENDED = "extended"
    REBASED = "rebased"  # plan, policy, calendar, calendars, reason: another contract holds
    RESOLVED = "resolved"  # minutes: what it took, if somebody said so
    REOPENED = "reopened"  # reason
    CLOSED = "closed"
    # event: id of the REPLY_SENT that never arrived. taken_back, reason: we did not let it leave
    BOUNCED = "bounced"
    # case: the id of the other one. carried: what was owed there and is owed here from now on,
    # as `core.merging.carry` writes it
    MERGED = "merged"
    MERGED_INTO = "merged_into"  # case: the id of the surviving one. state: what it was before
    UNMERGED = "unmerged"  # merge: id of the MERGED or MERGED_INTO event that no longer holds
    SPLIT_OFF = "split_off"  # event: the one that carried the message; number: of the new case
    PROBLEM_LINKED = "problem_linked"  # problem: id, title
    PROBLEM_UNLINKED = "problem_unlinked"  # problem: id, title
    ENHANCEMENT_MARKED = "enhancement_marked"  # is_enhancement
    INSTALLATION_SET = "installation_set"  # product, version, environment
    CONTACT_CHANGED = "contact_changed"  # before, contact: ids; name: of the new one
    WATCHER_ADDED = "watcher_added"  # contact or agent: id, name
    WATCHER_REMOVED = "watcher_removed"  # contact or agent: id, name
    # by a super-user, or by an agent to whom one confirmed it (confirmed_by), for a request that
    # was held; arrived_at (ISO)
    VOUCHED = "vouched"
    REMINDED = "reminded"  # by machine, while we wait for the customer. number: 1, 2, …
    PAGING_STARTED = "paging_started"  # paging: id, why, chain
    # paging, page: ids; agent: id, name; step: from 0; late: seconds, where it was held up
    PAGED = "paged"
    PAGE_FAILED = "page_failed"  # the same; reason: a code
    PAGE_ACKNOWLEDGED = "page_acknowledged"  # paging: id, way: "link" | "reply" | "console"
    PAGING_ENDED = "paging_ended"  # paging: id, reason: a code
    # by the sweep. step: percent of the target, commitment, ordinal, passed_at, told
    NOTICED = "noticed"


# What a customer may see of a case's history. Everything else is internal, also a kind
# that somebody adds tomorrow and forgets to think about.
PUBLIC_KINDS = frozenset(
    {
        Kind.OPENED,
        Kind.ACKNOWLEDGED,
        Kind.MESSAGE_RECEIVED,
        Kind.REPLY_SENT,
        Kind.CALL_LOGGED,
        Kind.CALL_BACK_ASKED,
        Kind.ACTIVATED,
        Kind.INFORMATION_ASKED,
        Kind.THIRD_PARTY_AWAITED,
        Kind.WAIT_ENDED,
        Kind.PRIORITY_CHANGED,
        Kind.ESCALATED,
        Kind.RESOLVED,
        Kind.REOPENED,
        Kind.CLOSED,
        Kind.BOUNCED,
        Kind.EXTENDED,
        Kind.REBASED,
        Kind.MERGED,
        Kind.MERGED_INTO,
        Kind.UNMERGED,
        Kind.SPLIT_OFF,
        Kind.VOUCHED,
        Kind.REMINDED,
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a case.

    id: grows with recording; unique within the case.
    happened_at: when it was true. recorded_at: when we were told. Both aware UTC, whole seconds.
    by: "agent", "contact" or "desk" (the machine itself).
    """

    id: int
    kind: Kind
    happened_at: datetime
    recorded_at: datetime
    by: str = "desk"
    facts: Mapping[str, Any] = field(default_factory=dict)
