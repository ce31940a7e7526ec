"""Cases, their events, and the commitments computed from these.

The columns of `Case` below `version` and every row of `Commitment` are a cache for lists and
sweeps: `dueline commitments check` recomputes them from the events.
"""

from datetime import UTC, datetime

from django.db import models

from dueline.core.case_numbers import case_number
from dueline.core.commitments import State
from dueline.core.events import Kind
from dueline.core.lifecycle import CaseState, Stage
from dueline.core.policy import CommitmentKind
from dueline.core.priorities import Priority
from dueline.models.agents import Agent
from dueline.models.calendars import CalendarVersion
from dueline.models.contacts import Contact
from dueline.models.contracts import Contract
from dueline.models.organizations import Organization
from dueline.models.policies import PolicyVersion
from dueline.models.problems import Problem

# Sorts a case that owes nothing behind all the others, without a NULL that SQLite and
# PostgreSQL would sort to different ends.
NOTHING_OWED = datetime(9999, 1, 1, tzinfo=UTC)


# Open or ended, as a condition of partial indexes. In terms of NULL, and not of `state`: SQLite
# takes such an index only for a query in which it reads the condition, and a query that came with
# its states as parameters would read the whole table.
IS_OPEN = models.Q(resolved_at__isnull=True, closed_at__isnull=True)
_ENDED = models.Q(state__in=["resolved", "closed", "merged"])


def _choices(enum: type) -> list[tuple[str, str]]:
    return [(member.value, member.value) for member in enum]  # type: ignore[attr-defined]


class Case(models.Model):
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="cases"
    )
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="cases")
    contract = models.ForeignKey(Contract, null=True, on_delete=models.PROTECT)
    owner = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="cases")
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    # The case of which this one's first message was taken.
    split_from = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="split_off"
    )
    # The case that goes on in its place, as long as the merge is not undone.
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged"
    )
    problem = models.ForeignKey(Problem, null=True, on_delete=models.PROTECT, related_name="cases")
    # The mailbox that its request came to, and whose name its answers bear; null: the desk's own.
    mailbox = models.ForeignKey("Mailbox", null=True, on_delete=models.SET_NULL)
    is_enhancement = models.BooleanField(default=False)
    product = models.CharField(max_length=100, blank=True)
    product_version = models.CharField(max_length=60, blank=True)
    environment = models.CharField(max_length=60, blank=True)  # "production", "test", …
    subject = models.TextField()
    channel = models.CharField(max_length=10)  # "mail", "web", "phone"
    priority = models.CharField(max_length=8, choices=_choices(Priority))
    state = models.CharField(max_length=12, choices=_choices(CaseState))
    stage = models.CharField(max_length=8, choices=_choices(Stage), blank=True)
    plan = models.CharField(max_length=50)
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT)
    calendar_version = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT)
    opened_at = models.DateTimeField()  # when the request arrived
    version = models.PositiveIntegerField(default=1)  # grows with every act

    changed_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    last_message_at = models.DateTimeField(null=True)
    last_message_by = models.CharField(max_length=200, blank=True)
    last_message_from = models.CharField(max_length=8, blank=True)  # "contact" or "agent"
    # The least due time of a running commitment: what the sweep looks for.
    next_due_at = models.DateTimeField(null=True)
    # The least instant at which something is noticed (a warning or a due time).
    next_notice_at = models.DateTimeField(null=True)
    # The commitment shown wherever the case is named; the queue is sorted by its due time.
    nearest = models.ForeignKey(
        "Commitment", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    queue_at = models.DateTimeField(default=NOTHING_OWED)
    # When the customer is reminded next, or the case closed, if no answer comes.
    silence_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["queue_at", "id"],
                name="case_queue",
                condition=IS_OPEN,
            ),
            # The queue of one engineer, and of those who wait for their customers: without these
            # a list of ten would read every open case of the desk.
            models.Index(
                fields=["owner", "queue_at", "id"],
                name="case_queue_of_owner",
                condition=IS_OPEN,
            ),
            models.Index(
                fields=["waiting_since", "id"],
                name="case_queue_waiting",
                condition=models.Q(waiting_since__isnull=False),
            ),
            models.Index(
                fields=["next_notice_at"],
                name="case_sweep",
                condition=models.Q(next_notice_at__isnull=False),
            ),
            models.Index(
                fields=["organization", "-id"], name="case_open_by_organization", condition=IS_OPEN
            ),
            models.Index(fields=["organization", "-id"], name="case_by_organization"),
            models.Index(fields=["contact", "-id"], name="case_by_contact"),
            models.Index(fields=["changed_at", "id"], name="case_by_change"),
            models.Index(fields=["product", "-id"], name="case_by_product"),
            models.Index(
                fields=["silence_at"],
                name="case_silence_sweep",
                condition=models.Q(silence_at__isnull=False),
            ),
            models.Index(
                fields=["-id"],
                name="case_enhancements",
                condition=models.Q(is_enhancement=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(IS_OPEN & ~_ENDED) | (~IS_OPEN & _ENDED),
                name="case_is_open_until_it_ends",
            )
        ]

    @property
    def number(self) -> str:
        return case_number(self.pk)


