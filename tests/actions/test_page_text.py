"""A page says nothing confidential, whatever stands in a case."""

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dueline.actions import pages
from dueline.models import Case, Contact, Organization, OutboxItem, Page, PageAttempt, Paging
from dueline.wording.pages import PageFacts
from tests.pages import page_to, paging_of, reach
from tests.world import MONDAY, World

# Signs that none of our own texts uses: a single one of them in a page is a leak.
SECRET = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=40)


def is_secret(text: str) -> bool:
    return any(0x4E00 <= ord(sign) <= 0x9FFF for sign in text)


@given(
    subject=SECRET,
    text=SECRET,
    name=SECRET,
    company=SECRET,
    installation=SECRET,
    why=st.sampled_from([why for why in Paging.Why.values if why != "part"]),
    said=SECRET,
)
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_nothing_that_a_customer_wrote_or_is_gets_into_a_page(
    world: World,
    subject: str,
    text: str,
    name: str,
    company: str,
    installation: str,
    why: str,
    said: str,
):
    Contact.objects.filter(pk=world.cleo.id).update(name=name)
    Organization.objects.filter(pk=world.northwind.pk).update(name=company)
    case = world.case(priority="critical", subject=subject, text=text, acknowledge=False)
    Case.objects.filter(pk=case.pk).update(product=installation, environment=installation)
    PageAttempt.objects.all().delete()
    Page.objects.all().delete()
    running = paging_of(case, why=why, said=said, occasion=f"x:{case.pk}")
    page_to(world.bo, running)
    claimed = pages.claim_next(at=MONDAY)
    assert claimed
    assert not is_secret(claimed.text.title + claimed.text.body)
    assert case.number in claimed.text.title
    OutboxItem.objects.all().delete()
    world.desk.smtp_host = "mail.example"
    world.desk.save()
    pages.mail(claimed, pages.Way(None, "mail", "E-mail", "bo@desk.example", False), at=MONDAY)
    mail = OutboxItem.objects.get(purpose="page")
    assert not is_secret(mail.subject + mail.text + mail.html)


def test_a_page_knows_nothing_besides_number_priority_and_due_time():
    assert {field.name for field in dataclasses.fields(PageFacts)} == {
        "why",
        "number",
        "priority",
        "said",  # of a part of the desk; never of a case
        "kind",
        "due_at",
        "now",
        "zone",
        "url",
        "code",
    }


@pytest.mark.parametrize(
    ("why", "title"),
    [
        ("critical", "Critical case 10001-{check}"),
        ("not_activated", "Critical case 10001-{check}: nobody has begun yet"),
        ("reopened", "Critical case 10001-{check}: reopened"),
        ("by_hand", "Critical case 10001-{check}: you are called"),
    ],
)
def test_a_page_says_why_it_comes(world, why, title):
    case = world.case(priority="critical", acknowledge=False)
    page_to(world.bo, paging_of(case, why=why))
    claimed = pages.claim_next(at=MONDAY)
    assert claimed
    assert claimed.text.title == title.replace("10001-{check}", case.number)
    assert len(claimed.text.title + " " + claimed.text.body) <= 160  # one text message


def test_a_promise_that_is_late_already_is_said_to_be(world):
    case = world.case(priority="critical", acknowledge=False)
    page = page_to(world.bo, paging_of(case))
    late = MONDAY.replace(hour=13)
    Page.objects.filter(pk=page.pk).update(next_try_at=late)
    reach(world.bo.id, "json://x.example")
    claimed = pages.claim_next(at=late)
    assert claimed
    assert claimed.text.body.startswith("Response was due 11:00.")
