"""What is swept away, and what must not be."""

import os
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from dueline.actions import held_requests
from dueline.actions.upkeep import clean_up, refresh_statistics
from dueline.core.inbound import File
from dueline.models import Account, Attempt, HeldRequest, SignInLink, store
from tests.world import MONDAY, World


@pytest.fixture
def folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    return tmp_path / "files"


def age(folder, sha256: str, **span: float) -> None:
    """Make a kept file look as if it had been saved that long before Monday."""
    instant = (MONDAY - timedelta(**span)).timestamp()
    os.utime(folder / sha256[:2] / sha256, (instant, instant))


def kept(folder) -> set[str]:
    return {path.name for path in folder.glob("??/*")}


def test_a_file_that_no_row_names_goes_after_a_day(world: World, folder) -> None:
    old, young = store.save(b"old"), store.save(b"young")
    age(folder, old, hours=25)
    age(folder, young, hours=23)
    clean_up(at=MONDAY)
    assert kept(folder) == {young}


def test_a_file_of_a_message_stays_however_old(world: World, folder) -> None:
    world.case(files=(File("trace.txt", "text/plain", b"a trace"),))
    (sha256,) = kept(folder)
    age(folder, sha256, days=400)
    clean_up(at=MONDAY)
    assert store.read(sha256) == b"a trace"


def test_a_file_of_a_held_request_stays_until_somebody_decides(world: World, folder) -> None:
    held = HeldRequest(
        organization=world.northwind,
        why="unlisted",
        name="Nora",
        channel="mail",
        subject="x",
        text="x",
        priority="normal",
        is_verified=False,
        arrived_at=MONDAY,
    )
    trace = File("trace.txt", "text/plain", b"a trace")
    held_requests.hold(held, files=(trace,), tells_sender=False, at=MONDAY)
    (sha256,) = kept(folder)
    age(folder, sha256, days=400)
    clean_up(at=MONDAY)
    case = held_requests.vouch(held.pk, actor=world.cleo, at=MONDAY)
    assert case.messages.get().attachments.get().sha256 == sha256


def test_bytes_that_are_saved_again_at_the_last_moment_stay(world: World, folder) -> None:
    sha256 = store.save(b"twice")
    age(folder, sha256, hours=25)
    store.save(b"twice")
    store.remove(sha256, untouched_since=MONDAY - timedelta(hours=24))
    assert store.read(sha256) == b"twice"


def test_what_a_crash_left_half_done_is_mended(world: World, folder) -> None:
    sha256 = store.save(b"half removed")
    path = folder / sha256[:2] / sha256
    path.rename(path.with_name(".aside-" + sha256))
    half_written = path.with_name(".new-abc")
    half_written.write_bytes(b"half")
    for name in (".aside-" + sha256, ".new-abc"):
        instant = (MONDAY - timedelta(hours=25)).timestamp()
        os.utime(path.with_name(name), (instant, instant))
    clean_up(at=MONDAY)
    assert kept(folder) == {sha256}


def test_links_attempts_and_sessions_go_when_their_time_is_over(world: World, folder) -> None:
    account = Account.objects.get(email="asta@desk.example")
    for name, expires_at in (("old", MONDAY - timedelta(days=2)), ("new", MONDAY)):
        SignInLink.objects.create(
            purpose="sign_in",
            token_hash=name,
            account=account,
            created_at=MONDAY,
            expires_at=expires_at,
        )
        Attempt.objects.create(key=name, at=expires_at - timedelta(hours=1))
        Session.objects.create(session_key=name, session_data="", expire_date=expires_at)
    clean_up(at=MONDAY)
    assert SignInLink.objects.get().token_hash == "new"
    assert Attempt.objects.get().key == "new"
    assert Session.objects.get().session_key == "new"


def test_the_planner_is_told_what_the_indexes_hold(world: World) -> None:
    world.case()
    refresh_statistics()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT idx FROM sqlite_stat1 WHERE tbl = 'dueline_case'")
            assert ("case_queue",) in cursor.fetchall()
