"""The queue of Tier Two, the page of a question, and what of it stands in the case."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dueline.actions import assistance, cases
from dueline.actions.working_hours import Hours, set_hours
from dueline.models import Attachment, Question
from tests.world import World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def case(world: World, now):
    case = world.case(at=now - 10 * MINUTE)
    cases.own(case.pk, actor=world.asta, at=now - 10 * MINUTE)
    return case


@pytest.fixture
def question(world: World, case, now) -> Question:
    return assistance.ask(
        case.pk,
        text="Is it the cache?",
        tried="Restarted twice.",
        within="2 h",
        actor=world.asta,
        at=now - 5 * MINUTE,
    )


def page_of(client, address: str) -> str:
    return client.get(address).content.decode()


def test_an_answer_time_that_nobody_can_read_brings_everything_typed_back(world, enter, case):
    response = enter(world.asta).post(
        f"/console/cases/{case.number}/questions",
        {"text": "Why so?", "tried": "All of it.", "within": "1 h", "within_other": "a while"},
    )
    said = response.content.decode()
    assert response.status_code == 400
    assert "“a while” is not a target. Write 30 min, 4 h" in said
    assert "Why so?" in said
    assert "All of it." in said
    assert 'value="a while"' in said
    assert not Question.objects.exists()


def test_a_typed_answer_time_counts_more_than_the_one_beside_it(world, enter, case):
    enter(world.asta).post(
        f"/console/cases/{case.number}/questions",
        {"text": "Why?", "tried": "Much.", "within": "1 h", "within_other": "90 min"},
    )
    assert case.commitments.get(kind="assistance").target == "90 min"
    assert Question.objects.get().tried == "Much."


def test_files_come_with_a_question_and_with_what_is_said_later(world, enter, case):
    def file():
        return SimpleUploadedFile("../trace.log", b"trace")

    enter(world.asta).post(
        f"/console/cases/{case.number}/questions", {"text": "Why?", "files": file()}
    )
    question = Question.objects.get()
    tove = enter(world.tove)
    for path in ("question-back", "answer"):
        tove.post(f"/console/tier-two/{question.pk}/{path}", {"text": "Hm.", "files": file()})
    assert list(Attachment.objects.values_list("name", flat=True)) == ["trace.log"] * 3
    shown = page_of(tove, f"/console/tier-two/{question.pk}")
    in_case = page_of(tove, f"/console/cases/{case.number}")
    for attachment in Attachment.objects.all():
        assert f"/console/files/{attachment.pk}" in shown
        assert f"/console/files/{attachment.pk}" in in_case


def test_the_queue_tells_open_mine_waiting_and_answered_apart(world, enter, case, question, now):
    mine = assistance.ask(case.pk, text="Mine to do?", actor=world.asta, at=now)
    waits = assistance.ask(case.pk, text="Waiting for Asta?", actor=world.asta, at=now)
    done = assistance.ask(case.pk, text="Done long ago?", actor=world.asta, at=now)
    assistance.take(mine.pk, actor=world.tove, at=now)
    assistance.ask_back(waits.pk, text="Which?", actor=world.bo, at=now)
    assistance.answer(done.pk, text="Yes.", actor=world.bo, at=now)
    client = enter(world.tove)
    texts = ("Is it the cache?", "Mine to do?", "Waiting for Asta?", "Done long ago?")

    def shown(which: str) -> list[str]:
        page = page_of(client, f"/console/tier-two?show={which}")
        return [text for text in texts if text in page]

    assert shown("open") == list(texts[:3])
    assert shown("mine") == [texts[1]]
    assert shown("waiting") == [texts[2]]
    assert shown("answered") == [texts[3]]
    assert shown("anything") == list(texts[:3])


def test_the_queue_is_in_the_order_in_which_answers_are_owed(world, enter, case, question, now):
    assistance.ask(case.pk, text="Sooner?", within="30 min", actor=world.asta, at=now)
    page = page_of(enter(world.tove), "/console/tier-two")
    assert page.index("Sooner?") < page.index("Is it the cache?")


def test_a_page_that_is_open_is_drawn_anew_only_when_something_happened(
    world, enter, question, now
):
    client = enter(world.tove)
    address = f"/console/tier-two/{question.pk}"
    mark = client.get(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": mark})
    assistance.take(question.pk, actor=world.bo, at=now)
    changed = client.get(address, headers={"If-None-Match": mark})
    # Pages tick every quarter of a minute by themselves.
    assert again.status_code == 304 or again["ETag"] != mark
    assert changed.status_code == 200
    assert "Bo has it since" in changed.content.decode()


def test_a_question_that_nobody_asked_is_not_there(world, enter):
    client = enter(world.tove)
    assert client.get("/console/tier-two/404").status_code == 404
    for path in ("taking", "taking/end", "question-back", "addition", "answer", "taken-back"):
        response = client.post(f"/console/tier-two/404/{path}", {"text": "Hm."})
        assert response.status_code == 404, path


def test_the_page_of_a_question_shows_all_of_it_and_leads_to_the_whole_case(
    world, enter, case, question, now
):
    assistance.ask_back(question.pk, text="Which node?", actor=world.tove, at=now)
    assistance.add(question.pk, text="The second.", actor=world.asta, at=now)
    client = enter(world.tove)
    page = page_of(client, f"/console/tier-two/{question.pk}")
    for said in ("Is it the cache?", "Restarted twice.", "Which node?", "The second."):
        assert said in page
    assert f'href="/console/cases/{case.number}"' in page
    why = f"/console/cases/{case.number}/promises/assistance/1"
    assert why in page
    assert "Tier Two was asked" in page_of(client, why)
    assert case.subject in page_of(client, f"/console/cases/{case.number}")


def test_who_came_second_is_told_who_has_it(world, enter, question):
    address = f"/console/tier-two/{question.pk}/taking"
    assert enter(world.tove).post(address).status_code == 302
    refused = enter(world.bo).post(address)
    assert refused.status_code == 409
    assert "Tove Berg has taken this question." in refused.content.decode()
    assert "Take it over from Tove Berg" in refused.content.decode()
    taken_over = enter(world.bo).post(address, {"held_by": world.tove.id})
    assert taken_over.status_code == 302
    assert Question.objects.get().taken_by_id == world.bo.id


def test_the_case_says_that_tier_two_waits_and_since_when(world, enter, case, question, now):
    assistance.ask_back(question.pk, text="Which node?", actor=world.tove, at=now)
    client = enter(world.asta)
    assert "Tove waits for Asta since" in page_of(client, f"/console/cases/{case.number}")
    response = client.post(
        f"/console/tier-two/{question.pk}/addition", {"text": "The second.", "from": "case"}
    )
    assert response["Location"] == f"/console/cases/{case.number}#questions"
    page = page_of(client, f"/console/cases/{case.number}")
    assert "Tove waits for Asta since" not in page
    assert "The second." in page


def test_what_an_answer_leaves_to_do_is_ticked_off_in_the_case(world, enter, case, question):
    enter(world.tove).post(
        f"/console/tier-two/{question.pk}/answer",
        {"text": "It is.", "checklist": "Clear the cache\r\n\r\nTell Cleo\r\n"},
    )
    asta = enter(world.asta)
    assert page_of(asta, f"/console/cases/{case.number}").count('role="checkbox"') == 2
    for place in ("0", "1"):
        step = {"place": place, "done": "yes", "from": "case"}
        assert asta.post(f"/console/tier-two/{question.pk}/steps", step).status_code == 302
    page = page_of(asta, f"/console/cases/{case.number}")
    assert 'role="checkbox"' not in page
    assert page.count("(done)") == 2


def test_an_owner_who_is_away_is_said_to_be_on_case_question_and_queue(
    world, enter, case, question, now
):
    gone = Hours(away_from=now.date() - timedelta(days=2), deputy_id=world.bo.id)
    set_hours(world.asta.id, gone, actor=world.asta)
    client = enter(world.tove)
    for address in (f"/console/cases/{case.number}", f"/console/tier-two/{question.pk}"):
        assert "Asta Lind is away; Bo Ström stands in." in page_of(client, address)
    assert "Asta Lind (away)" in page_of(client, "/console/queue?show=all")
