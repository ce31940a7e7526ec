"""What a monitor is told of each part of the desk."""

from datetime import timedelta

import pytest

from dueline.actions import alarms
from dueline.core.instants import now
from dueline.core.vigil import Part

pytestmark = pytest.mark.django_db


def answer(client):
    told = client.get("/readyz")
    return told.status_code, told.json()["parts"]


@pytest.mark.parametrize("part", [Part.SWEEPER, Part.PAGER])
def test_the_desk_is_not_ready_while_its_clocks_or_pages_stand_still(client, part):
    alarms.beat(Part.WORKER, Part.WEB, at=now())
    alarms.beat(part, at=now() - timedelta(minutes=20))
    assert answer(client) == (503, {"worker": "ok", part: "silent", "web": "ok"})


@pytest.mark.parametrize("part", [Part.OUTBOX, Part.LISTENER, Part.WATCHER])
def test_another_part_that_stands_still_is_told_and_takes_no_page_away(client, part):
    alarms.beat(Part.WORKER, at=now())
    alarms.beat(part, at=now() - timedelta(minutes=20))
    assert answer(client) == (200, {"worker": "ok", part: "silent"})
    assert client.get("/readyz").json()["seconds_since"][part] >= 1200


def test_f8_a_sign_of_life_from_before_the_clock_was_set_back_is_none(client):
    alarms.beat(Part.WORKER, at=now() + timedelta(hours=1))
    assert answer(client) == (503, {"worker": "silent"})