class Event(models.Model):
    """One thing that happened to a case. Rows are only ever added (a trigger refuses updates).

    agent and contact both null: the desk itself did it.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=24, choices=_choices(Kind))
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    agent = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT)
    message = models.ForeignKey("Message", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.ForeignKey("Note", null=True, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="event_by_case")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(agent__isnull=True) | models.Q(contact__isnull=True),
                name="event_has_one_author",
            )
        ]


class Commitment(models.Model):
    """The stored copy of one `core.commitments.Commitment`."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="commitments")
    kind = models.CharField(max_length=12, choices=_choices(CommitmentKind))
    ordinal = models.PositiveIntegerField()  # 1, 2, … of this kind within the case
    state = models.CharField(max_length=10, choices=_choices(State))
    target = models.CharField(max_length=60)  # as the policy spells it: "4 h"
    started_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    paused_since = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True)  # why withdrawn, a code
    # [[from, to], …] in thousandths of the way from start to due: what is closed or paused.
    skipped = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "ordinal"], name="commitment_once")
        ]


# A text lives in `Message` if the customer may read it and in `Note` or `Question` if not.
# They are tables apart, so that no flag can be forgotten and no edit can turn one into another.
class Message(models.Model):
    """Something that the customer and the desk said to each other."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    agent = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT)
    channel = models.CharField(max_length=10)  # "mail", "web", "phone", "console"
    text = models.TextField()  # all of it
    folded_from = models.PositiveIntegerField(null=True)  # where quoted text begins in `text`
    html = models.TextField(blank=True)  # sanitised at intake; empty: show the text
    # Its HTML tells what its text does not, and is what a page shows first. Null: nobody looked.
    html_says_more = models.BooleanField(null=True)
    inbox_item = models.ForeignKey("InboxItem", null=True, on_delete=models.PROTECT)
    # Addresses that it was also sent to. It gives nobody a part in the case.
    cc = models.JSONField(default=list)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="message_by_case")]


class Note(models.Model):
    """Something that only colleagues read."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT)
    text = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="note_by_case")]


class Question(models.Model):
    """A question to Tier Two and its answer. The customer never sees it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    text = models.TextField()
    tried = models.TextField(blank=True)  # what was tried already
    # Who looks after it. The case stays with its owner.
    taken_by = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    # Since when Tier Two waits for the one who asked.
    asked_back_at = models.DateTimeField(null=True)
    # With the answer: what is still to be done in the case, [{"text": …, "done": bool}, …];
    # what is done names who did it ("by") and when ("at", ISO).
    checklist = models.JSONField(default=list)
    answered_by = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="question_by_case")]

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.taken_back_at is None


class QuestionEntry(models.Model):
    """What Tier One and Tier Two say to each other about a question. Colleagues alone read it."""

    class Kind(models.TextChoices):
        ASKED_BACK = "asked_back"  # Tier Two wants to know more
        ADDED = "added"  # whoever asked says more
        ANSWER = "answer"

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
