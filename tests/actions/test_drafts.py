"""What is typed is kept, belongs to one writer at a time, and has not happened yet."""

from datetime import timedelta

import pytest

from dueline.actions import drafts, messages, sending, upkeep
from dueline.core.errors import Refusal
from dueline.core.inbound import File
from dueline.models import Case, Draft, DraftFile, Event, OutboxItem, store
from tests.world import MONDAY, World

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def keep(world: World, case: Case, text: str = "We look", *, by=None, at=MONDAY, **more):
    return drafts.keep(case.pk, text=text, actor=by or world.asta, at=at, **more)


def refused(act, *arguments, **named) -> str:
    with pytest.raises(Refusal) as refusal:
        act(*arguments, **named)
    return refusal.value.code


def test_customers_keep_no_drafts_and_find_none(world: World) -> None:
    case = world.case()
    assert refused(keep, world, case, by=world.cleo) == "not-found"
    keep(world, case)
    for act in (drafts.discard, drafts.take_over, sending.send, sending.take_back):
        more = {
            drafts.discard: {},
            drafts.take_over: {"draft_id": Draft.objects.get().pk, "at": MONDAY + DAY},
            sending.send: {"at": MONDAY, "pause": MINUTE},
            sending.take_back: {"at": MONDAY},
        }[act]
        assert refused(act, case.pk, actor=world.cleo, **more) == "not-found"
    assert Draft.objects.get().text == "We look"


def test_a_draft_of_an_unknown_case_is_refused(world: World) -> None:
    assert refused(drafts.keep, 404, text="We look", actor=world.asta, at=MONDAY) == "not-found"


def test_a_text_beyond_all_measure_and_too_many_copies_are_refused(world: World) -> None:
    case = world.case()
    assert refused(keep, world, case, "x" * 100_001) == "too-long"
    many = [f"n{n}@northwind.example" for n in range(21)]
    assert refused(keep, world, case, cc=many) == "too-many"


def test_what_was_typed_last_is_kept_once_for_each_writer(world: World) -> None:
    case = world.case()
    keep(world, case, "We")
    keep(world, case, "We look", at=MONDAY + MINUTE)
    keep(world, case, "Me too", by=world.bo)

    assert dict(case.drafts.values_list("agent__name", "text")) == {
        "Asta Lind": "We look",
        "Bo Ström": "Me too",
    }


def test_a_draft_changes_nothing_about_the_case(world: World) -> None:
    case = world.case()
    before = Case.objects.filter(pk=case.pk).values().get()
    events = Event.objects.count(), OutboxItem.objects.count()

    keep(world, case, cc=["dag@northwind.example"])

    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert (Event.objects.count(), OutboxItem.objects.count()) == events


def test_nothing_is_kept_of_nothing(world: World) -> None:
    case = world.case()
    assert keep(world, case, "  \n") is None
    keep(world, case, "We look")
    assert keep(world, case, "") is None
    assert not Draft.objects.exists()


def test_a_file_alone_is_worth_keeping(world: World) -> None:
    case = world.case()
    keep(world, case, "", files=[File("log.txt", "text/plain", b"boom")])
    assert DraftFile.objects.get().name == "log.txt"


# ---- files (i14) ----


def test_i14_more_than_mail_can_carry_is_refused_and_the_earlier_files_stay(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MOST_BYTES", 10)
    case = world.case()
    keep(world, case, files=[File("a", "text/plain", b"123456")])
    assert refused(keep, world, case, files=[File("b", "text/plain", b"12345")]) == "too-large"
    assert [file.name for file in DraftFile.objects.all()] == ["a"]


def test_somebody_elses_file_cannot_be_taken_off(world: World) -> None:
    case = world.case()
    keep(world, case, files=[File("a", "text/plain", b"123456")])
    file = DraftFile.objects.get()
    gone = (drafts.remove_file, case.pk, file.pk)
    assert refused(*gone, actor=world.bo, at=MONDAY) == "not-found"
    drafts.remove_file(case.pk, file.pk, actor=world.asta, at=MONDAY)
    assert not DraftFile.objects.exists()


def test_i14_files_live_as_long_as_their_draft_and_a_day(world: World) -> None:
    case = world.case()
    keep(world, case, files=[File("a", "text/plain", b"of a draft")])
    sha256 = DraftFile.objects.get().sha256
    far = MONDAY.replace(year=2999)  # the store goes by the clock of the disk

    upkeep.clean_up(at=far)
    assert store.read(sha256) == b"of a draft"

    drafts.discard(case.pk, actor=world.asta)
    upkeep.clean_up(at=far)
    with pytest.raises(FileNotFoundError):
        store.read(sha256)


# ---- handing over ----


def test_nobody_takes_the_pen_out_of_anothers_hand(world: World) -> None:
    case = world.case()
    draft = keep(world, case)
    late = MONDAY + 2 * MINUTE
    assert refused(drafts.take_over, case.pk, draft.pk, actor=world.bo, at=late) == "not-now"
    assert Draft.objects.get().agent_id == world.asta.id


def test_who_writes_here_already_cannot_take_over(world: World) -> None:
    case = world.case()
    draft = keep(world, case)
    keep(world, case, "Mine", by=world.bo)
    late = MONDAY + HOUR
    assert refused(drafts.take_over, case.pk, draft.pk, actor=world.bo, at=late) == "not-now"
    assert Draft.objects.count() == 2


def test_a_draft_is_reached_by_its_own_case_alone(world: World) -> None:
    draft, other = keep(world, world.case()), world.case()
    late = MONDAY + HOUR
    assert refused(drafts.take_over, other.pk, draft.pk, actor=world.bo, at=late) == "not-now"


def test_a_draft_that_was_left_is_taken_over_with_its_files(world: World) -> None:
    case = world.case()
    draft = keep(world, case, files=[File("a", "text/plain", b"1")])

    drafts.take_over(case.pk, draft.pk, actor=world.bo, at=MONDAY + 3 * MINUTE)

    taken = Draft.objects.get()
    assert (taken.agent_id, taken.text, taken.files.count()) == (world.bo.id, "We look", 1)


def test_what_waits_to_be_sent_later_can_be_taken_over_and_waits_no_more(world: World) -> None:
    case = world.case()
    draft = keep(world, case)
    sending.send_later(
        case.pk,
        sends_at=MONDAY + HOUR,
        unless_customer_writes=False,
        actor=world.asta,
        at=MONDAY,
    )

    drafts.take_over(case.pk, draft.pk, actor=world.bo, at=MONDAY + 10 * MINUTE)

    assert not sending.send_next(at=MONDAY + HOUR)
    assert Draft.objects.get().sends_at is None


# ---- discarding ----


def test_what_waits_to_be_sent_is_not_discarded_by_the_way(world: World) -> None:
    case = world.case()
    keep(world, case)
    sending.send(case.pk, actor=world.asta, at=MONDAY, pause=MINUTE)
    assert refused(drafts.discard, case.pk, actor=world.asta) == "not-now"
    assert refused(drafts.discard, case.pk, actor=world.bo) == "not-now"
    assert refused(keep, world, case, "Changed") == "waiting"
    assert Draft.objects.get().text == "We look"


def test_a_discarded_draft_is_gone(world: World) -> None:
    case = world.case()
    keep(world, case)
    drafts.discard(case.pk, actor=world.asta)
    assert not Draft.objects.exists()
    assert messages.reply(case.pk, text="Now", actor=world.asta, at=MONDAY).text == "Now"
