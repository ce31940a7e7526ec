"""A customer's cases: what they see, what they may do, and what stays out of sight."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dueline.actions import assistance, cases, messages, promises
from dueline.core.events import PUBLIC_KINDS, Kind
from dueline.core.inbound import File
from dueline.core.lifecycle import CaseState
from dueline.core.policy import CommitmentKind
from dueline.core.priorities import Priority
from dueline.models import Attachment, Case, Event, Message
from dueline.queries.portal import case_page, cases_of
from dueline.wording import portal as wording
from tests.world import MONDAY, PASSWORD, World, utc

INSIDE = "the customer must never read this: violet ladder"


def signed_in(person) -> Client:
    client = Client()
    client.post("/sign-in", {"email": person.email, "password": PASSWORD})
    return client


@pytest.fixture
def cleo(world) -> Client:
    return signed_in(world.cleo)


def busy_case(world: World) -> Case:
    """A case in which everything happened, in public and inside."""
    case = world.case(priority="normal", at=MONDAY)
    at = utc("2026-11-23T09:10")
    messages.reply(case.pk, text="We look into it.", actor=world.asta, at=at)
    cases.activate(case.pk, actor=world.asta, at=at)
    messages.add_note(
        case.pk,
        text=INSIDE,
        actor=world.asta,
        at=at,
        files=[File("violet ladder.txt", "text/plain", INSIDE.encode())],
    )
    question = assistance.ask(case.pk, text=INSIDE, within="2 h", actor=world.asta, at=at)
    assistance.answer(question.pk, text=INSIDE, actor=world.tove, at=at)
    messages.log_call(
        case.pk,
        reached=False,
        direction="out",
        happened_at=at,
        phone="+46701234567",
        summary=INSIDE,
        actor=world.bo,
        at=at,
    )
    cases.change_priority(case.pk, priority=Priority.HIGH, reason=INSIDE, actor=world.asta, at=at)
    return case


@pytest.mark.parametrize(
    "path",
    ["", "/messages", "/escalation", "/closing", "/reopening", "/files/1"],
)
def test_i19_another_companys_case_is_not_there_for_any_address_and_verb(world, path):
    case = busy_case(world)
    eve = signed_in(world.eve)
    for verb in (eve.get, eve.post):
        forbidden = verb(f"/cases/{case.number}{path}")
        unknown = verb(f"/cases/10999-3{path}")
        assert forbidden.status_code in (404, 405)
        assert forbidden.status_code == unknown.status_code
        assert forbidden.content == unknown.content
    case.refresh_from_db()
    assert case.state != CaseState.CLOSED


def test_i17_the_acts_themselves_refuse_another_companys_customer(world):
    case = world.case()
    eve = signed_in(world.eve)
    before = Event.objects.count()
    eve.post(f"/cases/{case.number}/messages", {"text": "Let me in."})
    eve.post(f"/cases/{case.number}/escalation", {"reason": "Me."})
    eve.post(f"/cases/{case.number}/closing")
    assert Event.objects.count() == before


def test_a_plain_contact_sees_the_own_cases_alone(world):
    hers = world.case(subject="Hers")
    his = world.case(by=world.dag, subject="His")
    dag = signed_in(world.dag)
    assert dag.get(f"/cases/{hers.number}").status_code == 404
    assert dag.get(f"/cases/{his.number}").status_code == 200
    page = dag.get("/cases").content.decode()
    assert "His" in page
    assert "Hers" not in page
    assert "Hers" in signed_in(world.cleo).get("/cases").content.decode()


def test_i61_nothing_that_colleagues_write_to_each_other_reaches_a_customers_page(world, cleo):
    case = busy_case(world)
    for path in ("/cases", f"/cases/{case.number}"):
        for headers in ({}, {"HX-Request": "true"}):
            page = cleo.get(path, headers=headers).content.decode()
            assert "violet ladder" not in page
            assert "Tier Two" not in page
            assert "Tove" not in page


def test_i61_a_customer_is_never_given_what_is_internal_not_even_to_leave_out(world):
    case = busy_case(world)
    given = repr(case_page(case.pk, world.cleo, at=utc("2026-11-23T09:30")))
    given += repr(cases_of(world.cleo))
    assert "violet ladder" not in given
    assert "assistance" not in given


def test_only_public_kinds_of_events_are_read(world):
    case = busy_case(world)
    shown = {h.kind for h in case_page(case.pk, world.cleo, at=MONDAY).history}
    assert shown <= PUBLIC_KINDS
    assert Kind.NOTE_ADDED not in shown
    assert Kind.ACTIVATED in shown


def test_what_is_promised_to_the_customer_is_what_the_desk_has_stored(world):
    case = busy_case(world)
    at = utc("2026-11-23T09:10")
    shown = {
        (o.commitment.kind, o.commitment.ordinal): (o.stored.state, o.stored.due_at)
        for o in case_page(case.pk, world.cleo, at=at).owed
    }
    stored = {
        (row.kind, row.ordinal): (row.state, row.due_at)
        for row in case.commitments.exclude(kind="assistance")
    }
    assert shown == stored
    assert shown


def test_the_list_shows_the_customers_own_promise_when_an_internal_one_is_nearer(world):
    case = world.case(at=MONDAY)
    assistance.ask(case.pk, text="?", within="10 min", actor=world.asta, at=MONDAY)
    case.refresh_from_db()
    assert case.nearest.kind == "assistance"
    assert cases_of(world.cleo).rows[0].promise.kind == "response"


def test_i16_a_file_of_a_note_is_not_there(world, cleo):
    case = busy_case(world)
    inside = Attachment.objects.get(note__isnull=False)
    assert cleo.get(f"/cases/{case.number}/files/{inside.pk}").status_code == 404


def test_i11_a_file_is_found_only_below_its_own_case_and_by_who_may_see_that(world, cleo):
    file = File("log.html", "text/html", b"<script>alert(1)</script>")
    case = world.case(files=(file,))
    other = world.case()
    stored = Attachment.objects.get()
    assert cleo.get(f"/cases/{other.number}/files/{stored.pk}").status_code == 404
    assert signed_in(world.eve).get(f"/cases/{case.number}/files/{stored.pk}").status_code == 404
    assert Client().get(f"/cases/{case.number}/files/{stored.pk}").status_code == 302


def test_i09_a_file_is_handed_out_as_a_download_that_can_run_nothing(world, cleo):
    file = File('lo"g\u00e9.html', "text/html", b"<script>alert(1)</script>")
    case = world.case(files=(file,))
    answer = cleo.get(f"/cases/{case.number}/files/{Attachment.objects.get().pk}")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_file_that_is_gone_from_the_store_leaves_the_case_readable(world, cleo, settings):
    case = world.case(files=(File("log.txt", "text/plain", b"kept"),))
    stored = Attachment.objects.get()
    Attachment.objects.update(sha256="0" * 64)
    assert cleo.get(f"/cases/{case.number}/files/{stored.pk}").status_code == 404
    assert cleo.get(f"/cases/{case.number}").status_code == 200


def test_i05_what_people_write_is_text_and_never_markup(world, cleo):
    evil = "<img src=x onerror=alert(1)>"
    case = world.case(
        subject=evil,
        text=evil,
        files=(File(f"{evil}.png", evil, b"x"),),
        priority="high",
        reason=evil,
    )
    page = cleo.get(f"/cases/{case.number}").content.decode()
    assert evil not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert evil not in cleo.get("/cases").content.decode()


# --- what a customer can do ---------------------------------------------------------------------


def test_an_empty_message_is_refused(world, cleo):
    case = world.case()
    assert cleo.post(f"/cases/{case.number}/messages", {"text": "  "}).status_code == 400
    assert Message.objects.count() == 1


def test_a_message_and_its_files_stand_in_the_case(world, cleo):
    case = world.case()
    file = SimpleUploadedFile("trace.log", b"bytes")
    answer = cleo.post(f"/cases/{case.number}/messages", {"text": "More", "files": [file]})
    assert answer["Location"] == f"/cases/{case.number}"
    page = cleo.get(f"/cases/{case.number}").content.decode()
    assert "More" in page
    assert "trace.log" in page


def test_the_customers_answer_ends_the_wait(world, cleo):
    case = world.case()
    messages.ask_customer(case.pk, text="Which version?", actor=world.asta, at=MONDAY)
    assert "We wait for your answer since" in cleo.get(f"/cases/{case.number}").content.decode()
    cleo.post(f"/cases/{case.number}/messages", {"text": "6.2"})
    case.refresh_from_db()
    assert case.state != CaseState.WAITING


def test_an_escalation_without_a_reason_is_refused(world, cleo):
    case = world.case()
    assert cleo.post(f"/cases/{case.number}/escalation", {"reason": ""}).status_code == 400
    case.refresh_from_db()
    assert case.priority == "normal"


def test_a_customer_escalates_closes_and_reopens(world, cleo):
    case = world.case()
    address = f"/cases/{case.number}"
    cleo.post(f"{address}/escalation", {"reason": "The shop is shut."})
    case.refresh_from_db()
    assert case.priority == "high"
    assert "The shop is shut." in cleo.get(address).content.decode()
    assert cleo.post(f"{address}/escalation", {"reason": "Again."}).status_code == 409
    cleo.post(f"{address}/closing")
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    assert cleo.post(f"{address}/closing").status_code == 409
    assert cleo.post(f"{address}/reopening", {"reopen_reason": ""}).status_code == 400
    cleo.post(f"{address}/reopening", {"reopen_reason": "It burns again."})
    case.refresh_from_db()
    assert case.state == CaseState.NEW


def test_a_colleague_who_follows_a_customers_link_comes_to_the_console(world):
    case = world.case()
    asta = signed_in(world.asta)
    assert asta.get(f"/cases/{case.number}")["Location"] == f"/console/cases/{case.number}"


def test_i27_nothing_changes_by_opening_a_page(world, cleo):
    case = world.case()
    before = Event.objects.count()
    for path in ("messages", "escalation", "closing", "reopening"):
        assert cleo.get(f"/cases/{case.number}/{path}").status_code == 405
    assert Event.objects.count() == before


def test_an_open_page_is_answered_cheaply_until_something_happens(world, cleo):
    case = world.case()
    address = f"/cases/{case.number}"
    first = cleo.get(address, headers={"HX-Request": "true"})
    mark = {"HX-Request": "true", "If-None-Match": first["ETag"]}
    assert cleo.get(address, headers=mark).status_code == 304
    messages.reply(case.pk, text="News.", actor=world.asta, at=utc("2026-11-23T09:20"))
    news = cleo.get(address, headers=mark)
    assert news.status_code == 200
    assert "News." in news.content.decode()
    assert "<html" not in news.content.decode()


def test_pages_with_cases_stay_in_no_shared_cache(world, cleo):
    case = world.case()
    for path in ("/cases", f"/cases/{case.number}"):
        assert "private" in cleo.get(path)["Cache-Control"]


def test_older_cases_are_a_page_further(world, cleo):
    for n in range(53):
        world.case(subject=f"Subject {n:03}", acknowledge=False)
    first = cleo.get("/cases").content.decode()
    assert "Subject 052" in first
    assert "Subject 002" not in first
    oldest = cases_of(world.cleo).more_before
    assert "Subject 002" in cleo.get(f"/cases?before={oldest}").content.decode()
    assert cleo.get("/cases?before=x' OR 1=1").status_code == 200


def test_the_list_takes_the_same_few_statements_for_one_case_and_for_fifty(
    world, cleo, django_assert_max_num_queries
):
    for n in range(50):
        world.case(subject=f"Subject {n}", acknowledge=False)
    with django_assert_max_num_queries(10):
        cleo.get("/cases")


def test_a_case_with_many_messages_takes_few_statements(world, cleo, django_assert_max_num_queries):
    case = world.case()
    for n in range(40):
        messages.reply(case.pk, text=f"{n}", actor=world.asta, at=MONDAY)
    with django_assert_max_num_queries(14):
        cleo.get(f"/cases/{case.number}")


def test_what_was_extended_is_said_as_that_and_not_as_kept(world):
    case = world.case(priority="critical")
    promises.extend(
        case.pk,
        kind=CommitmentKind.RESPONSE,
        ordinal=1,
        until=MONDAY + timedelta(hours=3),
        reason="Nobody was awake.",
        note="We wait for a part.",
        actor=world.ada,
        at=MONDAY,
    )
    messages.reply(case.pk, text="Now.", actor=world.asta, at=MONDAY + timedelta(minutes=30))
    page = case_page(case.pk, world.cleo, at=MONDAY + timedelta(minutes=40))
    standing = wording.Standing(
        state=page.state,
        commitments=[owed.commitment for owed in page.owed],
        words_to_customer=1,
        waiting_since=None,
        ended_at=None,
        may_reopen=True,
        now=MONDAY + timedelta(hours=1),
        zone="Europe/Stockholm",
    )
    assert wording.say_record(standing) == ("We have been in touch once; one promise was extended.")
    assert "Nobody was awake" not in repr(page)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({"reached": False, "direction": "in"}, "You called, and nobody answered."),
        ({"reached": False, "direction": "out"}, "Asta Lind tried to call you; nobody answered."),
        (
            {"reached": False, "left_message": True, "direction": "out"},
            "Asta Lind tried to call you and left a message.",
        ),
    ],
)
def test_the_customer_reads_what_came_of_a_call_and_never_where_it_was_recorded(
    world, cleo, call, said
):
    case = world.case(at=MONDAY)
    messages.log_call(
        case.pk,
        happened_at=MONDAY + timedelta(minutes=10),
        seconds=20,
        recording="https://pbx.example/secret.wav",
        actor=world.asta,
        at=MONDAY + timedelta(minutes=20),
        **call,
    )

    page = cleo.get(f"/cases/{case.number}").content.decode()

    assert said in page
    assert "secret.wav" not in page
