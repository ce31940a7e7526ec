"""One page to one service, over real HTTP: what is said of it, and what never is."""

import pytest

from dueline.outlets import paging
from dueline.outlets.paging import send_to


def test_an_address_that_names_no_service_is_said_to_be_none():
    told = send_to("carrier-pigeon://coop/7", title="Page", body="Wake up")
    assert not told.ok
    assert told.said == "This address names no service that is known here."


@pytest.mark.parametrize("address", ["syslog://", "dbus://", "json://a.example, json://b.example"])
def test_neither_this_machine_nor_two_services_at_once_are_a_destination(address):
    assert send_to(address, title="Page", body="x").said == (
        "This address names no service that is known here."
    )


def test_a_service_gets_title_and_body(receiver):
    told = send_to(receiver.address, title="Case 10042-7", body="Acknowledge: http://x/page/1")
    assert told.ok
    (call,) = receiver.calls
    assert call.json["title"] == "Case 10042-7"
    assert call.json["message"] == "Acknowledge: http://x/page/1"


def test_other_services_are_spoken_to_as_they_want_it(receiver):
    assert send_to(receiver.as_form, title="Page", body="Wake up").ok
    assert send_to(receiver.as_ntfy, title="Page", body="Wake up").ok
    form, ntfy = receiver.calls
    assert form.form["message"] == "Wake up"
    assert ntfy.json["topic"] == "desk"
    assert ntfy.json["message"] == "Wake up"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("429", "The service takes no more for now: too many messages (429)."),
        ("401", "The service does not know this key (401)."),
        ("500", "The service refused it (500)."),
        ("cut", "No answer came in time; it may have arrived."),
    ],
)
def test_what_a_service_answers_is_said_in_words(receiver, answer, said):
    receiver.answers = [answer]
    told = send_to(receiver.address, title="Page", body="x")
    assert not told.ok
    assert told.said == said
    assert told.is_doubtful == (answer == "cut")


def test_a_service_that_is_down_cannot_be_reached(receiver):
    receiver.stop()
    told = send_to(receiver.address, title="Page", body="x")
    receiver.start()
    assert (told.ok, told.said) == (False, "The service cannot be reached.")


def test_f15_a_service_that_hangs_keeps_nobody_longer_than_it_may(receiver):
    receiver.answers = ["hang"]
    told = send_to(receiver.address, title="Page", body="x", seconds=2.5)
    assert (told.ok, told.is_doubtful) == (False, True)


def test_i49_an_address_of_an_engineer_reaches_nothing_inside_the_house(receiver):
    told = send_to(receiver.address, title="Page", body="x", may_stay_inside=False)
    assert not told.ok
    assert told.said.startswith("Its address lies inside the house")
    assert receiver.calls == []


def test_no_secret_of_an_address_is_said_or_logged(receiver, caplog, capfd):
    receiver.answers = ["500"]
    address = f"json://bo:topsecret@127.0.0.1:{receiver.port}/hook/othersecret"
    told = send_to(address, title="Page", body="x")
    heard = told.said + caplog.text + "".join(capfd.readouterr())
    assert "secret" not in heard
    assert "127.0.0.1" not in heard


def test_five_destinations_that_hang_are_all_tried_within_a_minute():
    assert paging.SECONDS * 5 < 60
