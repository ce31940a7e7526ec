"""Whatever people do to a case, what is stored is what its events say, and no miss goes away."""

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

from dueline.actions import assistance, cases, clocks, messages
from dueline.core.errors import Refusal
from dueline.core.lifecycle import Stage
from dueline.core.priorities import Priority
from dueline.models import Case, Event, Question
from dueline.queries.commitments import differences
from dueline.queries.explanations import explanations_of
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

    @initialize(priority=st.sampled_from(Priority), by=st.sampled_from(["cleo", "eve"]))
    def a_request_arrives(self, priority, by):
        self.at = MONDAY
        self.contact = getattr(self.world, by)
        self.case = self.world.case(self.contact, priority=priority.value)
        self.missed = set()

    @rule(
        span=spans,
        act=st.sampled_from(["reply", "ask", "resolve", "activate", "own", "end_wait", "stage"]),
    )
    def an_engineer_acts(self, span, act):
        asta, at = self.world.asta, self.later(span)
        acts = {
            "reply": lambda: messages.reply(self.case.pk, text="We look.", actor=asta, at=at),
            "ask": lambda: messages.ask_customer(self.case.pk, text="Which?", actor=asta, at=at),
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

    @rule(span=spans)
    def the_clocks_are_swept(self, span):
        clocks.sweep(at=self.later(span))
        self.remembers_misses(about=self.at)

    @invariant()
    def what_is_stored_is_what_the_events_say(self):
        assert differences(self.case.pk) == []

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

    def stored(self):
        return Event.objects.count(), Case.objects.get(pk=self.case.pk).version

    def remembers_misses(self, *, about):
        rows = self.case.commitments.filter(state="missed")
        missed = set(rows.values_list("kind", "due_at"))
        assert {miss for miss in self.missed if miss[1] < about} <= missed
        self.missed = missed


@pytest.mark.django_db
def test_no_sequence_of_acts_parts_the_stored_from_the_true_or_takes_back_a_miss():
    deep = settings.default.max_examples > 1000
    run_state_machine_as_test(
        Desk, settings=settings(max_examples=300 if deep else 12, stateful_step_count=15)
    )
