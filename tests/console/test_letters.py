"""Writing to customers from the page of a case: kept, previewed, sent, undone, copied, later."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dueline.actions import attempts, messages, sending
from dueline.models import Agent, Case, Desk, Draft, Heartbeat, Message, OutboxItem, ReplyTemplate

pytestmark = pytest.mark.django_db

PART = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def case(world, now) -> Case:
    return world.case(at=now - timedelta(minutes=5))


@pytest.fixture
def asta(world, enter):
    return enter(world.asta)


@pytest.fixture
def pause(world, now) -> None:
    """A desk whose letters wait for 20 seconds, and whose worker is alive."""
    Desk.objects.update(undo_seconds=20)
    Heartbeat.objects.create(name="worker", beat_at=now)


def post(client, case, place, /, *, headers=None, **typed):
    return client.post(f"/console/cases/{case.number}/{place}", typed, **(headers or {}))


def page_of(client, case) -> str:
    return client.get(f"/console/cases/{case.number}").content.decode()


def version(case) -> int:
    return Case.objects.get(pk=case.pk).version


# ---- keeping ----


def test_what_is_typed_is_there_on_return_and_read_by_colleagues(world, enter, asta, case):
    response = post(asta, case, "draft", headers=PART, text="We look at", act="reply")

    assert response.status_code == 200
    assert "Kept as a draft" in response.content.decode()
    assert "We look at</textarea>" in page_of(asta, case)
    seen = page_of(enter(world.bo), case)
    assert "Asta Lind is writing a reply" in seen
    assert "We look at" in seen
    assert "We look at</textarea>" not in seen
    assert "Go on with it" not in seen


def test_without_script_a_button_keeps_it(asta, case):
    response = post(asta, case, "draft", text="We look at", cc_more="dag@northwind.example")

    assert response.status_code == 302
    assert Draft.objects.get().cc == ["dag@northwind.example"]
    assert not Message.objects.filter(agent__isnull=False).exists()


def test_a_colleague_goes_on_with_what_was_left(world, enter, asta, case, now):
    post(asta, case, "draft", text="We look at")
    Draft.objects.update(changed_at=now - timedelta(minutes=12))
    bo = enter(world.bo)
    assert "Asta Lind has begun a reply" in page_of(bo, case)

    post(bo, case, f"drafts/{Draft.objects.get().pk}/taking-over")

    assert "We look at</textarea>" in page_of(bo, case)
    assert "We look at</textarea>" not in page_of(asta, case)


def test_a_discarded_draft_is_gone(asta, case):
    post(asta, case, "draft", text="We look at")
    post(asta, case, "draft/end", text="We look at")
    assert "We look at" not in page_of(asta, case)


def test_i14_files_that_come_too_often_are_refused_and_the_text_is_kept(asta, case, monkeypatch):
    monkeypatch.setattr(attempts, "UPLOAD", attempts.Ration("upload", 1, timedelta(hours=1)))
    for _ in range(2):
        upload = SimpleUploadedFile("trace.log", b"bytes")
        response = post(asta, case, "draft", headers=PART, text="Here", files=[upload])
    assert response.status_code == 400
    assert "Many files came" in response.content.decode()
    assert Draft.objects.get().files.count() == 1


def test_a_file_stays_with_the_draft_until_it_is_taken_off(asta, case):
    upload = SimpleUploadedFile("trace.log", b"bytes")
    part = post(asta, case, "draft", headers=PART, text="Here", files=[upload]).content.decode()
    assert "trace.log" in part
    assert "trace.log" in page_of(asta, case)

    file = Draft.objects.get().files.get()
    post(asta, case, f"draft/files/{file.pk}/end", text="Here it was")

    assert "trace.log" not in page_of(asta, case)
    assert Draft.objects.get().text == "Here it was"


def test_a_refused_letter_keeps_its_files(asta, case):
    upload = SimpleUploadedFile("trace.log", b"bytes")
    response = post(asta, case, "replies", text="Here", files=[upload], version=1000)
    assert response.status_code == 409
    assert "trace.log" in response.content.decode()


def test_an_open_page_is_told_of_a_colleagues_draft_and_not_of_ones_own(world, enter, asta, case):
    def tag(client) -> str:
        return client.get(f"/console/cases/{case.number}")["ETag"].rpartition(".")[0]

    bo = enter(world.bo)
    before = tag(asta), tag(bo)
    post(asta, case, "draft", text="We look at")
    assert tag(asta) == before[0]
    assert tag(bo) != before[1]


def test_my_drafts_are_listed_with_what_became_of_them(world, enter, asta, case, now):
    assert "No drafts" in asta.get("/console/drafts").content.decode()
    post(asta, case, "draft", text="We look at")
    listed = asta.get("/console/drafts").content.decode()
    assert case.number in listed
    assert "We look at" in listed
    assert "No drafts" in enter(world.bo).get("/console/drafts").content.decode()


# ---- inserting ----


def test_the_customers_words_are_quoted(asta, case):
    quoted = asta.get(f"/console/cases/{case.number}/draft/quote").content.decode()
    assert quoted == "> Since 08:50 every payment fails.\n\n"
    post(asta, case, "draft", text="Hello,", quote="yes")
    assert Draft.objects.get().text == "Hello,\n\n> Since 08:50 every payment fails.\n\n"


def test_a_template_is_filled_in_for_the_case(asta, case, now):
    template = ReplyTemplate.objects.create(
        name="Look", text="Dear {contact.first_name}", changed_at=now
    )
    assert "Look" in page_of(asta, case)
    filled = asta.get(f"/console/cases/{case.number}/draft/templates/{template.pk}")
    assert filled.content.decode() == "Dear Cleo"
    post(asta, case, "draft", text="", template=template.pk)
    assert Draft.objects.get().text == "Dear Cleo"


# ---- undo ----


@pytest.mark.usefixtures("pause")
def test_what_was_sent_can_be_undone_and_stands_in_the_composer_again(asta, case):
    assert post(asta, case, "replies", text="Too early", version=version(case)).status_code == 302
    page = page_of(asta, case)
    assert re.search(r"Sent to Cleo in <span data-leaves=\"[^\"]+\">\d+</span> s", page)
    assert not Message.objects.filter(text="Too early").exists()

    assert post(asta, case, "sending/end").status_code == 302

    assert "Too early</textarea>" in page_of(asta, case)
    assert not sending.send_next(at=Draft.objects.get().changed_at + timedelta(days=1))


@pytest.mark.usefixtures("pause")
def test_each_act_waits_and_is_done(asta, case, world, now):
    for act, typed, state in (
        ("replies", {"text": "We look"}, "responded"),
        ("information-requests", {"text": "Which version?"}, "waiting"),
        ("resolution", {"text": "Solved", "minutes": "5"}, "resolved"),
    ):
        another = world.case(at=now - timedelta(minutes=5))
        response = post(asta, another, act, version=version(another), **typed)
        assert response.status_code == 302
        assert Case.objects.get(pk=another.pk).state == "new"
        assert sending.send_next(at=now + timedelta(minutes=1))
        assert Case.objects.get(pk=another.pk).state == state


def test_where_no_worker_is_alive_nothing_waits_for_one(asta, case):
    Desk.objects.update(undo_seconds=20)
    post(asta, case, "replies", text="At once", version=version(case))
    assert Message.objects.filter(text="At once").exists()


@pytest.mark.usefixtures("pause")
def test_a_customer_who_wrote_within_the_pause_is_told_of(world, asta, case, now):
    post(asta, case, "replies", text="We look", version=version(case))
    Draft.objects.update(changed_at=now - timedelta(seconds=5))
    messages.receive(
        case.pk,
        text="One more thing",
        contact=world.contact(world.cleo),
        actor=world.cleo,
        channel="web",
        happened_at=now,
        at=now,
    )
    assert "Cleo wrote meanwhile." in page_of(asta, case)


@pytest.mark.usefixtures("pause")
def test_a_letter_sent_twice_by_an_impatient_finger_is_one(asta, case):
    seen = version(case)
    post(asta, case, "replies", text="Once", version=seen)
    again = post(asta, case, "replies", text="Once", version=seen)
    assert again.status_code == 409
    assert Draft.objects.count() == 1


@pytest.mark.usefixtures("pause")
def test_undo_that_comes_too_late_says_so(asta, case):
    response = post(asta, case, "sending/end")
    assert response.status_code == 409
    assert "It has been sent" in response.content.decode()


@pytest.mark.usefixtures("pause")
def test_what_could_not_be_sent_says_why_and_is_still_there(world, asta, case, now):
    post(asta, case, "replies", text="Too late", version=version(case))
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=now)
    sending.send_next(at=now + timedelta(minutes=1))
    page = page_of(asta, case)
    assert "Not sent." in page
    assert "no longer open" in page
    assert "Too late</textarea>" in page


# ---- later ----


def test_a_time_must_be_chosen(asta, case):
    response = post(asta, case, "replies", text="Later", version=version(case), later="then")
    assert response.status_code == 400
    assert "Choose a time to come" in response.content.decode()
    assert Draft.objects.get().sends_at is None


def test_the_next_opening_is_offered(asta, case):
    page = page_of(asta, case)
    assert re.search(r'name="later" value="\d{4}-\d\d-\d\dT08:00"', page)


def test_a_letter_is_sent_later_unless_the_customer_writes_first(world, enter, case, now):
    answered = case
    messages.reply(answered.pk, text="We look", actor=world.bo, at=now)
    asta = enter(world.asta)
    when = (now + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    typed = {"text": "Later", "later": "then", "later_at": when, "unless": "yes"}
    response = post(asta, answered, "replies", version=version(answered), **typed)
    assert response.status_code == 302
    draft = Draft.objects.get()
    assert draft.sends_at is not None
    assert draft.unless_customer_writes
    assert "unless Cleo writes first" in page_of(asta, answered)
    assert "Asta Lind’s letter will be sent to Cleo" in page_of(enter(world.bo), answered)


def test_a_promise_that_falls_due_before_must_be_agreed_to(world, asta, now):
    case = world.case(priority="critical", at=now - timedelta(minutes=5))
    when = (now + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    typed = {"text": "Later", "later": "then", "later_at": when}
    refused = post(asta, case, "replies", version=version(case), **typed)
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "before this would be sent" in page
    assert 'name="agreed" value="due-first"' in page
    assert f'value="{when}"' in page

    agreed = post(asta, case, "replies", version=version(case), agreed="due-first", **typed)
    assert agreed.status_code == 302


# ---- copies ----


@pytest.mark.parametrize("address", ["nonsense", "a@b@c", "x\r\nBcc: y@z.example"])
def test_i37_what_is_no_address_is_refused_and_stays_in_its_field(asta, case, address):
    response = post(asta, case, "replies", text="Hello", cc_more=address, version=version(case))
    assert response.status_code == 400
    assert "is no mail address" in response.content.decode()
    assert not Message.objects.filter(agent__isnull=False).exists()


def test_an_outsider_is_named_and_must_be_agreed_to(asta, case):
    typed = {"text": "Hello", "cc_more": "ola@elsewhere.example"}
    refused = post(asta, case, "replies", version=version(case), **typed)
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "ola@elsewhere.example is not of Northwind." in page
    assert "Send to Cleo and 1 more" in page
    assert not Message.objects.filter(text="Hello").exists()

    typed = {"text": "Hello", "cc": ["ola@elsewhere.example"], "agreed": "ola@elsewhere.example"}
    assert post(asta, case, "replies", version=version(case), **typed).status_code == 302
    assert Message.objects.get(text="Hello").cc == ["ola@elsewhere.example"]


def test_another_customers_contact_is_warned_of_by_the_name_of_their_company(asta, case):
    typed = {"text": "Hello", "cc_more": "eve@southgate.example"}
    page = post(asta, case, "draft", headers=PART, **typed).content.decode()
    assert "eve@southgate.example is of Southgate, another customer." in page


def test_i30_whom_the_customer_copied_is_suggested_and_not_written_to(asta, case):
    Message.objects.filter(case=case).update(cc=["per@northwind.example", "cleo@northwind.example"])
    page = page_of(asta, case)
    assert "Cleo copied per@northwind.example: add" in page
    assert "Cleo copied cleo@northwind.example" not in page
    post(asta, case, "replies", text="Hello", version=version(case))
    assert Message.objects.get(text="Hello").cc == []


def test_the_people_of_the_company_are_suggested_and_those_of_another_are_not(asta, case):
    page = page_of(asta, case)
    assert '<option value="dag@northwind.example">' in page
    assert "eve@southgate.example" not in page


def test_i61_there_is_no_blind_copy(asta, case):
    post(asta, case, "replies", text="Hello", bcc="ola@elsewhere.example", version=version(case))
    assert not OutboxItem.objects.filter(to_address="ola@elsewhere.example").exists()
    assert "bcc" not in page_of(asta, case).lower()


# ---- preview and what is shown ----


def test_a_preview_says_what_stands_against_it(asta, case):
    response = post(asta, case, "preview", text="  ")
    assert response.status_code == 400
    assert "There is no text yet." in response.content.decode()


def test_the_preview_is_what_the_outbox_holds_and_nothing_has_left(asta, case):
    typed = {"text": "It is *solved*.", "cc": ["dag@northwind.example"]}
    shown = post(asta, case, "preview", **typed)
    assert shown.status_code == 200
    assert not OutboxItem.objects.filter(purpose="reply").exists()
    assert not Message.objects.filter(agent__isnull=False).exists()
    assert Draft.objects.get().text == "It is *solved*."

    page = shown.content.decode()
    texts = [unescape(text) for text in re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)]
    frames = [asta.get(src) for src in re.findall(r'<iframe[^>]* src="([^"]*)"', page)]
    assert all("default-src 'none'" in frame["Content-Security-Policy"] for frame in frames)
    framed = [frame.content.decode() for frame in frames]

    post(asta, case, "replies", version=version(case), **typed)

    left = OutboxItem.objects.filter(purpose="reply").order_by("id")
    assert texts == [mail.text for mail in left]
    assert framed == [mail.html for mail in left] != []
    assert all(mail.subject in unescape(page) for mail in left)


def test_no_mail_of_a_draft_is_framed_that_is_not_there(world, enter, asta, case):
    address = f"/console/cases/{case.number}/preview/0"
    assert asta.get(address).status_code == 404
    post(asta, case, "draft", text="We look")
    assert asta.get(address).status_code == 200
    assert asta.get(f"/console/cases/{case.number}/preview/7").status_code == 404
    assert enter(world.bo).get(address).status_code == 404


def test_what_we_wrote_is_shown_as_formatted_and_cannot_run(asta, case):
    text = "It is **solved**.\n\n<script>alert(1)</script> [x](javascript:alert(2))"
    post(asta, case, "replies", text=text, version=version(case))
    page = page_of(asta, case)
    assert "<strong>solved</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_a_customers_html_is_never_part_of_the_page(asta, case):
    Message.objects.filter(case=case).update(html="<p><b>bold of Cleo</b></p>")
    assert "<b>bold of Cleo</b>" not in page_of(asta, case)


# ---- signature ----


def test_a_signature_beyond_measure_is_refused_and_kept_in_the_form(asta):
    response = asta.post("/console/signature", {"signature": "x" * 2001})
    assert response.status_code == 400
    assert "x" * 2001 in response.content.decode()


def test_i58_of_themselves_an_agent_changes_their_signature_alone(world, asta):
    forged = {"signature": "**Asta**", "name": "Boss", "tier": "2", "is_administrator": "on"}
    before = Agent.objects.filter(pk=world.asta.id).values().get()
    assert asta.post("/console/signature", {**forged, "agent": world.bo.id}).status_code == 302
    after = Agent.objects.filter(pk=world.asta.id).values().get()
    assert after == {**before, "signature": "**Asta**"}
    assert Agent.objects.get(pk=world.bo.id).signature == ""


def test_a_signature_is_looked_at_before_it_is_saved(asta):
    page = asta.post("/console/signature", {"signature": "**Asta**", "look": "yes"})
    assert "<strong>Asta</strong>" in page.content.decode()
    assert not Agent.objects.exclude(signature="").exists()
