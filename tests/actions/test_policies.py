"""Policies: a draft changes as often as one likes, a version never does."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from dueline.actions import policies
from dueline.actions.policies import SHIPPED_POLICY, publish_policy
from dueline.core.audience import DESK
from dueline.core.errors import Refusal
from dueline.core.policy import parse_policy
from dueline.models import AuditEntry, Calendar, Contract, PolicyDraft, PolicyVersion
from dueline.queries.policies import current_policy
from dueline.queries.policy_drafts import draft, review
from dueline.queries.policy_versions import versions
from tests.world import MONDAY

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
HEAD, _, GOLDEN = SHIPPED_POLICY.partition("[[golden]]")
# No golden case tells of the Tier Two of Normal, and several of a Critical response.
HARMLESS = SHIPPED_POLICY.replace(
    'assistance = { within = "1 business day", calendar = "office" }',
    'assistance = { within = "2 h", calendar = "office" }',
    1,
)
QUICKER = HEAD.replace('within = "60 min"', 'within = "30 min"') + "[[golden]]" + GOLDEN

GOLDEN_NAME = "Critical, Standard: the same night counts from Monday's opening"


@pytest.fixture
def ada(world):
    return world.ada


def begun(ada, source: str, *, at=MONDAY) -> int:
    """Begin a draft that says something else; return its version."""
    found = policies.begin_draft(actor=ada, at=at)
    policies.save_draft(source=source, version=found.version, actor=ada, at=at)
    return draft().version


def publish(ada, version, *, over=1, **more) -> PolicyVersion:
    at = more.pop("at", MONDAY)
    return policies.publish_draft(version=version, over=over, actor=ada, at=at, **more)


def refused(act, *arguments, **named) -> Refusal:
    with pytest.raises(Refusal) as raised:
        act(*arguments, **named)
    return raised.value


# --- who --------------------------------------------------------------------------------------


def test_i59_only_an_administrator_touches_the_policy(world):
    tried = [
        lambda who: policies.begin_draft(actor=who, at=MONDAY),
        lambda who: policies.save_draft(source=HARMLESS, version=1, actor=who, at=MONDAY),
        lambda who: policies.acknowledge("x", version=1, actor=who, at=MONDAY),
        lambda who: policies.discard_draft(version=1, actor=who, at=MONDAY),
        lambda who: policies.publish_draft(version=1, over=1, actor=who, at=MONDAY),
    ]
    for act in tried:
        for who in (world.asta, world.tove, world.cleo):
            assert refused(act, who).code == "not-found"
    assert not PolicyDraft.objects.exists()


def test_i59_every_change_names_who_made_it(world, ada):
    version = begun(ada, HARMLESS)
    assert (draft().edited_by, draft().edited_at) == ("Ada Sund", MONDAY)
    published = publish(ada, version)
    assert published.published_by.name == "Ada Sund"
    assert versions(at=MONDAY)[0].published_by == "Ada Sund"
    begun(ada, QUICKER)
    policies.acknowledge(GOLDEN_NAME, version=draft().version, actor=ada, at=MONDAY)
    policies.discard_draft(version=draft().version, actor=ada, at=MONDAY)
    kept = AuditEntry.objects.order_by("id").values_list("what", "agent__name")
    assert list(kept) == [
        (f"policy_{what}", "Ada Sund")
        for what in ("begun", "changed", "published", "begun", "changed")
        + ("acknowledged", "discarded")
    ]
    assert AuditEntry.objects.latest("id").facts["source"] != SHIPPED_POLICY


def test_a_command_on_the_desks_own_machine_may_and_leaves_no_name(world):
    version = begun(DESK, HARMLESS)
    assert publish(DESK, version).published_by is None


# --- a version is for ever --------------------------------------------------------------------


@pytest.mark.parametrize("column", ["source", "acknowledged", "holds_from"])
def test_a_published_version_cannot_be_changed_by_anybody(world, column):
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.update(**{column: PolicyVersion.objects.values(column)[:1]})
    assert current_policy(at=MONDAY).source == SHIPPED_POLICY


def test_there_is_a_trigger_on_every_table_that_only_grows(world):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        names = {name for [name] in cursor.fetchall()}
    tables = ("event", "policyversion", "calendarversion")
    assert {f"dueline_{table}_append_only" for table in tables} <= names


# --- drafts -----------------------------------------------------------------------------------


def test_a_draft_begins_as_the_last_version_and_changes_nothing_that_holds(world, ada):
    found = policies.begin_draft(actor=ada, at=MONDAY)
    assert (found.source, found.begun_from) == (SHIPPED_POLICY, 1)
    policies.save_draft(source=QUICKER, version=found.version, actor=ada, at=MONDAY)
    assert draft().source == QUICKER
    assert current_policy(at=MONDAY + DAY).source == SHIPPED_POLICY


def test_to_begin_again_leaves_what_was_begun(world, ada):
    begun(ada, QUICKER)
    assert policies.begin_draft(actor=ada, at=MONDAY + DAY).source == QUICKER


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("name =", "bad-policy"),
        (SHIPPED_POLICY.replace('"1 business day"', '"1 day"'), "bad-target"),
        (SHIPPED_POLICY.replace("09:00 reply", "09:00 replied"), "bad-golden"),
    ],
)
def test_what_cannot_be_read_never_becomes_a_draft(world, ada, source, code):
    found = policies.begin_draft(actor=ada, at=MONDAY)
    act = policies.save_draft
    assert refused(act, source=source, version=found.version, actor=ada, at=MONDAY).code == code
    assert draft().source == SHIPPED_POLICY


def test_who_has_seen_an_older_draft_overwrites_nothing(world, ada):
    found = policies.begin_draft(actor=ada, at=MONDAY)
    begun(world.ada, HARMLESS)
    act = policies.save_draft
    refusal = refused(act, source=QUICKER, version=found.version, actor=ada, at=MONDAY)
    assert refusal.code == "stale"
    assert "Ada Sund" in refusal.text
    assert (
        refused(policies.discard_draft, version=found.version, actor=ada, at=MONDAY).code == "stale"
    )
    assert refused(publish, ada, found.version).code == "stale"
    assert draft().source == HARMLESS


def test_without_a_draft_there_is_nothing_to_publish_or_throw_away(world, ada):
    assert refused(publish, ada, 1).code == "no-draft"
    assert refused(policies.discard_draft, version=1, actor=ada, at=MONDAY).code == "no-draft"


# --- what a draft changes, and for whom -------------------------------------------------------


def test_a_change_says_how_many_contracts_and_open_cases_it_concerns(world, ada):
    world.case(by=world.eve)
    world.case(by=world.eve, priority="low")
    world.case(by=world.cleo)
    begun(ada, HARMLESS)
    [(change, reach)] = review(at=MONDAY).changes
    assert (change.plan, change.priority) == ("standard", "normal")
    assert (reach.contracts, reach.cases) == (1, 1)


def test_a_change_of_the_whole_policy_concerns_all_of_them(world, ada):
    world.case(by=world.eve)
    world.case(by=world.cleo)
    Contract.objects.filter(organization=world.southgate).update(ends_on=date(2026, 1, 31))
    begun(ada, SHIPPED_POLICY.replace("reopen_window_days = 14", "reopen_window_days = 7"))
    [(_change, reach)] = review(at=MONDAY).changes
    assert (reach.contracts, reach.cases) == (1, 2)


# --- publishing -------------------------------------------------------------------------------


def test_a_version_that_says_the_same_is_not_published(world, ada):
    found = policies.begin_draft(actor=ada, at=MONDAY)
    assert refused(publish, ada, found.version).code == "same"


def test_a_time_that_has_passed_cannot_be_promised_anew(world, ada):
    version = begun(ada, HARMLESS)
    refusal = refused(publish, ada, version, holds_from=MONDAY - MINUTE)
    assert refusal.code == "holds_from"
    assert PolicyVersion.objects.count() == 1


def test_the_present_minute_is_now(world, ada):
    version = begun(ada, HARMLESS)
    at = MONDAY.replace(second=40)
    assert publish(ada, version, at=at, holds_from=MONDAY).holds_from == at


def test_a_calendar_that_the_desk_has_not_got_stands_in_the_way(world, ada):
    evenings = HARMLESS.replace('calendar = "always"', 'calendar = "Evenings"', 1)
    without_golden = evenings.partition("[[golden]]")[0]
    version = begun(ada, without_golden)
    refusal = refused(publish, ada, version)
    assert (refusal.code, "Evenings" in refusal.text) == ("no-calendar", True)
    assert [one.code for one in review(at=MONDAY).obstacles] == ["no-calendar"]
    Calendar.objects.create(name="Evenings")
    assert review(at=MONDAY).obstacles == ()


def test_a_plan_that_a_contract_is_for_cannot_go(world, ada):
    head, _, tail = HEAD.partition("[plans.extended]")
    version = begun(ada, head)
    assert tail
    refusal = refused(publish, ada, version)
    assert (refusal.code, "extended" in refusal.text) == ("plan-in-use", True)
    Contract.objects.filter(plan="extended").update(ends_on=MONDAY.date())
    assert refused(publish, ada, version).code == "plan-in-use"
    tomorrow = MONDAY + DAY
    assert refused(publish, ada, version, at=tomorrow).code == "golden"


def test_two_who_publish_at_once_do_not_both(world, ada):
    version = begun(ada, HARMLESS)
    publish_policy(source=SHIPPED_POLICY, at=MONDAY)
    assert refused(publish, ada, version, over=1).code == "stale"
    assert publish(ada, version, over=2).number == 3
    assert draft() is None


def test_a_scheduled_version_holds_from_its_instant_and_may_be_superseded(world, ada):
    on = MONDAY + 7 * DAY
    publish(ada, begun(ada, HARMLESS), holds_from=on)
    first, second = versions(at=MONDAY)
    assert (first.is_scheduled, first.holds) == (True, False)
    assert (second.is_scheduled, second.holds) == (False, True)
    assert current_policy(at=on - MINUTE).number == 1
    assert current_policy(at=on).number == 2

    changed = HARMLESS.replace("reopen_window_days = 14", "reopen_window_days = 7")
    publish(ada, begun(ada, changed), over=2, holds_from=on)
    assert current_policy(at=on).number == 3


# --- golden cases -----------------------------------------------------------------------------


def acknowledge_all(ada) -> list[str]:
    names = [one.name for one in review(at=MONDAY).golden if one.blocks]
    for name in names:
        policies.acknowledge(name, version=draft().version, actor=ada, at=MONDAY)
    return names


def test_a_golden_case_that_fails_blocks_until_each_is_acknowledged(world, ada):
    version = begun(ada, QUICKER)
    refusal = refused(publish, ada, version)
    assert refusal.code == "golden"
    assert "Critical, Extended" in refusal.text

    names = acknowledge_all(ada)
    assert len(names) == 5
    published = publish(ada, draft().version)

    assert set(published.acknowledged) == set(names)
    taken_on = published.acknowledged[
        "Critical, Standard: the same night counts from Monday's opening"
    ]
    assert (taken_on["name"], taken_on["at"]) == ("Ada Sund", MONDAY.isoformat())
    assert taken_on["was"][0] == "response 1: running, due 2026-11-23 09:00"
    assert taken_on["now"][0] == "response 1: running, due 2026-11-23 08:30"
    golden = {case.name: case for case in parse_policy(published.source).golden}
    assert golden["Critical, Standard: the same night counts from Monday's opening"].due == tuple(
        taken_on["now"]
    )


def test_one_acknowledgement_is_not_enough_for_two(world, ada):
    begun(ada, QUICKER)
    name = next(one.name for one in review(at=MONDAY).golden if one.blocks)
    policies.acknowledge(name, version=draft().version, actor=ada, at=MONDAY)
    assert review(at=MONDAY).blocking == 4
    assert refused(publish, ada, draft().version).code == "golden"


def test_an_acknowledgement_is_worth_nothing_once_the_draft_gives_something_else(world, ada):
    begun(ada, QUICKER)
    acknowledge_all(ada)
    again = draft().source.replace('within = "30 min"', 'within = "20 min"')
    policies.save_draft(source=again, version=draft().version, actor=ada, at=MONDAY)
    assert review(at=MONDAY).blocking == 5
    assert refused(publish, ada, draft().version).code == "golden"


def test_a_golden_case_that_the_draft_leaves_out_is_acknowledged_as_gone(world, ada):
    version = begun(ada, HARMLESS.partition("[[golden]]")[0])
    assert refused(publish, ada, version).code == "golden"
    names = acknowledge_all(ada)
    assert len(names) == 11
    assert publish(ada, draft().version).acknowledged[names[0]]["now"] == []


def test_what_was_acknowledged_and_then_taken_back_is_not_on_the_version(world, ada):
    begun(ada, QUICKER)
    acknowledge_all(ada)
    policies.save_draft(source=HARMLESS, version=draft().version, actor=ada, at=MONDAY)
    assert publish(ada, draft().version).acknowledged == {}


def test_a_case_that_does_not_exist_cannot_be_acknowledged(world, ada):
    version = begun(ada, QUICKER)
    act = policies.acknowledge
    assert refused(act, "Nothing", version=version, actor=ada, at=MONDAY).code == "not-found"
    assert refused(act, "Nothing", version=1, actor=ada, at=MONDAY).code == "not-found"


# --- nothing running moves --------------------------------------------------------------------


def test_a_request_is_promised_under_the_version_that_held_when_it_arrived(world, ada):
    acknowledged = begun(ada, QUICKER)
    assert acknowledged
    acknowledge_all(ada)
    before = world.case(priority="critical", at=MONDAY - MINUTE)
    publish(ada, draft().version)
    after = world.case(priority="critical", at=MONDAY + MINUTE)
    assert [case.policy_version.number for case in (before, after)] == [1, 2]
    due = [case.commitments.get(kind="response").due_at for case in (before, after)]
    assert due == [MONDAY + 59 * MINUTE, MONDAY + 31 * MINUTE]
