"""What may happen to a promise itself: it is extended, openly, or made anew by another contract."""

from datetime import datetime

from dueline.actions import letters
from dueline.actions._change import Change, changing
from dueline.actions.cases import agents_only
from dueline.core.audience import Person
from dueline.core.commitments import Commitment, State
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.lifecycle import Act
from dueline.core.policy import CommitmentKind
from dueline.queries.policies import coverage_at, named_calendars_at


def extend(
    case_id: int,
    *,
    kind: CommitmentKind,
    ordinal: int,
    until: datetime,
    reason: str,
    note: str,
    actor: Person,
    at: datetime,
) -> None:
    """Move the due time of a promise that runs. The actor approves it by name.

    reason: for colleagues. note: what the customer reads about it. It is reported as extended and
    never as met, and what was missed cannot be extended.
    Raises Refusal with the name of the field as its code, or "not-now".
    """
    agents_only(actor)
    if not (actor.is_manager or actor.is_administrator):
        raise Refusal(
            "not-allowed", "Only a support manager or an administrator may extend a promise."
        )
    if not reason.strip():
        raise Refusal("reason", "Say why the promise is extended.")
    if not note.strip() and not kind.is_internal:
        raise Refusal("note", "Write what the customer reads about it.")
    with changing(case_id, actor=actor, at=at) as change:
        change.do(Act.EXTEND)
        commitment = _running(change, kind, ordinal)
        assert commitment.due_at is not None  # noqa: S101 - a running one has it
        if until <= commitment.due_at:
            raise Refusal("until", "Choose a time after the one that was promised.")
        change.append(
            Kind.EXTENDED,
            commitment=kind.value,
            ordinal=ordinal,
            until=until.isoformat(),
            reason=reason.strip(),
            approver=actor.name,
            words=note.strip(),
            question=commitment.question,
        )
        if not kind.is_internal:
            letters.extended(change, kind, until=until, note=note.strip())


def rebase(case_id: int, *, reason: str, actor: Person, at: datetime) -> None:
    """Put a case under the contract, policy and calendar that cover its customer now.

    A promise that the new terms make earlier holds from here on; none that runs becomes later.
    Raises Refusal("not-now") if nothing would change.
    """
    agents_only(actor)
    if not reason.strip():
        raise Refusal("reason", "Say why another contract holds for the case.")
    with changing(case_id, actor=actor, at=at) as change:
        change.do(Act.CHANGE_PRIORITY)  # possible exactly as long as a priority may change
        if not put_under_todays_contract(change, reason=reason.strip()):
            raise Refusal("not-now", "The case stands under this contract already.")


def put_under_todays_contract(change: Change, *, reason: str) -> bool:
    """Let what covers the customer now hold, as a part of an act. False: it holds already."""
    case, cover = change.case, coverage_at(change.case.organization_id, at=change.at)
    before = (case.plan, case.policy_version_id, case.calendar_version_id, case.contract_id)
    after = (cover.plan, cover.policy_version.pk, cover.calendar_version.pk, cover.contract_id)
    if before == after:
        return False
    case.plan, case.contract_id = cover.plan, cover.contract_id
    case.policy_version, case.calendar_version = cover.policy_version, cover.calendar_version
    change.append(
        Kind.REBASED,
        plan=cover.plan,
        policy=cover.policy_version.pk,
        calendar=cover.calendar_version.pk,
        calendars=named_calendars_at(cover.policy_version, at=change.at),
        reason=reason,
    )
    return True


def _running(change: Change, kind: CommitmentKind, ordinal: int) -> Commitment:
    for commitment in change.commitments():
        if (commitment.kind, commitment.ordinal) == (kind, ordinal):
            if commitment.state is State.RUNNING:
                return commitment
            break
    raise Refusal("not-now", "Only a promise that runs can be extended.")
