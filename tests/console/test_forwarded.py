"""A forwarded mail on the pages of the desk: whoever wrote it is offered, and a person chooses."""

import pytest

from dueline.actions import inbox
from dueline.intake import read_inbox
from dueline.models import Case, InboxItem, OutboxItem

pytestmark = pytest.mark.django_db

RAW = b"""From: Finn <finn@new.example>
To: support@desk.example
Subject: Fwd: Payment page down
Date: Mon, 23 Nov 2026 10:00:00 +0100
Message-ID: <1@new.example>

See below.

---------- Forwarded message ---------
From: Eve Moss <eve@southgate.example>
Date: Mon, 23 Nov 2026 at 09:30
Subject: Payment page down
To: <finn@new.example>

The page is down.
""".replace(b"\n", b"\r\n")


@pytest.fixture
def asta(world, enter):
    return enter(world.asta)


def comes(now):
    inbox.keep_raw(
        RAW,
        door="smtp",
        mail_from="finn@new.example",
        rcpt_to=["support@desk.example"],
        at=now,
    )


@pytest.fixture
def case(world, now) -> Case:
    comes(now)
    read_inbox.read_next(now)
    read_inbox.stop()
    return Case.objects.get()


def test_the_page_of_a_case_names_who_wrote_what_was_forwarded(asta, case):
    page = asta.get(f"/console/cases/{case.number}").content.decode()
    assert "Forwarded mail of Eve Moss &lt;eve@southgate.example&gt;" in page
    assert "Make Eve Moss the contact of this case" in page


def test_the_form_is_filled_in_with_them_and_nothing_happens_by_looking(asta, case):
    item = InboxItem.objects.get()
    page = asta.get(f"/console/cases/{case.number}/contact?mail={item.pk}").content.decode()
    assert 'value="eve@southgate.example"' in page
    assert "Whoever forwards a mail can write what they like" in page
    case.refresh_from_db()
    assert case.contact.email == "finn@new.example"


@pytest.mark.parametrize("mail", ["", "0", "999999", "x", "1%0a", "-1"])
def test_a_mail_of_another_case_fills_nothing_in(asta, case, mail):
    response = asta.get(f"/console/cases/{case.number}/contact?mail={mail}")
    assert response.status_code == 200
    assert "eve@southgate.example" not in response.content.decode()


def test_a_person_makes_them_the_contact(world, asta, case):
    told = {"name": "Eve Moss", "email": "eve@southgate.example"}
    mails = OutboxItem.objects.count()
    assert asta.post(f"/console/cases/{case.number}/contact", told).status_code == 302
    case.refresh_from_db()
    assert case.contact_id == world.eve.id
    assert OutboxItem.objects.count() == mails
    page = asta.get(f"/console/cases/{case.number}").content.decode()
    assert "Asta Lind made Eve Moss the contact of the case." in page
    assert "Forwarded mail of" not in page


def test_a_refusal_brings_back_what_was_typed(world, asta):
    case = world.case()
    told = {"name": "Eve", "email": "eve@southgate.example"}
    response = asta.post(f"/console/cases/{case.number}/contact", told)
    page = response.content.decode()
    assert response.status_code == 400
    assert "not on the list of the customer’s company" in page
    assert 'value="eve@southgate.example"' in page


def test_a_held_mail_offers_whoever_wrote_it(world, asta, case):
    InboxItem.objects.update(state="held", case=None)
    item = InboxItem.objects.get()
    assert "Open as a case of Eve Moss" in asta.get("/console/inbox").content.decode()
    assert asta.post(f"/console/inbox/{item.pk}/original-case").status_code == 302
    read_inbox.stop()
    opened = Case.objects.latest("id")
    assert opened.pk != case.pk
    assert opened.contact_id == world.eve.id


def test_a_mail_that_forwards_nothing_offers_nobody(world, asta, now):
    world.case()
    InboxItem.objects.create(sha256="a", door="smtp", received_at=now, state="held")
    assert "Open as a case of" not in asta.get("/console/inbox").content.decode()
