"""The pages of the policy: read, edited as a draft, tried, published."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dueline.actions import policies
from dueline.actions.policies import SHIPPED_POLICY
from dueline.console import policy_form
from dueline.core.policy import parse_policy
from dueline.core.priorities import Priority
from dueline.models import Calendar, PolicyDraft, PolicyVersion
from dueline.queries.policy_drafts import draft
from tests.core.test_policy import SHIPPED
from tests.world import World

POLICY = "/console/settings/policy"
DRAFT = f"{POLICY}/draft"
STANDARD = f"{DRAFT}/plans/standard"
QUICKER = SHIPPED_POLICY.replace('within = "60 min"', 'within = "30 min"')


@pytest.fixture
def ada(world: World, enter) -> Client:
    return enter(world.ada)


@pytest.fixture
def begun(ada) -> Client:
    ada.post(DRAFT)
    return ada


def typed(**changed: str) -> dict[str, str]:
    fields = policy_form.plan_fields(SHIPPED.plans["standard"])
    return {**fields, "version": str(draft().version), **changed}


def page_of(answer) -> str:
    return answer.content.decode()


def test_without_a_draft_every_page_of_it_leads_to_where_one_is_begun(ada):
    for page in ("", "/plans/standard", "/plans", "/priorities", "/warnings", "/rules", "/text"):
        answer = ada.get(f"{DRAFT}{page}")
        assert (answer.status_code, answer["Location"]) == (302, POLICY), page
    assert ada.get(f"{DRAFT}.toml").status_code == 302
    assert "Begin a draft" in page_of(ada.get(POLICY))


def test_a_draft_is_begun_and_seen_by_whoever_looks(world, ada, enter):
    assert ada.post(DRAFT)["Location"] == DRAFT
    assert "Nothing yet" in page_of(ada.get(DRAFT))
    assert "Last changed by Ada Sund" in page_of(ada.get(POLICY))


# - the matrix -


def test_a_target_that_can_be_read_in_two_ways_comes_back_with_everything_typed(begun):
    form = {"critical-response-within": "1 day", "title": "Standard plus", "summary": ""}
    answer = begun.post(STANDARD, typed(**form))
    assert answer.status_code == 400
    page = page_of(answer)
    assert 'value="1 day"' in page
    assert 'value="Standard plus"' in page
    assert "is not a target" in page
    assert 'id="critical-response-within-error"' in page
    assert draft().source == SHIPPED_POLICY


def test_a_cell_is_changed_and_the_draft_says_so_in_plain_words(world, begun):
    world.case(by=world.eve)
    answer = begun.post(STANDARD, typed(**{"normal-response-within": "6 h"}))
    assert answer["Location"] == DRAFT
    page = page_of(begun.get(DRAFT))
    assert "Standard, Normal: response the end of the next business day → 6 hours" in page
    assert "1 contract, 1 open case" in page
    assert "Nothing running moves" in page
    assert "1 golden case waits for your word" in page


def test_a_calendar_of_the_desk_can_be_chosen_for_a_cell(begun):
    Calendar.objects.create(name="Evenings")
    assert "Evenings" in page_of(begun.get(STANDARD))
    begun.post(
        STANDARD, typed(**{"low-response-calendar": "Evenings", "low-response-within": "1 h"})
    )
    assert draft().policy.named_calendars == ("Evenings",)


def test_who_was_overtaken_keeps_what_was_typed_and_can_save_it_again(world, begun, enter):
    form = typed(**{"normal-response-within": "6 h"})
    policies.save_draft(source=QUICKER, version=1, actor=world.ada, at=draft().edited_at)
    answer = begun.post(STANDARD, form)
    assert answer.status_code == 409
    page = page_of(answer)
    assert "changed meanwhile" in page
    assert 'value="6 h"' in page
    assert 'name="version" value="2"' in page
    assert begun.post(STANDARD, {**form, "version": "2"}).status_code == 302
    cells = {cell.target.spelled for cell in draft().policy.plans["standard"].cells.values()}
    assert "6 h" in cells


def test_a_form_that_changes_nothing_leaves_the_comments_of_the_text(begun):
    begun.post(STANDARD, typed())
    assert draft().source == SHIPPED_POLICY


# - plans -


def test_a_plan_is_added_renamed_and_removed(begun):
    answer = begun.post(f"{DRAFT}/plans", {"title": "Gold", "like": "extended", "version": "1"})
    assert answer["Location"] == f"{DRAFT}/plans/gold"
    assert "The plan Gold is new" in page_of(begun.get(DRAFT))
    fields = policy_form.plan_fields(draft().policy.plans["gold"])
    begun.post(f"{DRAFT}/plans/gold", {**fields, "title": "Platinum", "version": "2"})
    assert draft().policy.plans["gold"].title == "Platinum"
    begun.post(f"{DRAFT}/plans/gold/removal", {"version": "3"})
    assert list(draft().policy.plans) == ["standard", "extended"]


def test_a_plan_that_a_contract_is_for_stays(begun):
    assert "cannot be removed" in page_of(begun.get(STANDARD))
    answer = begun.post(f"{STANDARD}/removal", {"version": "1"})
    assert "Contracts are for the plan Standard" in page_of(begun.get(answer["Location"]))
    assert "standard" in draft().policy.plans


def test_a_plan_that_does_not_exist_is_not_found(begun):
    assert begun.get(f"{DRAFT}/plans/gold").status_code == 404
    assert begun.post(f"{DRAFT}/plans/gold/removal").status_code == 404


# - the other parts -


def test_priorities_warnings_and_rules_are_edited_each_on_its_page(begun):
    words = {**policy_form.priority_fields(SHIPPED), "title-low-sv": "Liten", "version": "1"}
    assert begun.post(f"{DRAFT}/priorities", words).status_code == 302
    steps = {**policy_form.warning_fields(SHIPPED), "response-0-at": "40%", "version": "2"}
    assert begun.post(f"{DRAFT}/warnings", steps).status_code == 302
    rules = {**policy_form.rule_fields(SHIPPED), "reopen_window_days": "7", "version": "3"}
    assert begun.post(f"{DRAFT}/rules", rules).status_code == 302

    policy = draft().policy
    assert policy.priorities[Priority.LOW].in_language("sv").title == "Liten"
    assert policy.reopen_window.days == 7
    page = page_of(begun.get(DRAFT))
    assert "Warnings of response" in page
    assert "Low, title (Svenska): “Låg” → “Liten”" in page


@pytest.mark.parametrize(
    ("page", "fields", "wrong"),
    [
        ("priorities", policy_form.priority_fields(SHIPPED), {"meaning-low": ""}),
        ("warnings", policy_form.warning_fields(SHIPPED), {"response-0-at": "often"}),
        ("rules", policy_form.rule_fields(SHIPPED), {"remind_after": "1 day"}),
    ],
)
def test_a_part_with_something_wrong_comes_back_as_it_was_typed(begun, page, fields, wrong):
    answer = begun.post(f"{DRAFT}/{page}", {**fields, **wrong, "version": "1"})
    assert answer.status_code == 400
    assert all(text in page_of(answer) for text in wrong.values())
    assert draft().version == 1


# - as text -


def test_a_text_that_cannot_be_read_comes_back_with_the_place(begun):
    answer = begun.post(f"{DRAFT}/text", {"source": "name = nothing", "version": "1"})
    assert answer.status_code == 400
    assert "name = nothing" in page_of(answer)
    assert "cannot be read" in page_of(answer)


def test_a_file_from_git_becomes_the_draft_and_comes_out_the_same(begun):
    upload = SimpleUploadedFile("policy.toml", QUICKER.replace("\n", "\r\n").encode())
    begun.post(f"{DRAFT}/text", {"source": "", "file": upload, "version": "1"})
    exported = begun.get(f"{DRAFT}.toml")
    assert exported.content.decode() == QUICKER
    assert exported["Content-Disposition"] == 'attachment; filename="policy-draft.toml"'


# - golden cases, and publishing -


def test_publishing_is_refused_while_a_golden_case_fails_and_possible_after_each(begun):
    begun.post(f"{DRAFT}/text", {"source": QUICKER, "version": "1"})
    form = {"over": "1", "version": "2"}
    answer = begun.post(f"{DRAFT}/publication", form)
    assert answer.status_code == 400
    assert "promises something else than before" in page_of(answer)
    assert "response 1: running, due 2026-11-23 09:00 → running, due 2026-11-23 08:30" in page_of(
        answer
    )

    names = [case.name for case in SHIPPED.golden if case.priority == "critical"]
    for name in names:
        begun.post(f"{DRAFT}/acknowledgements", {"name": name, "version": str(draft().version)})
    assert "Acknowledged by Ada Sund" in page_of(begun.get(DRAFT))
    answer = begun.post(f"{DRAFT}/publication", {**form, "version": str(draft().version)})
    assert answer["Location"] == POLICY
    assert not PolicyDraft.objects.exists()
    page = page_of(begun.get(POLICY))
    assert "version 2" in page
    assert "5 golden cases acknowledged" in page

    page = page_of(begun.get(f"{POLICY}/versions/2"))
    assert "Standard, Critical: response 60 minutes → 30 minutes" in page
    assert names[0] in page
    assert "Acknowledged by Ada Sund" in page


@pytest.mark.parametrize(
    ("day", "clock"), [("2020-01-01", "08:00"), ("tomorrow", ""), ("", "08:00"), ("2040-13-01", "")]
)
def test_a_time_that_cannot_be_is_an_error_of_its_field_and_stays_typed(begun, day, clock):
    begun.post(
        f"{DRAFT}/rules", {**policy_form.rule_fields(SHIPPED), "name": "New", "version": "1"}
    )
    form = {"over": "1", "version": "2", "holds_on": day, "holds_at": clock}
    answer = begun.post(f"{DRAFT}/publication", form)
    assert answer.status_code == 400
    assert 'id="holds_on-error"' in page_of(answer)
    assert f'value="{day}"' in page_of(answer)
    assert PolicyVersion.objects.count() == 1


def test_a_version_is_scheduled_on_the_desks_wall_and_said_to_be(begun):
    begun.post(
        f"{DRAFT}/rules", {**policy_form.rule_fields(SHIPPED), "name": "New", "version": "1"}
    )
    form = {"over": "1", "version": "2", "holds_on": "2040-07-02", "holds_at": "08:00"}
    begun.post(f"{DRAFT}/publication", form)
    published = PolicyVersion.objects.get(number=2)
    assert published.holds_from.isoformat() == "2040-07-02T06:00:00+00:00"
    page = page_of(begun.get(POLICY))
    assert "scheduled" in page
    assert "Shipped policy, version 1" in page
    begun.post(DRAFT)
    assert "Version 2 is scheduled" in page_of(begun.get(DRAFT))


def test_a_draft_is_thrown_away_by_who_has_seen_it_as_it_is(begun):
    assert begun.post(f"{DRAFT}/removal", {"version": "9"}).status_code == 409
    assert begun.post(f"{DRAFT}/removal", {"version": "1"})["Location"] == POLICY
    assert not PolicyDraft.objects.exists()


def test_every_version_can_be_read_exported_and_is_the_same_for_ever(begun):
    assert begun.get(f"{POLICY}/versions/9").status_code == 404
    assert begun.get(f"{POLICY}/versions/9.toml").status_code == 404
    exported = begun.get(f"{POLICY}/versions/1.toml")
    assert parse_policy(exported.content.decode()) == SHIPPED
    assert "It is the first version" in page_of(begun.get(f"{POLICY}/versions/1"))
