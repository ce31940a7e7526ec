"""What is typed for a service becomes an address that the library knows as that service."""

import pytest

from dueline.core.errors import Refusal
from dueline.core.page_ways import SERVICES, address_of
from dueline.outlets.page_services import LOCAL, is_known

# In the product the library lives in a child process, where its old imports trouble nobody.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

TYPED = {
    "ntfy": {"topic": "k7Qp-9/x", "server": "", "token": ""},
    "pushover": {"user": "u" * 30, "token": "a" * 30},
    "telegram": {"token": "123456789:AAEabcdefghijklmnopqrstuvwxyz_012345", "chat": "12315544"},
    "twilio": {
        "account": "AC" + "0" * 32,
        "token": "1" * 32,
        "sender": "+46 70 000 00 00",
        "number": "+46 (70) 123-45 67",
    },
    "elks": {
        "account": "u0123456789abcdef",
        "token": "0123456789ABCDEF",
        "sender": "Dueline",
        "number": "+46701234567",
    },
    "gotify": {"server": "https://push.example:8443", "token": "Aabcdefghijklmn"},
    "slack": {
        "url": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7F"
    },
    "matrix": {"server": "matrix.example", "token": "syt_abc", "room": "!abc123:matrix.example"},
    "webhook": {"url": "https://hook.example:8000/a/b?key=1"},
    "address": {"address": "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"},
}


def test_each_service_has_its_example():
    assert set(TYPED) == set(SERVICES) - {"mail"}


@pytest.mark.parametrize("service", TYPED)
def test_the_library_knows_every_address_that_we_make(service):
    assert is_known(address_of(service, TYPED[service]))


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_left_out_is_asked_for_by_its_field(service):
    with pytest.raises(Refusal) as refused:
        address_of(service, {})
    assert refused.value.code in {field.name for field in SERVICES[service].fields}


def test_an_unknown_service_is_refused():
    with pytest.raises(Refusal, match="Choose a service"):
        address_of("pigeon", {})


@pytest.mark.parametrize(
    ("service", "name", "typed"),
    [
        ("gotify", "server", "ftp://push.example"),
        ("gotify", "server", "https://push.example:notaport"),
        ("telegram", "token", "hello"),
        ("twilio", "number", "070 123 45 67"),
        ("slack", "url", "https://hooks.slack.evil/services/T/B/C"),
        ("address", "address", "no address"),
        ("address", "address", "json://a.example json://b.example"),
        ("ntfy", "topic", "a\nb"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(service, name, typed):
    with pytest.raises(Refusal) as refused:
        address_of(service, {**TYPED[service], name: typed})
    assert refused.value.code == name


def test_what_is_typed_stays_within_its_part_of_the_address():
    made = address_of("ntfy", {**TYPED["ntfy"], "topic": "x?priority=min&auth=y@evil.example/"})
    assert made == "ntfys://ntfy.sh/x%3Fpriority%3Dmin%26auth%3Dy%40evil.example%2F?priority=max"


@pytest.mark.parametrize("schema", sorted(LOCAL))
def test_no_service_touches_the_desk_s_own_machine(schema):
    assert not is_known(f"{schema}://localhost/x")
