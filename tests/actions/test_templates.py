"""Texts that are written often."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dueline.actions import messages, templates
from dueline.core.errors import Refusal
from dueline.core.placeholders import PLACEHOLDERS
from dueline.models import AuditEntry, Case, Contact, Event, OutboxItem, ReplyTemplate
from dueline.queries.templates import offered
from tests.world import MONDAY

pytestmark = pytest.mark.django_db

TEXT = "Hello {contact.first_name},\n\nwe look at **{case.number}** now. {promise.next}."


@pytest.fixture
def keep(world):
    def add(text: str = TEXT, *, name: str = "We look at it", language: str = ""):
        return templates.add(name=name, language=language, text=text, actor=world.ada, at=MONDAY)

    return add


@pytest.mark.parametrize("who", ["asta", "tove", "cleo"])
def test_only_managers_and_administrators_keep_templates(world, keep, who):
    actor = getattr(world, who)
    template = keep()
    for act in (
        lambda: templates.add(name="x", language="", text="x", actor=actor, at=MONDAY),
        lambda: templates.change(
            template.pk, name="x", language="", text="x", actor=actor, at=MONDAY
        ),
        lambda: templates.set_active(template.pk, is_active=False, actor=actor, at=MONDAY),
    ):
        with pytest.raises(Refusal, match="no such page"):
            act()
    assert ReplyTemplate.objects.get().name == "We look at it"


def test_a_manager_keeps_templates_too(world):
    manager = replace(world.asta, is_manager=True)
    templates.add(name="x", language="", text="x", actor=manager, at=MONDAY)
    assert ReplyTemplate.objects.exists()


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "x" * 101}),
        ("language", {"language": "tlh"}),
        ("text", {"text": "\n"}),
        ("text", {"text": "Hello {contact.nick}"}),
        ("text", {"text": "[x](https://a.example/{contact.name})"}),
        ("text", {"text": "https://a.example/{case.subject}"}),
        ("text", {"text": "[x]\n\n[x]: https://a.example/?q={company.name}"}),
    ],
)
def test_a_template_that_could_not_be_used_is_refused(world, field, changed):
    with pytest.raises(Refusal) as refused:
        templates.add(
            **{"name": "A", "language": "", "text": "B", **changed}, actor=world.ada, at=MONDAY
        )
    assert refused.value.code == field
    assert not ReplyTemplate.objects.exists()


def test_two_templates_of_one_name_need_two_languages(world, keep):
    keep()
    keep("Hej!", language="sv")
    with pytest.raises(Refusal, match="already"):
        keep("Hej hej!", language="sv")


def test_who_changed_a_template_is_written_down(world, keep):
    template = keep()
    templates.change(template.pk, name="New", language="", text="Other", actor=world.ada, at=MONDAY)
    templates.set_active(template.pk, is_active=False, actor=world.ada, at=MONDAY)
    kept = AuditEntry.objects.filter(what__startswith="template_").order_by("id")
    assert [entry.what for entry in kept] == [
        "template_added",
        "template_changed",
        "template_activity",
    ]
    assert kept[1].facts["old"] == TEXT
    assert kept[1].facts["text"] == "Other"


def test_what_is_switched_off_or_in_another_language_is_not_offered(world, keep):
    keep(name="any")
    keep(name="swedish", language="sv")
    keep(name="norwegian", language="nb")
    templates.set_active(keep(name="old").pk, is_active=False, actor=world.ada, at=MONDAY)
    assert [one.name for one in offered(language="sv")] == ["any", "swedish"]


def test_a_template_is_filled_in_for_a_case_that_the_agent_sees(world, keep):
    template, case = keep(), world.case(priority="critical")
    with pytest.raises(Refusal):
        templates.fill_in(template.pk, case.pk, actor=world.eve, at=MONDAY)
    with pytest.raises(Refusal):
        templates.fill_in(template.pk, 999, actor=world.asta, at=MONDAY)

    text = templates.fill_in(template.pk, case.pk, actor=world.asta, at=MONDAY)

    assert text.startswith(f"Hello Cleo,\n\nwe look at **{case.number}** now. ")


def test_every_placeholder_says_something_of_the_case(world, keep):
    values = templates.values_for(world.case().pk, actor=world.asta, at=MONDAY)
    assert set(values) == set(PLACEHOLDERS)
    assert all(values.values())


def test_the_next_promise_is_the_one_that_holds_after_the_reply(world, keep):
    """The response would be met by the very mail that names it."""
    case = world.case(priority="critical")
    said = templates.values_for(case.pk, actor=world.asta, at=MONDAY)["promise.next"]
    assert said == "activation by 10:15 on Monday 23 November (CET)"


def test_the_promise_is_said_in_the_reader_s_own_zone_and_language(world):
    Contact.objects.filter(pk=world.cleo.id).update(zone="Europe/Helsinki", language="sv")
    case = world.case(priority="critical")
    said = templates.values_for(case.pk, actor=world.asta, at=MONDAY)["promise.next"]
    assert "11:15" in said
    assert "november" in said


def test_where_nothing_is_promised_the_text_says_so(world):
    case = world.case(priority="low")
    said = templates.values_for(case.pk, actor=world.asta, at=MONDAY)["promise.next"]
    assert said == "no time is promised"


def test_filling_in_changes_nothing(world, keep):
    template, case = keep(), world.case()
    before = (Case.objects.get().version, Event.objects.count(), OutboxItem.objects.count())
    templates.fill_in(template.pk, case.pk, actor=world.asta, at=MONDAY)
    assert (Case.objects.get().version, Event.objects.count(), OutboxItem.objects.count()) == before
    assert Case.objects.get().state == "new"


def test_i52_what_a_customer_called_the_case_is_filled_in_as_text(world, keep):
    case = world.case(subject="[prize](https://evil.example) {agent.name}")
    template = keep("About “{case.subject}”")
    text = templates.fill_in(template.pk, case.pk, actor=world.asta, at=MONDAY)
    assert text == r"About “\[prize\](https\://evil.example) {agent.name}”"


def test_a_resolved_case_is_written_about_as_well(world, keep):
    from dueline.actions import cases

    case = world.case()
    messages.reply(case.pk, text="Done.", actor=world.asta, at=MONDAY)
    cases.resolve(case.pk, text="Done.", actor=world.asta, at=MONDAY + timedelta(hours=1))
    text = templates.fill_in(keep().pk, case.pk, actor=world.asta, at=MONDAY + timedelta(hours=2))
    assert "no time is promised" in text
