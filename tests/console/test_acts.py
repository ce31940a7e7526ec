"""Every act on the page of a case: refused first, then done."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dueline.actions import assistance, cases, messages
from dueline.models import Attachment, Case, Message, Note, OutboxItem, Question

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world, now) -> Case:
    return world.case(at=now - timedelta(minutes=5))


@pytest.fixture
def asta(world, enter):
    return enter(world.asta)


def post(client, case, act, **typed):
    return client.post(f"/console/cases/{case.number}/{act}", typed)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


# --- writing ----------------------------------------------------------------------------------


def test_an_empty_reply_is_refused_and_nothing_is_sent(asta, case):
    response = post(asta, case, "replies", text="   ", version=fresh(case).version)

    assert response.status_code == 400
    assert "There is no text yet." in response.content.decode()
    assert fresh(case).state == "new"


def test_a_reply_reaches_the_customer_and_meets_the_response(asta, case):
    response = post(asta, case, "replies", text="We look at it.", version=fresh(case).version)

    assert response.status_code == 302
    assert fresh(case).state == "responded"
    assert fresh(case).commitments.get(kind="response").state == "met"
    assert OutboxItem.objects.filter(case=case, purpose="reply").count() == 1


def test_f1_two_replies_at_once_the_second_is_told_and_keeps_the_text(world, asta, case, now):
    seen = fresh(case)
    messages.reply(case.pk, text="Bo was quicker.", actor=world.bo, at=now)

    response = post(asta, case, "replies", text="My long answer", version=seen.version, seen=0)
    page = response.content.decode()

    assert response.status_code == 409
    assert "My long answer</textarea>" in page
    assert "Bo Ström wrote to the customer." in page
    assert Message.objects.filter(case=case, agent__isnull=False).count() == 1


def test_the_text_that_was_kept_can_be_sent_anyway(world, asta, case, now):
    seen = fresh(case)
    messages.reply(case.pk, text="Bo was quicker.", actor=world.bo, at=now)
    page = post(asta, case, "replies", text="Mine", version=seen.version).content.decode()
    assert "Send to Cleo anyway" in page
    version = page.split('name="version" value="')[-1].split('"')[0]

    assert post(asta, case, "replies", text="Mine", version=version).status_code == 302
    assert Message.objects.filter(case=case, text="Mine").exists()


def test_i61_a_note_is_never_a_message(asta, case):
    assert post(asta, case, "notes", text="Between us").status_code == 302

    assert Note.objects.get(case=case).text == "Between us"
    assert not Message.objects.filter(text="Between us").exists()
    assert not OutboxItem.objects.filter(text__contains="Between us").exists()


def test_a_file_is_attached_under_a_cleaned_name(asta, case):
    upload = SimpleUploadedFile("../../etc/trace\n.log", b"bytes", content_type="text/html")

    post(asta, case, "replies", text="Here", files=[upload], version=fresh(case).version)

    assert Attachment.objects.get(message__text="Here").name == "trace.log"


def test_too_many_bytes_are_refused_and_the_text_is_kept(asta, case, monkeypatch):
    monkeypatch.setattr("dueline.console.uploads._LARGEST", 3)
    upload = SimpleUploadedFile("a.bin", b"four")

    response = post(asta, case, "notes", text="See file", files=[upload])

    assert response.status_code == 400
    assert "See file</textarea>" in response.content.decode()
    assert not Note.objects.exists()


def test_asking_the_customer_makes_the_case_wait(asta, case):
    version = fresh(case).version
    post(asta, case, "information-requests", text="Which version?", version=version)
    assert fresh(case).state == "waiting"

    post(asta, case, "information-requests/end")
    assert fresh(case).state == "responded"


# --- calls ------------------------------------------------------------------------------------


def test_a_call_must_say_whether_we_spoke(asta, case):
    response = post(asta, case, "calls", direction="out", summary="Long talk")

    assert response.status_code == 400
    assert "Long talk</textarea>" in response.content.decode()


def test_a_call_in_the_future_is_refused(asta, case):
    response = post(asta, case, "calls", reached="yes", happened_at="2099-01-01T10:00")

    assert response.status_code == 400
    assert "has not happened yet" in response.content.decode()


def test_an_unanswered_attempt_does_not_meet_the_response(asta, case):
    post(asta, case, "calls", reached="no", direction="out")

    assert fresh(case).commitments.get(kind="response").state == "running"


def test_a_call_counts_from_when_it_was_on_the_readers_clock(world, asta, now):
    case = world.case(priority="critical", at=now - timedelta(hours=3))
    spoke_at = now - timedelta(hours=2, minutes=30)
    local = spoke_at.astimezone(ZoneInfo("Europe/Stockholm"))

    post(asta, case, "calls", reached="yes", happened_at=local.strftime("%Y-%m-%dT%H:%M:%S"))

    assert fresh(case).commitments.get(kind="response").met_at == spoke_at


# --- Tier Two ---------------------------------------------------------------------------------


def test_a_question_with_an_unreadable_answer_time_is_refused(asta, case):
    response = post(asta, case, "questions", text="Why?", within="soonish")

    assert response.status_code == 400
    assert not Question.objects.exists()


def test_tier_two_is_asked_and_the_case_stays_with_its_owner(world, asta, case, now):
    cases.own(case.pk, actor=world.asta, at=now)

    post(asta, case, "questions", text="Seen before?", within="1 h")

    assert Question.objects.get().text == "Seen before?"
    assert fresh(case).owner_id == world.asta.id
    assert fresh(case).commitments.get(kind="assistance").state == "running"


def test_an_answer_that_came_second_is_told_and_kept(world, enter, case, now):
    question = assistance.ask(case.pk, text="Seen before?", actor=world.asta, at=now)
    assistance.answer(question.pk, text="Yes.", actor=world.bo, at=now)

    response = enter(world.tove).post(f"/console/tier-two/{question.pk}/answer", {"text": "No!"})

    assert response.status_code == 409
    assert "No!" in response.content.decode()
    assert Question.objects.get().answer == "Yes."


def test_tier_two_sees_the_question_with_its_due_time_and_answers(world, enter, case, now):
    client = enter(world.tove)
    question = assistance.ask(case.pk, text="Seen before?", within="2 h", actor=world.asta, at=now)
    page = client.get("/console/tier-two").content.decode()
    assert "Seen before?" in page
    assert "data-due=" in page

    client.post(f"/console/tier-two/{question.pk}/answer", {"text": "Yes, in 6.1."})

    assert fresh(case).commitments.get(kind="assistance").state == "met"
    assert "Nobody waits for an answer" in client.get("/console/tier-two").content.decode()


def test_a_question_can_be_taken_back_once(world, asta, case, now):
    question = assistance.ask(case.pk, text="Seen before?", actor=world.asta, at=now)

    assert asta.post(f"/console/tier-two/{question.pk}/taken-back").status_code == 302
    assert asta.post(f"/console/tier-two/{question.pk}/taken-back").status_code == 409


# --- the case itself --------------------------------------------------------------------------


def test_owning_twice_is_refused_and_said(asta, world, case):
    post(asta, case, "ownership")
    assert fresh(case).owner_id == world.asta.id

    response = post(asta, case, "ownership")
    assert response.status_code == 409
    assert "You own this case already." in response.content.decode()


def test_activation_before_the_response_is_refused(asta, case):
    response = post(asta, case, "activation", version=fresh(case).version)

    assert response.status_code == 409
    assert "Answer the customer first" in response.content.decode()


def test_an_active_case_moves_through_its_stages(world, asta, case, now):
    messages.reply(case.pk, text="We look.", actor=world.asta, at=now)
    post(asta, case, "activation", version=fresh(case).version)
    assert (fresh(case).state, fresh(case).stage) == ("active", "isolate")

    assert post(asta, case, "stage", stage="nowhere").status_code == 400
    post(asta, case, "stage", stage="resolve")
    assert fresh(case).stage == "resolve"


def test_a_priority_is_not_lowered_without_the_customers_consent(world, asta, now):
    case = world.case(priority="critical", at=now)

    response = post(asta, case, "priority", priority="low", reason="Not so bad")
    assert response.status_code == 400
    assert "who agreed to lower it" in response.content.decode()
    assert "Not so bad</textarea>" in response.content.decode()

    post(asta, case, "priority", priority="low", reason="Not so bad", consent="Cleo, by phone")
    assert fresh(case).priority == "low"


def test_an_escalation_states_its_reason(asta, case):
    assert post(asta, case, "escalation", reason="").status_code == 400
    assert fresh(case).priority == "normal"

    post(asta, case, "escalation", reason="Quarter end")
    assert fresh(case).priority == "high"


def test_a_resolution_tells_the_customer_how_and_can_be_taken_back(asta, case):
    assert post(asta, case, "resolution", text="").status_code == 400
    post(asta, case, "resolution", text="A restart helped.", version=fresh(case).version)
    assert fresh(case).state == "resolved"

    assert post(asta, case, "reopening", reason="").status_code == 400
    post(asta, case, "reopening", reason="It came back")
    assert fresh(case).state == "new"


def test_only_a_resolved_case_is_closed_by_an_agent(asta, case):
    assert post(asta, case, "closing").status_code == 409
    post(asta, case, "resolution", text="A restart helped.", version=fresh(case).version)

    post(asta, case, "closing")
    assert fresh(case).state == "closed"


@pytest.mark.parametrize("act", ["priority", "escalation", "resolution", "reopening"])
def test_every_form_is_a_page_of_its_own(asta, case, act):
    response = asta.get(f"/console/cases/{case.number}/{act}")

    assert response.status_code == 200
    assert 'id="act"' in response.content.decode()


@pytest.mark.parametrize("act", ["ownership", "activation", "replies", "notes", "closing"])
def test_i27_looking_changes_nothing(asta, case, act):
    assert asta.get(f"/console/cases/{case.number}/{act}").status_code == 405


def test_a_form_without_its_token_is_not_accepted(world, enter, case):
    from django.test import Client

    from dueline.models import Account

    client = Client(enforce_csrf_checks=True)
    client.force_login(Account.objects.get(agent__id=world.asta.id))

    assert post(client, case, "ownership").status_code == 403
    assert fresh(case).owner_id is None
