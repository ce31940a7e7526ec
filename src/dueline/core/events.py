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

    OPENED = "opened"  # priority, plan, policy, calendar, channel; entitlement when not covered
    ACKNOWLEDGED = "acknowledged"  # by machine: promises nothing new, meets nothing
    MESSAGE_RECEIVED = "message_received"  # the customer wrote, by any door
    REPLY_SENT = "reply_sent"  # a person wrote to the customer
    CALL_LOGGED = "call_logged"  # reached: bool, direction: "out" | "in", phone
    CALL_BACK_ASKED = "call_back_asked"  # phone: a voicemail, or "please call me"
    NOTE_ADDED = "note_added"  # internal
    OWNED = "owned"  # agent: id, name
    ACTIVATED = "activated"
    STAGE_CHANGED = "stage_changed"  # stage
    # reply: id of the REPLY_SENT that asks. The case waits for the customer from here …
    INFORMATION_ASKED = "information_asked"
    WAIT_ENDED = "wait_ended"  # … to here
    ASSISTANCE_ASKED = "assistance_asked"  # question: id, within: target
    ASSISTANCE_ANSWERED = "assistance_answered"  # question: id
    ASSISTANCE_TAKEN_BACK = "assistance_taken_back"  # question: id
    PRIORITY_CHANGED = "priority_changed"  # old, new, reason, consent (who agreed to a lowering)
    ESCALATED = "escalated"  # old, new, reason
    RESOLVED = "resolved"
    REOPENED = "reopened"  # reason
    CLOSED = "closed"
    BOUNCED = "bounced"  # event: id of the REPLY_SENT that never arrived
    NOTICED = (
        "noticed"  # by the sweep. step: "warning" | "due", commitment, ordinal, passed_at, told
    )


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
        Kind.WAIT_ENDED,
        Kind.PRIORITY_CHANGED,
        Kind.ESCALATED,
        Kind.RESOLVED,
        Kind.REOPENED,
        Kind.CLOSED,
        Kind.BOUNCED,
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
