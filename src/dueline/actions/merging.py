"""Two cases about the same matter: one goes on, and the merge can be undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from dueline.actions import letters
from dueline.actions._change import Change, changing
from dueline.actions.cases import agents_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.events import Event, Kind
from dueline.core.lifecycle import Act, CaseState
from dueline.core.merging import carry, hides_a_miss
from dueline.core.priorities import Priority
from dueline.models import Case, Watcher


def merge(case_id: int, *, into: int, actor: Person, at: datetime) -> None:
    """Let `into` go on in place of a case, and owe what was owed there.

    Nothing is moved: each keeps its own history. Who watches the one watches the other as well.
    Raises Refusal("not-now"), or Refusal("not-same-customer") for cases of different customers.
    """
    agents_only(actor)
    if case_id == into:
        raise Refusal("not-now", "A case cannot be merged into itself.")
    with _changing_both(case_id, into, actor=actor, at=at) as (gone, going_on):
        _same_customer(gone.case, going_on.case)
        if not CaseState(going_on.case.state).is_open:
            raise Refusal("not-now", "The case that should go on is no longer open.")
        if Priority(gone.case.priority).is_more_urgent_than(Priority(going_on.case.priority)):
            # What begins after the merge is promised by the surviving case's priority: it must not
            # be less than the customer chose for the other.
            raise Refusal(
                "less-urgent",
                "The case that should go on is less urgent. Merge it the other way round, or raise"
                " its priority first.",
            )
        before = CaseState(gone.case.state)
        waiting_since = gone.case.waiting_since
        carried = carry(gone.commitments(), gone.events)
        gone.do(Act.MERGE)
        gone.case.merged_into_id = into
        gone.append(
            Kind.MERGED_INTO,
            case=into,
            state=before.value,
            waiting_since=waiting_since.isoformat() if waiting_since else "",
        )
        going_on.append(Kind.MERGED, case=case_id, carried=carried)
        _let_them_watch(gone.case, into, at=at)
        letters.merged(gone, into=going_on.case)


def unmerge(case_id: int, *, actor: Person, at: datetime) -> None:
    """Take a merged case out again: both stand as if they had never been merged.

    What was said in the surviving case meanwhile stays there. Refused where a promise was missed
    since that only the merged case made: nothing hides a miss.
    """
    agents_only(actor)
    into = Case.objects.filter(pk=case_id).values_list("merged_into_id", flat=True).first()
    if into is None:
        raise Refusal("not-now", "The case is not merged into another one.")
    with _changing_both(case_id, into, actor=actor, at=at) as (gone, going_on):
        if going_on.case.state == CaseState.MERGED:
            raise Refusal(
                "not-now", "The other case is merged itself. Take that one out first, then this."
            )
        before = (*gone.commitments(), *going_on.commitments())
        gone.do(Act.UNMERGE)
        merged_into = _last(gone.events, Kind.MERGED_INTO, case=into)
        merged = _last(going_on.events, Kind.MERGED, case=case_id)
        gone.case.state = merged_into.facts["state"]
        waiting_since = merged_into.facts["waiting_since"]
        gone.case.waiting_since = datetime.fromisoformat(waiting_since) if waiting_since else None
        gone.case.merged_into_id, gone.case.closed_at = None, None
        gone.append(Kind.UNMERGED, merge=merged_into.id, case=into)
        going_on.append(Kind.UNMERGED, merge=merged.id, case=case_id)
        if hides_a_miss(before, (*gone.commitments(), *going_on.commitments())):
            raise Refusal(
                "not-now",
                "A promise was missed since the merge, and would be hidden by taking the cases"
                " apart. Make a message a case of its own instead.",
            )
        Watcher.objects.filter(case_id=into, by_merge_id=case_id).delete()


@contextmanager
def _changing_both(
    case_id: int, other_id: int, *, actor: Person, at: datetime
) -> Iterator[tuple[Change, Change]]:
    """Claim two cases for one act. The rights on both are asked for."""
    # In the order of their ids: two people who merge crosswise do not wait for each other.
    first, second = sorted((case_id, other_id))
    with (
        changing(first, actor=actor, at=at) as one,
        changing(second, actor=actor, at=at) as other,
    ):
        yield (one, other) if first == case_id else (other, one)


def _same_customer(one: Case, other: Case) -> None:
    same_company = one.organization_id is not None and one.organization_id == other.organization_id
    if not same_company and one.contact_id != other.contact_id:
        raise Refusal(
            "not-same-customer",
            "These are cases of different customers: neither may read of the other.",
        )


def _let_them_watch(gone: Case, into: int, *, at: datetime) -> None:
    contact_ids = set(
        Watcher.objects.filter(case=gone, contact__isnull=False).values_list(
            "contact_id", flat=True
        )
    )
    contact_ids.add(gone.contact_id)
    known = Case.objects.values_list("contact_id", flat=True).get(pk=into)
    watching = set(Watcher.objects.filter(case_id=into).values_list("contact_id", flat=True))
    Watcher.objects.bulk_create(
        Watcher(case_id=into, contact_id=contact_id, by_merge=gone, added_at=at)
        for contact_id in sorted(contact_ids - watching - {known})
    )


def _last(events: list[Event], kind: Kind, *, case: int) -> Event:
    return next(e for e in reversed(events) if e.kind is kind and e.facts["case"] == case)
