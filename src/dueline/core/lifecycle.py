"""The states of a case and what may happen in each.

New → Responded → Active (assess, isolate, resolve) → Resolved → Closed
             ↘      ↓↑
              Waiting for the customer              reopen → New
              or for a third party

An open case may also be merged into another one, and taken out of it again.
"""

from enum import StrEnum

from dueline.core.errors import Refusal, gettext_noop


class CaseState(StrEnum):
    NEW = "new"
    RESPONDED = "responded"
    ACTIVE = "active"
    WAITING = "waiting"  # for the customer
    THIRD_PARTY = "third_party"  # waiting for somebody who is neither customer nor desk
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"  # another case goes on in its place

    @property
    def is_open(self) -> bool:
        return self not in (CaseState.RESOLVED, CaseState.CLOSED, CaseState.MERGED)

    @property
    def waits(self) -> bool:
        """The next move is somebody else's, not the desk's."""
        return self in (CaseState.WAITING, CaseState.THIRD_PARTY)


class Stage(StrEnum):
    ASSESS = "assess"
    ISOLATE = "isolate"
    RESOLVE = "resolve"


class Act(StrEnum):
    """What a person can do that depends on, or changes, the state."""

    RESPOND = "respond"  # a reply, or a call in which we spoke
    ACTIVATE = "activate"
    SET_STAGE = "set_stage"
    ASK_CUSTOMER = "ask_customer"
    AWAIT_THIRD_PARTY = "await_third_party"
    END_WAIT = "end_wait"
    ASK_TIER_TWO = "ask_tier_two"
    CHANGE_PRIORITY = "change_priority"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CLOSE = "close"
    EXTEND = "extend"  # a promise, by a manager's word
    MERGE = "merge"  # this case into another one
    UNMERGE = "unmerge"  # … and out again: the state before comes back
    SPLIT = "split"  # a message of this case becomes a case of its own


_S = CaseState
_OPEN = (_S.NEW, _S.RESPONDED, _S.ACTIVE, _S.WAITING, _S.THIRD_PARTY)
_AT_WORK = (_S.NEW, _S.RESPONDED, _S.ACTIVE)

# act → the states in which it may happen, and the state after it (None: it stays).
# END_WAIT leads back to where the case was: see `after`.
_RULES: dict[Act, tuple[tuple[CaseState, ...], CaseState | None]] = {
    Act.RESPOND: (_OPEN, None),
    Act.ACTIVATE: ((_S.RESPONDED,), _S.ACTIVE),
    Act.SET_STAGE: ((_S.ACTIVE,), None),
    Act.ASK_CUSTOMER: (_AT_WORK, _S.WAITING),
    Act.AWAIT_THIRD_PARTY: (_AT_WORK, _S.THIRD_PARTY),
    Act.END_WAIT: ((_S.WAITING, _S.THIRD_PARTY), None),
    Act.ASK_TIER_TWO: (_OPEN, None),
    Act.CHANGE_PRIORITY: (_OPEN, None),
    Act.ESCALATE: (_OPEN, None),
    Act.RESOLVE: (_OPEN, _S.RESOLVED),
    Act.REOPEN: ((_S.RESOLVED, _S.CLOSED), _S.NEW),
    Act.CLOSE: ((*_OPEN, _S.RESOLVED), _S.CLOSED),
    Act.EXTEND: (_OPEN, None),
    Act.MERGE: (_OPEN, _S.MERGED),
    Act.UNMERGE: ((_S.MERGED,), None),
    Act.SPLIT: ((*_OPEN, _S.RESOLVED, _S.CLOSED), None),
}

_WHY_NOT = {
    Act.ACTIVATE: gettext_noop(
        "Answer the customer first: the activation is counted from the response."
    ),
    Act.SET_STAGE: gettext_noop("Activate the case first: the stages are steps of an active case."),
    Act.ASK_CUSTOMER: gettext_noop(
        "The case already waits for the customer, or it is no longer open."
    ),
    Act.AWAIT_THIRD_PARTY: gettext_noop("The case waits already, or it is no longer open."),
    Act.END_WAIT: gettext_noop("The case waits for nobody."),
    Act.UNMERGE: gettext_noop("The case is not merged into another one."),
    Act.REOPEN: gettext_noop("The case is open already."),
    Act.CLOSE: gettext_noop("The case is closed already."),
}
_WHY_ACTIVE = gettext_noop("The case is active already.")
_MERGED = gettext_noop("The case goes on in another one: act there, or undo the merge.")
_NOT_OPEN = gettext_noop("The case is no longer open. Reopen it first.")


def allows(state: CaseState, act: Act) -> bool:
    return state in _RULES[act][0]


def after(state: CaseState, act: Act, *, activated: bool, responded: bool = True) -> CaseState:
    """Return the state after `act`.

    activated: an engineer has begun to isolate the problem. responded: a word of ours has reached
    the customer; both since the case was last opened.
    Raises Refusal("not-now") when the act has no place in this state.
    """
    if not allows(state, act):
        raise Refusal("not-now", _why_not(state, act, activated=activated))
    if act is Act.RESPOND and state is CaseState.NEW:
        return CaseState.RESPONDED
    if act is Act.END_WAIT:
        if activated:
            return CaseState.ACTIVE
        return CaseState.RESPONDED if responded else CaseState.NEW
    return _RULES[act][1] or state


def _why_not(state: CaseState, act: Act, *, activated: bool) -> str:
    if state is CaseState.MERGED:
        return _MERGED
    if act is Act.ACTIVATE and activated:
        return _WHY_ACTIVE
    return _WHY_NOT.get(act, _NOT_OPEN)
