"""Every address of the product, as everybody of the cast (G1, i16, i17)."""

from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.apps import apps
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from dueline.core.audience import Person
from dueline.core.case_numbers import case_number
from dueline.intake import read_inbox
from tests.access.scene import Scene, every_route, sign_in

pytestmark = pytest.mark.django_db

PEOPLE = ("nobody", "dag", "cleo", "eve", "asta", "tove", "ada")
TABLE = Path(__file__).parent / "expectations.txt"
FRONT_DOOR = "(front door)"


def expectations() -> dict[tuple[str, str], list[str]]:
    """Return the table: (route, verb) → what each of PEOPLE gets."""
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            route, verb, *outcomes = [part for part in line.split("  ") if part.strip()]
            found[route.replace(FRONT_DOOR, ""), verb.strip()] = " ".join(outcomes).split()
    return found


EXPECTED = expectations()
OF_A_CASE = [
    route
    for route in every_route()
    if any(place in route for place in ("<str:number>", "<case_number:", "<int:file_id>"))
]

# Called by services that have no page to get a token from. They look at no session: what a browser
# of somebody signed in sends there has no more power than what a stranger sends.
FOR_MACHINES = {
    "hooks/pages/<str:secret>/replies",
    "hooks/phone/<str:secret>/calls",
    "hooks/phone/<str:secret>/caller",
    "hooks/voicemail/<str:secret>",
    "mail/webhooks/<str:secret>",
    "mail/webhooks/<str:secret>/mime",
}


class Visitor:
    """Somebody at the door. What they do is undone, so that each request meets the same desk."""

    def __init__(self, person: Person | None) -> None:
        self._client = sign_in(person)
        self._cookies = self._client.cookies.output(header="", sep=";")

    def get(self, address: str, **headers: str) -> HttpResponse:
        return self.send("GET", address, **headers)

    def post(self, address: str, data: dict[str, str] | None = None) -> HttpResponse:
        return self.send("POST", address, data)

    def send(
        self, verb: str, address: str, data: dict[str, str] | None = None, **headers: str
    ) -> HttpResponse:
        self._client.cookies = SimpleCookie(self._cookies)
        with transaction.atomic():
            response = getattr(self._client, verb.lower())(address, data, headers=headers)
            transaction.set_rollback(True)
        return response


@pytest.fixture
def visitors(scene: Scene) -> Iterator[dict[str, Visitor]]:
    cast = {name: getattr(scene.world, name) for name in PEOPLE if name != "nobody"}
    yield {"nobody": Visitor(None), **{name: Visitor(person) for name, person in cast.items()}}
    read_inbox.stop()


def outcome(response: HttpResponse) -> str:
    if response.status_code == 302 and response["Location"].startswith("/sign-in?"):
        return "door"
    if response.status_code == 302 and response["Location"] == "/sign-in":
        return "door"
    return str(response.status_code)


def test_every_address_has_an_expectation_and_no_expectation_is_left_over():
    walked = {(route, verb) for route in every_route() for verb in ("GET", "POST")}
    assert walked - EXPECTED.keys() == set(), "say in expectations.txt who may do what there"
    assert EXPECTED.keys() - walked == set(), "no such address any more"
    assert all(len(row) == len(PEOPLE) for row in EXPECTED.values())


@pytest.mark.parametrize("name", PEOPLE)
def test_i17_everybody_gets_what_the_table_says_at_every_address(scene, visitors, name):
    got = {
        (route, verb): outcome(visitors[name].send(verb, scene.address(route)))
        for route, verb in EXPECTED
    }
    wanted = {key: row[PEOPLE.index(name)] for key, row in EXPECTED.items()}
    assert {key: told for key, told in got.items() if told != wanted[key]} == {}


def test_i16_somebody_elses_case_is_not_there_whatever_is_asked_of_it(scene, visitors):
    """Eve and Dag: 404 for every address of the case, or at most "not by this verb"."""
    assert len(OF_A_CASE) > 20
    for name in ("eve", "dag"):
        for route in OF_A_CASE:
            for verb in ("GET", "POST"):
                told = outcome(visitors[name].send(verb, scene.address(route)))
                assert told in ("404", "405"), f"{name} {verb} {route}"


