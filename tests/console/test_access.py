"""Nobody but agents: every address of the console, as a stranger and as a customer."""

import pytest
from django.test import Client

from dueline.console.urls import urlpatterns

# Long, because `tests/access` walks the same addresses as everybody; here each is a test.
pytestmark = [pytest.mark.django_db, pytest.mark.long]

_FILLED = {
    "<case_number:case_id>": "10001-4",
    "<slug:kind>": "response",
    "<int:ordinal>": "1",
    "<int:question_id>": "1",
    "<int:item_id>": "1",
    "<int:file_id>": "1",
    "<int:message_id>": "1",
}


def _addresses() -> list[str]:
    addresses = []
    for entry in urlpatterns:
        address = str(entry.pattern)
        for place, value in _FILLED.items():
            address = address.replace(place, value)
        if "<" not in address:
            addresses.append(f"/console/{address}")
    return addresses


ADDRESSES = _addresses()


def test_the_walk_is_not_empty():
    assert len(ADDRESSES) > 30


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_the_door(world, address, method):
    response = getattr(Client(), method)(address)

    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in?next=%2Fconsole%2F")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_i17_a_customer_finds_nothing_here_not_even_their_own_case(world, enter, address, method):
    case = world.case()

    response = getattr(enter(world.cleo), method)(address)

    assert case.number == "10001-4"
    assert response.status_code == 404
    assert case.subject not in response.content.decode()
