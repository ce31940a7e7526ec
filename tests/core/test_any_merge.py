"""Two cases, merged and taken apart at any time: no miss goes away, no promise becomes weaker."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dueline.core.commitments import Book, State
from dueline.core.events import Event, Kind
from dueline.core.explain import explain
from dueline.core.lifecycle import Act, CaseState, after, allows
from dueline.core.merging import carry, hides_a_miss
from dueline.core.policy import CommitmentKind
from dueline.core.priorities import Priority
from dueline.core.replay import evaluate
from tests.core.any_policy import NAMED, policies
from tests.core.golden import SHIPPED, calendar
from tests.core.test_calendars import at_least

spans = st.sampled_from([0, 60, 900, 3600, 4 * 3600, 86400]) | st.integers(0, 3 * 86400)
which = st.sampled_from([0, 1])
LIVE = (State.RUNNING, State.PAUSED)
SIMPLE = {
    "reply": (Act.RESPOND, Kind.REPLY_SENT),
    "activate": (Act.ACTIVATE, Kind.ACTIVATED),
    "wait": (Act.AWAIT_THIRD_PARTY, Kind.THIRD_PARTY_AWAITED),
    "ask": (Act.ASK_CUSTOMER, Kind.INFORMATION_ASKED),
    "end_wait": (Act.END_WAIT, Kind.WAIT_ENDED),
}


class OneCase:
    """state, activated: as the actions keep them."""

    def __init__(self):
        self.events, self.state, self.activated = [], CaseState.NEW, False


class Pair(RuleBasedStateMachine):
    @initialize(
        policies=st.tuples(st.just(SHIPPED) | policies(), st.just(SHIPPED) | policies()),
        plans=st.tuples(*[st.sampled_from(["standard", "extended"])] * 2),
        priorities=st.tuples(*[st.sampled_from([Priority.CRITICAL, *Priority])] * 2),
        begins_on=st.sampled_from(["2026-03-27", "2026-11-23", "2026-12-23"]),
        apart=spans,
    )
    def two_requests_arrive(self, policies, plans, priorities, begins_on, apart):
        self.at = datetime.fromisoformat(begins_on).replace(hour=9, tzinfo=UTC)
        self.book = Book(
            dict(enumerate(policies)), {1: calendar("office"), 2: calendar("evenings")}
        )
        self.cases, self.last_id = [OneCase(), OneCase()], 0
        self.known, self.merge = (), None
        for n, case in enumerate(self.cases):
            self.at += timedelta(seconds=apart * n)
            facts = {"plan": plans[n], "policy": n, "calendar": 1, "calendars": {NAMED: 2}}
            self.happens(case, Kind.OPENED, priority=priorities[n].value, **facts)

    # - acts on either -

    @rule(n=which, act=st.sampled_from(list(SIMPLE)), span=spans)
    def an_engineer_acts(self, n, act, span):
        self.later(span)
        case, (needed, kind) = self.cases[n], SIMPLE[act]
        if not allows(case.state, needed):
            return
        case.state = after(case.state, needed, activated=case.activated)
        case.activated = case.activated or kind is Kind.ACTIVATED
        self.happens(case, kind)

    @rule(n=which, span=spans)
    def a_call_back_is_asked_for(self, n, span):
        self.later(span)
        if self.cases[n].state.is_open:
            self.happens(self.cases[n], Kind.CALL_BACK_ASKED)

    @rule(n=which, new=st.sampled_from(Priority))
    def the_priority_changes(self, n, new):
        if self.cases[n].state.is_open:
            self.happens(self.cases[n], Kind.PRIORITY_CHANGED, new=new.value)

    @rule(span=spans)
    def time_passes(self, span):
        self.later(span)

    # - merge and unmerge -

    @precondition(lambda self: self.merge is None and self.both_open())
    @rule(n=which)
    def they_are_merged(self, n):
        gone, on = self.cases[n], self.cases[1 - n]
        carried = carry(self.of(gone), gone.events)
        before = {c.kind: c for c in self.of(on) if c.state in LIVE}
        state, gone.state = gone.state, CaseState.MERGED
        self.merge = (
            n,
            state,
            self.happens(gone, Kind.MERGED_INTO, case=1 - n, state=state.value).id,
            self.happens(on, Kind.MERGED, case=n, carried=carried).id,
        )
        assert not [c for c in self.of(gone) if c.state in LIVE and not c.kind.is_internal]
        now = {c.kind: c for c in self.of(on) if c.state in LIVE}
        for entry in carried:
            kind = CommitmentKind(entry["commitment"])
            assert kind in now
            starts = [datetime.fromisoformat(entry["started_at"])]
            if kind in before and before[kind].due_at and now[kind].due_at:
                starts.append(before[kind].started_at)
                assert now[kind].due_at <= before[kind].due_at
            assert now[kind].due_at is None or now[kind].due_at >= self.at
            assert now[kind].started_at in starts
        # What only the surviving case owed is owed as before.
        carried_kinds = {entry["commitment"] for entry in carried}
        for kind, old in before.items():
            if kind.value not in carried_kinds:
                assert now[kind] == old

    @precondition(lambda self: self.merge is not None)
    @rule(span=spans)
    def they_are_taken_apart(self, span):
        self.later(span)
        n, state, merged_into, merged = self.merge
        gone, on = self.cases[n], self.cases[1 - n]
        before = self.of_both()
        self.happens(gone, Kind.UNMERGED, merge=merged_into)
        self.happens(on, Kind.UNMERGED, merge=merged)
        for case in self.cases:
            without = [
                e
                for e in case.events
                if e.kind not in (Kind.MERGED, Kind.MERGED_INTO, Kind.UNMERGED)
            ]
            assert self.of(case) == evaluate(without, self.book, until=self.at)
        if hides_a_miss(before, self.of_both()):  # the act refuses it
            gone.events.pop()
            on.events.pop()
            return
        gone.state, self.merge = state, None

    # - what holds after every act -

    @invariant()
    def each_promise_adds_up_wherever_it_is_owed(self):
        for case in self.cases:
            for commitment in self.of(case):
                if commitment.promises:
                    assert explain(commitment, case.events).adds_up

    @invariant()
    def of_each_kind_one_promise_lives_at_most(self):
        for case in self.cases:
            live = [c.kind for c in self.of(case) if c.state in (*LIVE, State.WAITING)]
            assert len(live) == len(set(live))

    @invariant()
    def a_merged_case_owes_nothing(self):
        for case in self.cases:
            if case.state is CaseState.MERGED:
                assert not [c for c in self.of(case) if c.is_owed]

    @invariant()
    def no_miss_of_the_pair_goes_away(self):
        now = self.of_both()
        assert not hides_a_miss(self.known, now)
        self.known = now

    # - parts -

    def both_open(self):
        return all(case.state.is_open for case in self.cases)

    def of_both(self):
        return tuple(c for case in self.cases for c in self.of(case))

    def of(self, case):
        return evaluate(case.events, self.book, until=self.at)

    def later(self, span):
        self.at += timedelta(seconds=span)

    def happens(self, one, kind, **facts):
        self.last_id += 1
        event = Event(self.last_id, kind, self.at, self.at, by="agent", facts=facts)
        one.events.append(event)
        return event


TestAnyMerge = Pair.TestCase
TestAnyMerge.settings = settings(max_examples=at_least(40), stateful_step_count=20)