def test_i16_a_case_that_one_may_not_see_looks_like_one_that_does_not_exist(scene, visitors):
    unknown = case_number(987_654)
    for route in OF_A_CASE:
        if "<str:number>" not in route:
            continue
        for verb in ("GET", "POST"):
            forbidden = visitors["eve"].send(verb, scene.address(route))
            missing = visitors["eve"].send(
                verb, scene.address(route).replace(scene.case.number, unknown)
            )
            assert forbidden.status_code == missing.status_code
            assert forbidden.content == missing.content
            assert dict(forbidden.headers) == dict(missing.headers)


def test_i18_the_part_that_an_open_page_fetches_asks_the_same_question(scene, visitors):
    """Also of somebody whose rights ended while the page was open."""
    part = {"HX-Request": "true"}
    address = f"/cases/{scene.case.number}"
    assert visitors["eve"].get(address, **part).status_code == 404
    tag = visitors["cleo"].get(address, **part)["ETag"]
    assert visitors["eve"].get(address, **{**part, "If-None-Match": tag}).status_code == 404
    contact = scene.world.contact(scene.world.cleo)
    contact.organization, contact.is_super_user, contact.sees_company = None, False, False
    contact.save()
    scene.case.contact = scene.world.contact(scene.world.dag)
    scene.case.save()
    for headers in (part, {**part, "If-None-Match": tag}):
        assert visitors["cleo"].get(address, **headers).status_code == 404


def test_i17_the_customer_who_may_see_the_case_does(scene, visitors):
    """The walk would prove nothing if nobody found the case."""
    page = visitors["cleo"].get(f"/cases/{scene.case.number}")
    assert page.status_code == 200
    assert scene.case.subject in page.content.decode()
    file = visitors["cleo"].get(f"/cases/{scene.case.number}/files/{scene.file.pk}")
    assert file.status_code == 200


def test_i11_i21_a_file_is_found_only_below_a_case_that_one_may_see(scene, visitors):
    """Neither another case's number nor one's own opens somebody else's file, nor a note's."""
    for person, number, file in (
        ("eve", scene.eves.number, scene.file),
        ("eve", scene.eves.number, scene.note_file),
        ("cleo", scene.case.number, scene.note_file),
    ):
        address = f"/cases/{number}/files/{file.pk}"
        assert visitors[person].get(address).status_code == 404, address


@pytest.mark.parametrize(
    ("act", "form"),
    [
        ("messages", {"text": "Let me in."}),
        ("escalation", {"reason": "Because."}),
        ("closing", {}),
        ("reopening", {"reopen_reason": "Because."}),
    ],
)
@pytest.mark.parametrize("name", ["eve", "dag"])
def test_i17_a_well_formed_act_on_somebody_elses_case_changes_nothing(scene, name, act, form):
    client = sign_in(getattr(scene.world, name))
    before = stored()
    assert client.post(f"/cases/{scene.case.number}/{act}", form).status_code == 404
    assert stored() == before


@pytest.mark.parametrize("name", ["cleo", "ada", "nobody"])
def test_i27_nothing_changes_by_looking(scene, name):
    """No GET writes to anything but one's own session."""
    client = sign_in(None if name == "nobody" else getattr(scene.world, name))
    before = stored()
    for route in every_route():
        client.get(scene.address(route))
    assert stored() == before


def test_i17_only_agents_hold_the_keys_of_the_console(scene, visitors):
    """A row of the table could be wrong: no customer gets anything from the console but 404."""
    for (route, verb), row in EXPECTED.items():
        if route.startswith("console/"):
            assert row[1:4] == ["404", "404", "404"], (route, verb)
            assert row[0] == "door", (route, verb)
        if route.startswith("console/settings"):
            assert row[4:6] == ["404", "404"], (route, verb)


def stored() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of the product."""
    return {
        model.__name__: list(model.objects.order_by("pk").values_list())
        for model in apps.get_app_config("dueline").get_models()
    }


def test_a_request_that_forges_a_form_is_refused_everywhere(scene):
    """Every POST address asks for the token of its own page."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = sign_in(scene.world.ada).cookies
    for route in every_route():
        if route in FOR_MACHINES:
            continue
        refused = (404,) if route in SIGNED else (403, 405)
        assert client.post(scene.address(route)).status_code in refused, route


# Here no cookie is believed at all: the key is the address itself, and this one is wrong.
SIGNED = {"page/<str:token>", "watching/<str:token>"}
