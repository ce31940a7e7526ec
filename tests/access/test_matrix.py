"""Who of a company sees what: every role against every kind of thing (row 55 of the list).

Of Northwind: a contact with a case of their own, one who sees all cases, a super-user, a super-user
of other days, one who has left. Of Southgate: a super-user. And nobody at all.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from dueline.actions import cases, contacts
from dueline.core.priorities import Priority
from dueline.models import Account, Contact
from tests.access.scene import ARRIVED, sign_in
from tests.world import World

pytestmark = pytest.mark.django_db

# Each thing of Northwind's, and who finds it. "own": the contact finds only their own.
KINDS = (
    "own case",
    "colleague's case",
    "file",
    "promise",
    "guide",
    "list",
    "request",
    "request file",
)
SEES = {
    "contact": ("yes", "no", "no", "no", "yes", "no", "no", "no"),
    "sees all": ("yes", "yes", "yes", "yes", "yes", "no", "no", "no"),
    "super-user": ("yes", "yes", "yes", "yes", "yes", "yes", "yes", "yes"),
    "super-user of other days": ("yes", "no", "no", "no", "yes", "no", "no", "no"),
    "has left": ("door", "door", "door", "door", "yes", "door", "door", "door"),
    "other company": ("no", "no", "no", "no", "yes", "other", "no", "no"),
    "nobody": ("door", "door", "door", "door", "yes", "door", "door", "door"),
}
CANARY = "quarrylark"  # in everything of Northwind's


@pytest.fixture
def roles(scene):
    """Return, by role, the person; each of Northwind's has a case of their own."""
    world: World = scene.world
    today = timezone.now().date()
    made = {
        "contact": {},
        "sees all": {"sees_company": True},
        "super-user": {"is_super_user": True},
        "super-user of other days": {
            "is_super_user": True,
            "super_from": today - timedelta(days=900),
            "super_until": today - timedelta(days=800),
        },
        "has left": {"is_super_user": True, "sees_company": True},
    }
    found = {"other company": world.eve, "nobody": None}
    for role, rights in made.items():
        email = f"{role.replace(' ', '.')}@northwind.example"
        contact = Contact.objects.create(
            organization=world.northwind,
            account=Account.objects.create(email=email, created_at=ARRIVED),
            name=role,
            email=email,
            created_at=ARRIVED,
            **rights,
        )
        found[role] = contact.as_person()
    return found


def own_case(person):
    contact = Contact.objects.get(pk=person.id)
    return cases.open_case(
        contact=contact,
        subject=f"Own {CANARY}",
        text="x",
        priority=Priority.NORMAL,
        channel="web",
        happened_at=ARRIVED,
        at=ARRIVED,
        actor=person,
    )


@pytest.mark.parametrize("role", SEES)
def test_row_55_every_role_sees_just_what_is_its_own(scene, roles, role):
    person = roles[role]
    case = scene.case.number
    own = own_case(person).number if person and role != "other company" else case
    file = scene.file
    held = scene.held
    places = (
        f"/cases/{own}",
        f"/cases/{case}",
        f"/cases/{case}/files/{file.pk}",
        f"/cases/{case}",
        "/guide",
        "/company",
        f"/company/requests/{held.pk}",
        f"/company/requests/{held.pk}/files/{held.files.get().pk}",
    )
    client = sign_in(person)
    if role == "has left":
        contacts.take_off_list(Contact.objects.get(pk=person.id), at=ARRIVED)
    got = tuple(outcome(client.get(place), kind) for kind, place in zip(KINDS, places, strict=True))
    assert dict(zip(KINDS, got, strict=True)) == dict(zip(KINDS, SEES[role], strict=True))


def outcome(answer, kind) -> str:
    if answer.status_code == 302:
        return "door"
    if answer.status_code == 404:
        return "no"
    assert answer.status_code == 200
    text = answer.content.decode("utf-8", "replace")
    if kind == "guide":
        assert CANARY not in text
        return "yes"
    if kind == "promise":
        return "yes" if "promises of this case" in text else "no"
    return "yes" if CANARY in text else "other"


def test_row_55_a_list_of_cases_holds_just_what_its_reader_may_see(scene, roles):
    counts = {}
    for role, person in roles.items():
        if person is None or role == "has left":
            continue
        page = sign_in(person).get("/cases").content.decode()
        counts[role] = scene.case.number in page
    assert counts == {
        "contact": False,
        "sees all": True,
        "super-user": True,
        "super-user of other days": False,
        "other company": False,
    }
