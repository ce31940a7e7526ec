"""The letters that acts write: facts gathered, worded by `wording.mails`, put into the outbox.

Each is called inside the act's transaction, after its events were appended, so that
`change.commitments()` is what the letter promises.
"""

from collections.abc import Sequence

from dueline.actions._change import Change
from dueline.core.commitments import Commitment
from dueline.models import Message


def acknowledge(change: Change, *, verified: bool, missing: Sequence[str]) -> None:
    """To the contact: number, priority, what is promised and when, what is missing."""


def reply(change: Change, message: Message) -> None:
    """To the contact: the engineer's words, then the promise line."""


def information_asked(change: Change, message: Message) -> None:
    """To the contact: the engineer's question, and that the case waits for them."""


def resolution(change: Change, message: Message) -> None:
    """To the contact: how it was solved, and how to reopen."""


def customer_wrote(change: Change, message: Message) -> None:
    """To the owner, if there is one: the customer wrote (who and which case; no text)."""


def notice(change: Change, commitment: Commitment, step: str) -> None:
    """To the owner, if there is one: a promise comes due ("warning") or was missed ("due")."""
