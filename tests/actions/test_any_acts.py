"""Whatever people do to a case, what is stored is what its events say, and no miss goes away."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from dueline.actions import (
    assistance,
    cases,
    clocks,
    merging,
    messages,
    paging,
    promises,
    silence,
)
from dueline.actions.calendars import publish_calendar
from dueline.actions.policies import publish_policy
from dueline.core.calendars import spell_calendar
from dueline.core.errors import Refusal
from dueline.core.lifecycle import Stage
from dueline.core.paging import is_unsettled
from dueline.core.policy import CommitmentKind
from dueline.core.policy_text import spell_policy
from dueline.core.priorities import Priority
from dueline.models import Case, Commitment, Event, Page, Paging, Question
from dueline.queries.cases import events_of
from dueline.queries.commitments import COMPARED, differences
from dueline.queries.explanations import explanations_of
from tests.chains import chain, page
from tests.core.any_policy import NAMED, policies
from tests.core.golden import calendar
from tests.core.test_any_history import CALENDARS
from tests.world import MONDAY, build_world

spans = st.sampled_from([0, 1, 900, 3600, 4 * 3600, 86400]) | st.integers(0, 2 * 86400)


class Desk(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.world = build_world()

    def teardown(self):
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize(
        priority=st.sampled_from(Priority),
        by=st.sampled_from(["cleo", "eve"]),
        policy=st.none() | policies(),
        office=st.sampled_from(CALENDARS),
        workshop=st.sampled_from(CALENDARS),
        at_night=st.booleans(),
    )
    def two_requests_arrive(self, priority, by, policy, office, workshop, at_night):
        self.at = MONDAY
        for name, like in ((NAMED, workshop), (self.world.desk.calendar.name, office)):
            source = spell_calendar(replace(calendar(like), name=name))
            publish_calendar(source=source, at=MONDAY)
        if policy is not None:
            publish_policy(source=spell_policy(policy), at=MONDAY)
        chain(page(self.world.bo), page(self.world.asta), rounds=2, outside_hours_only=at_night)
        self.contact = getattr(self.world, by)
        self.case = self.world.case(self.contact, priority=priority.value)
        self.other = self.world.case(self.contact, priority="critical")
        self.missed = set()

    @rule(
        span=spans,
        act=st.sampled_from(
            ["reply", "ask", "await", "resolve", "activate", "own", "end_wait", "stage"]
        ),
    )
    def an_engineer_acts(self, span, act):
        asta, at = self.world.asta, self.later(span)
        acts = {
            "reply": lambda: messages.reply(self.case.pk, text="We look.", actor=asta, at=at),
            "ask": lambda: messages.ask_customer(self.case.pk, text="Which?", actor=asta, at=at),
            "await": lambda: messages.await_third_party(
                self.case.pk, whom="the carrier", actor=asta, at=at
            ),
            "resolve": lambda: cases.resolve(self.case.pk, text="Done.", actor=asta, at=at),
            "activate": lambda: cases.activate(self.case.pk, actor=asta, at=at),
            "own": lambda: cases.own(self.case.pk, actor=asta, at=at),
            "end_wait": lambda: messages.end_wait(self.case.pk, actor=asta, at=at),
            "stage": lambda: cases.set_stage(self.case.pk, stage=Stage.RESOLVE, actor=asta, at=at),
        }
        self.tries(acts[act])

    @rule(span=spans, act=st.sampled_from(["escalate", "close", "reopen"]))
    def the_customer_acts(self, span, act):
        who, at = self.contact, self.later(span)
        acts = {
            "escalate": lambda: cases.escalate(self.case.pk, reason="!", actor=who, at=at),
            "close": lambda: cases.close(self.case.pk, actor=who, at=at),
            "reopen": lambda: cases.reopen(self.case.pk, reason="!", actor=who, at=at),
        }
        self.tries(acts[act])

    @rule(span=spans, read_after=st.sampled_from([0, 600, 86400]))
    def the_customer_writes(self, span, read_after):
        at = self.later(span)
        arrived_at = max(self.case.opened_at, at - timedelta(seconds=read_after))
        self.tries(
            lambda: messages.receive(
                self.case.pk,
                text="Any news?",
                contact=self.world.contact(self.contact),
                actor=self.contact,
                channel="mail",
                happened_at=arrived_at,
                at=at,
            ),
            about=arrived_at,
        )

    @rule(span=spans, ago=st.sampled_from([0, 600, 86400]), reached=st.booleans())
    def a_call_is_logged(self, span, ago, reached):
        at = self.later(span)
        happened_at = max(self.case.opened_at, at - timedelta(seconds=ago))
        self.tries(
            lambda: messages.log_call(
                self.case.pk,
                reached=reached,
                direction="out",
                happened_at=happened_at,
                actor=self.world.bo,
                at=at,
            ),
            about=happened_at,
        )

    @rule(span=spans)
    def a_call_back_is_asked_for(self, span):
        at = self.later(span)
        self.tries(
            lambda: messages.ask_for_call_back(self.case.pk, phone="1", happened_at=at, at=at)
        )

    @rule(span=spans, priority=st.sampled_from(Priority))
    def the_priority_changes(self, span, priority):
        at = self.later(span)
        self.tries(
            lambda: cases.change_priority(
                self.case.pk,
                priority=priority,
                reason="!",
                consent="Cleo, by telephone",
                actor=self.world.asta,
                at=at,
            )
        )

    @rule(span=spans, act=st.sampled_from(["ask", "answer", "take_back"]))
    def tier_two_is_asked_or_answers(self, span, act):
        tove, at = self.world.tove, self.later(span)
        question = Question.objects.filter(case=self.case).order_by("answered_at", "id").first()
        if act == "ask" or question is None:
            self.tries(lambda: assistance.ask(self.case.pk, text="Why?", actor=tove, at=at))
        elif act == "answer":
            self.tries(lambda: assistance.answer(question.pk, text="So.", actor=tove, at=at))
        else:
            self.tries(lambda: assistance.take_back(question.pk, actor=tove, at=at))

    @rule(span=spans, by=st.sampled_from([60, 3600, 3 * 86400]))
    def a_promise_is_extended(self, span, by):
        at = self.later(span)
        running = self.case.commitments.filter(state="running").order_by("due_at").first()
        if running is not None and running.due_at:
            self.tries(
                lambda: promises.extend(
                    self.case.pk,
                    kind=CommitmentKind(running.kind),
                    ordinal=running.ordinal,
                    until=max(running.due_at, at) + timedelta(seconds=by),
                    reason="!",
                    note="!",
                    actor=self.world.ada,
                    at=at,
                )
            )

    @rule(span=spans)
    def another_contract_holds(self, span):
        at = self.later(span)
        self.tries(lambda: promises.rebase(self.case.pk, reason="!", actor=self.world.asta, at=at))

    @rule(span=spans, into_other=st.booleans())
    def the_cases_are_merged_or_taken_apart(self, span, into_other):
        at, asta = self.later(span), self.world.asta
        gone, on = (self.case, self.other) if into_other else (self.other, self.case)
        merged = Case.objects.filter(merged_into__isnull=False).first()
        if merged is not None:
            self.tries(lambda: merging.unmerge(merged.pk, actor=asta, at=at))
            return
        # What the passing of time has changed is stored first, or it would count as a change.
        clocks.sweep(at=at)
        before = self.standing(gone, on)
        self.tries(lambda: merging.merge(gone.pk, into=on.pk, actor=asta, at=at))
        if Case.objects.get(pk=gone.pk).merged_into_id is None:
            return
        with transaction.atomic():
            merging.unmerge(gone.pk, actor=asta, at=at)
            assert self.standing(gone, on) == before
            transaction.set_rollback(True)

    @rule(span=spans)
    def the_clocks_are_swept(self, span):
        clocks.sweep(at=self.later(span))
        self.remembers_misses(about=self.at)

    @rule(span=spans)
    def people_are_paged(self, span):
        paging.take_steps(at=self.later(span))
        self.remembers_misses(about=self.at)

    @rule(span=st.integers(0, 900))
    def somebody_acknowledges(self, span):
        at, row = self.later(span), Paging.objects.order_by("-id").first()
        if row is not None:
            self.tries(lambda: paging.acknowledge(row.pk, agent=self.world.bo, way="link", at=at))

    @rule(span=spans)
    def the_customer_stays_silent(self, span):
        silence.sweep(at=self.later(span))
        self.remembers_misses(about=self.at)

    @invariant()
    def what_is_stored_is_what_the_events_say(self):
        assert differences(self.case.pk) == []
        assert differences(self.other.pk) == []

    @invariant()
    def the_least_running_due_time_is_stored(self):
        running = self.case.commitments.filter(state="running").order_by("due_at")
        stored = Case.objects.get(pk=self.case.pk).next_due_at
        assert stored == running.values_list("due_at", flat=True).first()

    @invariant()
    def every_promise_explains_itself(self):
        case = Case.objects.select_related("policy_version", "calendar_version").get(
            pk=self.case.pk
        )
        for _, explanation in explanations_of(case, until=self.at):
            assert explanation is None or explanation.adds_up

    @invariant()
    def what_is_paged_is_what_the_events_say(self):
        """At most one paging of a case is under way, and only while somebody is needed."""
        for row in Case.objects.filter(pk__in=(self.case.pk, self.other.pk)):
            unsettled = Paging.objects.filter(case=row).exclude(state=Paging.State.ENDED)
            assert unsettled.count() == int(is_unsettled(events_of(row.pk)))
            if unsettled:
                assert (row.priority, row.closed_at, row.resolved_at) == ("critical", None, None)
        waiting = Page.objects.filter(state=Page.State.WAITING)
        assert not waiting.filter(paging__state__in=("acknowledged", "ended")).exists()

    def later(self, span):
        self.at += timedelta(seconds=span)
        return self.at

    def tries(self, act, *, about=None):
        """Do something that the rules may refuse; then nothing has changed."""
        before = self.stored()
        try:
            with transaction.atomic():
                act()
        except Refusal:
            assert self.stored() == before
        self.remembers_misses(about=about or self.at)

    def standing(self, *cases):
        states = Case.objects.filter(pk__in=[case.pk for case in cases]).order_by("id")
        return _rows(*cases), list(states.values_list("state", "stage", "next_due_at", "queue_at"))

    def stored(self):
        return Event.objects.count(), Case.objects.get(pk=self.case.pk).version

    def remembers_misses(self, *, about):
        """about: what becomes known may correct what came after the time that it is about."""
        rows = Commitment.objects.filter(state="missed", case__in=(self.case, self.other))
        missed = set(rows.values_list("kind", "due_at"))
        lost = {
            (kind, due_at)
            for kind, due_at in self.missed
            if due_at < about and not any(k == kind and at <= due_at for k, at in missed)
        }
        assert lost == set()
        self.missed = missed


def _rows(*cases):
    """The stored commitments, without the ids that a merge may have changed."""
    wanted = ("case_id", "kind", "ordinal", *COMPARED)
    return list(
        Commitment.objects.filter(case__in=cases)
        .order_by("case_id", "kind", "ordinal")
        .values(*wanted)
    )


@pytest.mark.django_db
def test_no_sequence_of_acts_parts_the_stored_from_the_true_or_takes_back_a_miss():
    deep = settings.default.max_examples > 1000
    run_state_machine_as_test(
        Desk, settings=settings(max_examples=300 if deep else 12, stateful_step_count=15)
    )
