"""Whatever people do to a case, in whatever order, the norm holds after every act.

Hypothesis plays the desk: random acts at random, growing times, some of them typed in late.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dueline.core.calendars import open_time_between
from dueline.core.commitments import Book, State, next_due_at
from dueline.core.events import Event, Kind
from dueline.core.explain import explain
from dueline.core.lifecycle import Act, CaseState, after, allows
from dueline.core.policy import CommitmentKind, Unit
from dueline.core.priorities import Priority
from dueline.core.replay import evaluate
from tests.core.any_policy import NAMED, policies
from tests.core.golden import SHIPPED, calendar
from tests.core.test_calendars import at_least, calendars

# As shipped, one in which everything that could pause does, or any that Hypothesis makes up.
EVERYTHING = frozenset(CommitmentKind)
PAUSES_ALL = replace(SHIPPED, pauses=EVERYTHING, third_party_pauses=EVERYTHING)
CALENDARS = ("office", "lunch", "evenings", "nights")
BEGINNINGS = ("2026-03-27", "2026-04-01", "2026-10-23", "2026-11-23", "2026-12-23")
spans = st.sampled_from([0, 1, 60, 900, 3599, 3600, 4 * 3600, 86400]) | st.integers(0, 3 * 86400)
# Else most histories would be over before they begin.
rarely = st.sampled_from([False, False, False, False, True])
LIVE = (State.WAITING, State.RUNNING, State.PAUSED)


class Desk(RuleBasedStateMachine):
    @initialize(
        begins_on=st.sampled_from(BEGINNINGS),
        after_midnight=st.integers(0, 86400),
        office=st.sampled_from(CALENDARS).map(calendar) | calendars(),
        workshop=st.sampled_from(CALENDARS).map(calendar),
        policy=st.sampled_from([SHIPPED, PAUSES_ALL]) | policies(),
        other=st.just(SHIPPED) | policies(),
        plan=st.sampled_from(["standard", "extended"]),
        priority=st.sampled_from([Priority.CRITICAL, *Priority]),
        begun=st.sampled_from(["not at all", "answered directly", "activated", "activated"]),
    )
    def a_request_arrives(
        self, begins_on, after_midnight, office, workshop, policy, other, plan, priority, begun
    ):
        day = datetime.fromisoformat(begins_on).replace(tzinfo=UTC)
        self.at = self.opened_at = day + timedelta(seconds=after_midnight)
        self.book = Book({1: policy, 2: other}, {1: office, 2: workshop})
        self.events, self.missed, self.evaluated = [], set(), (None, ())
        self.state, self.priority, self.question = CaseState.NEW, priority, 0
        self.activated, self.waits_since, self.ended_at = False, None, None
        self.open_questions = []
        self.happens(
            Kind.OPENED,
            priority=priority.value,
            plan=plan,
            policy=1,
            calendar=1,
            calendars={NAMED: 2},
        )
        if begun != "not at all":
            self.do(Act.RESPOND)
            self.happens(Kind.CALL_LOGGED, reached=True)
        if begun == "activated":
            self.do(Act.ACTIVATE)
            self.activated = True
            self.happens(Kind.ACTIVATED)

    # - acts -

    @rule(span=spans)
    def time_passes(self, span):
        self.later(span)

    @precondition(lambda self: self.can(Act.RESPOND))
    @rule(span=spans)
    def replies(self, span):
        self.later(span)
        self.do(Act.RESPOND)
        self.happens(Kind.REPLY_SENT)

    @rule(reached=st.booleans(), ago=spans, span=spans)
    def logs_a_call_maybe_late(self, reached, ago, span):
        self.later(span)
        if reached and self.can(Act.RESPOND):
            self.do(Act.RESPOND)
        happened_at = max(self.opened_at, self.at - timedelta(seconds=ago))
        self.happens(Kind.CALL_LOGGED, happened_at=happened_at, reached=reached)

    @precondition(lambda self: self.state.is_open)
    @rule(ago=spans)
    def is_asked_to_call_back(self, ago):
        happened_at = max(self.opened_at, self.at - timedelta(seconds=ago))
        self.happens(Kind.CALL_BACK_ASKED, happened_at=happened_at)

    @precondition(lambda self: self.can(Act.ACTIVATE))
    @rule(span=spans)
    def activates(self, span):
        self.later(span)
        self.do(Act.ACTIVATE)
        self.activated = True
        self.happens(Kind.ACTIVATED)

    @precondition(lambda self: self.can(Act.ASK_CUSTOMER))
    @rule(span=spans)
    def asks_the_customer(self, span):
        self.later(span)
        self.do(Act.ASK_CUSTOMER)
        self.waits_since = self.at
        asks = self.happens(Kind.REPLY_SENT)
        self.happens(Kind.INFORMATION_ASKED, reply=asks.id)

    @precondition(lambda self: self.can(Act.AWAIT_THIRD_PARTY))
    @rule(span=spans)
    def waits_for_a_third_party(self, span):
        self.later(span)
        self.do(Act.AWAIT_THIRD_PARTY)
        self.waits_since = self.at
        self.happens(Kind.THIRD_PARTY_AWAITED, whom="the network operator")

    @precondition(lambda self: self.state is CaseState.THIRD_PARTY)
    @rule(span=spans)
    def the_third_party_has_answered(self, span):
        self.later(span)
        self.do(Act.END_WAIT)
        self.waits_since = None
        self.happens(Kind.WAIT_ENDED)

    @precondition(lambda self: self.running())
    @rule(data=st.data(), by=st.sampled_from([1, 3600, 86400, 5 * 86400]))
    def a_promise_is_extended(self, data, by):
        promise = data.draw(st.sampled_from(self.running()))
        until = promise.due_at + timedelta(seconds=by)
        self.happens(
            Kind.EXTENDED,
            commitment=promise.kind.value,
            ordinal=promise.ordinal,
            question=promise.question,
            until=until.isoformat(),
        )
        (moved,) = (c for c in self.commitments() if _key(c) == _key(promise))
        assert (moved.state, moved.due_at) == (State.RUNNING, until)

    @precondition(lambda self: self.state.is_open)
    @rule(plan=st.sampled_from(["standard", "extended"]), policy=st.sampled_from([1, 2]))
    def another_contract_holds(self, plan, policy):
        before = self.commitments()
        self.happens(Kind.REBASED, plan=plan, policy=policy, calendar=1, calendars={NAMED: 2})
        now = {_key(c): c for c in self.commitments()}
        for old in before:
            if old.state is State.RUNNING:
                assert now[_key(old)].state is State.RUNNING
                assert now[_key(old)].due_at <= old.due_at

    @rule(read_after=spans, span=spans)
    def hears_from_the_customer(self, read_after, span):
        self.later(span)
        arrived_at = max(self.opened_at, self.at - timedelta(seconds=read_after))
        self.happens(Kind.MESSAGE_RECEIVED, happened_at=arrived_at)
        if self.state is CaseState.WAITING:
            turned_at = max(arrived_at, self.waits_since)
            self.do(Act.END_WAIT)
            self.waits_since = None
            self.happens(Kind.WAIT_ENDED, happened_at=turned_at)
        elif not self.state.is_open:
            self.reopens(max(arrived_at, self.ended_at))

    @precondition(lambda self: self.can(Act.ASK_TIER_TWO))
    @rule(
        within=st.sampled_from(["1 h", "30 min", "1 business day", "2 days around the clock"]),
        on=st.sampled_from(["office", "always"]),
    )
    def asks_tier_two(self, within, on):
        self.question += 1
        self.open_questions.append(self.question)
        self.happens(Kind.ASSISTANCE_ASKED, question=self.question, within=within, calendar=on)

    @precondition(lambda self: self.open_questions)
    @rule(
        data=st.data(), kind=st.sampled_from([Kind.ASSISTANCE_ANSWERED, Kind.ASSISTANCE_TAKEN_BACK])
    )
    def a_question_is_settled(self, data, kind):
        question = data.draw(st.sampled_from(self.open_questions))
        self.open_questions.remove(question)
        self.happens(kind, question=question)

    @precondition(lambda self: self.can(Act.CHANGE_PRIORITY))
    @rule(new=st.sampled_from(Priority))
    def the_priority_changes(self, new):
        if new is self.priority:
            return
        before = self.commitments()
        is_raise = new.is_more_urgent_than(self.priority)
        self.happens(Kind.PRIORITY_CHANGED, old=self.priority.value, new=new.value)
        self.priority = new
        now = {(c.kind, c.ordinal): c for c in self.commitments()}
        for old in before:
            new_one = now.get((old.kind, old.ordinal))
            if old.state is not State.RUNNING:
                continue
            assert new_one is not None
            if new_one.state is State.RUNNING:
                assert (
                    (new_one.due_at <= old.due_at) if is_raise else (new_one.due_at >= old.due_at)
                )
            else:
                assert (new_one.state, new_one.reason) == (State.WITHDRAWN, "lowered")
                assert not is_raise

    @precondition(lambda self: self.can(Act.RESOLVE))
    @rule(span=spans, really=rarely)
    def resolves(self, span, really):
        self.later(span)
        if not really:
            return
        self.do(Act.RESOLVE)
        self.happens(Kind.REPLY_SENT)
        self.ends(Kind.RESOLVED)

    @precondition(lambda self: self.can(Act.CLOSE))
    @rule(span=spans, really=rarely)
    def closes(self, span, really):
        self.later(span)
        if not really:
            return
        self.do(Act.CLOSE)
        self.ends(Kind.CLOSED)

    @precondition(lambda self: self.can(Act.REOPEN))
    @rule()
    def is_reopened(self):
        self.reopens(self.at)

    @precondition(lambda self: self.can_bounce())
    @rule(data=st.data())
    def a_message_turns_out_to_have_bounced(self, data):
        reply = data.draw(st.sampled_from(self.can_bounce()))
        self.events.append(
            Event(len(self.events) + 1, Kind.BOUNCED, self.at, self.at, facts={"event": reply.id})
        )
        self.remembers_misses(since=reply.happened_at)

    @rule()
    def something_happens_that_no_clock_minds(self):
        for kind in (Kind.NOTE_ADDED, Kind.ACKNOWLEDGED, Kind.OWNED, Kind.STAGE_CHANGED):
            before = self.commitments()
            self.happens(kind)
            assert self.commitments() == before

    # - what holds after every act -

    @invariant()
    def every_state_is_what_its_times_say(self):
        for c in self.commitments():
            match c.state:
                case State.WAITING:
                    assert c.started_at is None
                    assert c.due_at is None
                case State.RUNNING:
                    assert c.due_at >= self.at
                    assert c.met_at is None
                    assert c.started_at <= self.at
                    assert c.warn_at <= c.due_at
                case State.PAUSED:
                    assert c.due_at is None
                    assert c.paused_since is not None
                case State.MET | State.EXTENDED:
                    assert c.started_at <= c.met_at <= c.due_at
                    moved = bool(c.extensions) or c.was_saved
                    assert (c.state is State.EXTENDED) == moved
                case State.MISSED:
                    assert c.due_at < self.at
                    assert c.met_at is None or c.met_at > c.due_at
                case State.WITHDRAWN:
                    assert c.withdrawn_at is not None
                    assert c.reason in ("resolved", "closed", "lowered")

    @invariant()
    def an_ended_case_owes_nothing(self):
        if not self.state.is_open:
            assert [c for c in self.commitments() if c.state in LIVE or c.is_owed] == []

    @invariant()
    def each_promise_adds_up_with_its_pauses(self):
        for c in self.commitments():
            if not c.promises:
                continue
            assert explain(c, self.events).adds_up
            edges = [at for p in c.pauses for at in (p.began_at, p.ended_at) if at]
            assert edges == sorted(edges)
            if c.due_at and c.cell.target.unit is Unit.OPEN_TIME:
                counted_on, start = c.promises[-1].calendar, c.promises[-1].from_at
                paused = (
                    open_time_between(counted_on, max(p.began_at, start), p.ended_at)
                    for p in c.pauses
                )
                added = (open_time_between(counted_on, e.from_at, e.to_at) for e in c.extensions)
                spent = open_time_between(counted_on, start, c.due_at) - sum(paused, timedelta())
                assert spent == c.cell.target.span + sum(added, timedelta())

    @invariant()
    def the_steps_of_a_promise_lie_in_their_order_around_its_due_time(self):
        for c in self.commitments():
            assert c.state in (State.RUNNING, State.MISSED) or c.steps == ()
            assert [at for _, at in c.steps] == sorted(at for _, at in c.steps)
            for percent, at in c.steps:
                assert (at <= c.due_at) if percent <= 100 else (at >= c.due_at)
                assert percent != 100 or at == c.due_at

    @invariant()
    def what_is_due_next_is_the_least_running_due_time(self):
        commitments = self.commitments()
        running = sorted(c.due_at for c in commitments if c.state is State.RUNNING)
        assert next_due_at(commitments) == (running[0] if running else None)

    @invariant()
    def ordinals_count_from_one_in_the_order_of_the_starts(self):
        for kind in CommitmentKind:
            of_kind = [c for c in self.commitments() if c.kind is kind]
            assert [c.ordinal for c in of_kind] == list(range(1, len(of_kind) + 1))

    @invariant()
    def reading_the_history_backwards_changes_nothing(self):
        assert evaluate(reversed(self.events), self.book, until=self.at) == self.commitments()

    # - parts -

    def running(self):
        return [c for c in self.commitments() if c.state is State.RUNNING]

    def can(self, act):
        return allows(self.state, act)

    def do(self, act):
        self.state = after(self.state, act, activated=self.activated)

    def happens(self, kind, *, happened_at=None, **facts):
        event = Event(len(self.events) + 1, kind, happened_at or self.at, self.at, facts=facts)
        self.events.append(event)
        self.remembers_misses(since=event.happened_at)
        return event

    def ends(self, kind):
        self.ended_at, self.waits_since = self.at, None
        self.open_questions = []
        self.happens(kind)

    def reopens(self, at):
        self.do(Act.REOPEN)
        self.activated = False
        self.happens(Kind.REOPENED, happened_at=at)

    def can_bounce(self):
        gone = {e.facts["event"] for e in self.events if e.kind is Kind.BOUNCED}
        return [e for e in self.events if e.kind is Kind.REPLY_SENT and e.id not in gone]

    def commitments(self):
        known = (len(self.events), self.at)
        if self.evaluated[0] != known:
            self.evaluated = known, evaluate(self.events, self.book, until=self.at)
        return self.evaluated[1]

    def later(self, span):
        self.at += timedelta(seconds=span)
        self.remembers_misses(since=self.at)

    def remembers_misses(self, *, since):
        """Nothing that becomes known takes back a miss from before the time that it is about."""
        misses = {(c.kind, c.due_at) for c in self.commitments() if c.state is State.MISSED}
        lost = {miss for miss in self.missed if miss[1] < since} - misses
        assert lost == set(), "a miss was taken back"
        self.missed = misses


def _key(commitment):
    return commitment.kind, commitment.ordinal


TestAnyHistory = Desk.TestCase
TestAnyHistory.settings = settings(max_examples=at_least(40), stateful_step_count=25)
