"""The inbox, the outbox, and what is handed out."""

import pytest

from dueline.actions import inbox, messages, outbox
from dueline.actions.outbox import queue_mail
from dueline.core.inbound import File
from dueline.models import Attachment, Case, InboxItem, Message, OutboxItem

pytestmark = pytest.mark.django_db

RAW = b"From: Noa <noa@elsewhere.example>\r\nSubject: Odd\r\n\r\nHelp me please.\r\n"


@pytest.fixture
def asta(world, enter):
    return enter(world.asta)


@pytest.fixture
def held(world, now) -> InboxItem:
    item_id = inbox.keep_raw(
        RAW,
        door="smtp",
        mail_from="noa@elsewhere.example",
        rcpt_to=["support@desk.example"],
        at=now,
    )
    claimed = inbox.claim_next(at=now)
    inbox.hold(item_id, claim=claimed.claim, reason="Nobody could read it.", subject="Odd")
    return InboxItem.objects.get(pk=item_id)


def test_a_held_mail_is_shown_with_its_reason(asta, held):
    page = asta.get("/console/inbox").content.decode()

    assert "Odd" in page
    assert "Nobody could read it." in page


def test_dismissing_needs_a_reason(asta, held):
    assert asta.post(f"/console/inbox/{held.pk}/dismissal", {"reason": ""}).status_code == 400
    held.refresh_from_db()
    assert held.state == "held"


def test_a_dismissed_mail_stays_readable(asta, held):
    asta.post(f"/console/inbox/{held.pk}/dismissal", {"reason": "An advertisement"})

    assert "Nothing is held" in asta.get("/console/inbox").content.decode()
    assert "An advertisement" in asta.get("/console/inbox?show=all").content.decode()


def test_a_held_mail_is_read_again_only_while_it_is_held(asta, held):
    assert asta.post(f"/console/inbox/{held.pk}/reading").status_code == 302
    assert asta.post(f"/console/inbox/{held.pk}/reading").status_code == 409


def test_a_held_mail_becomes_a_case_by_one_click(asta, held):
    response = asta.post(f"/console/inbox/{held.pk}/case")

    case = Case.objects.get()
    assert response["Location"] == f"/console/cases/{case.number}"
    assert case.messages.get().text.strip() == "Help me please."
    assert case.opened_at == held.received_at


def test_an_answer_from_an_unknown_sender_is_added_by_one_click(asta, held, world, now):
    case = world.case(at=now)
    InboxItem.objects.update(case=case)

    assert f"Add to {case.number}" in asta.get("/console/inbox").content.decode()
    response = asta.post(f"/console/inbox/{held.pk}/message")

    assert response["Location"] == f"/console/cases/{case.number}"
    assert case.messages.latest("id").text.strip() == "Help me please."
    assert asta.post(f"/console/inbox/{held.pk}/message").status_code == 409


def test_a_mail_that_answers_nothing_is_added_to_nothing(asta, held):
    assert "Add to" not in asta.get("/console/inbox").content.decode()
    asta.post(f"/console/inbox/{held.pk}/message")
    held.refresh_from_db()
    assert held.state == "held"


def test_a_mail_is_handed_out_as_it_came(asta, held):
    response = asta.get(f"/console/inbox/{held.pk}/raw")

    assert response.content == RAW
    assert response["Content-Disposition"] == f'attachment; filename="mail-{held.pk}.eml"'


# --- the outbox -------------------------------------------------------------------------------


@pytest.fixture
def mail(world, now) -> OutboxItem:
    case = world.case(at=now)
    messages.reply(case.pk, text="We look at it.", actor=world.asta, at=now)
    return OutboxItem.objects.get(case=case, purpose="reply")


def test_every_mail_can_be_read_where_nothing_leaves(asta, mail):
    assert mail.subject in asta.get("/console/outbox").content.decode()
    assert "We look at it." in asta.get(f"/console/outbox/{mail.pk}").content.decode()


def test_a_mail_that_waits_is_not_sent_again(asta, mail):
    assert asta.post(f"/console/outbox/{mail.pk}/sending").status_code == 409


def test_a_refused_mail_needs_a_person_and_is_sent_again(asta, mail):
    OutboxItem.objects.filter(pk=mail.pk).update(state="failed", last_error="550 no such user")
    assert "550 no such user" in asta.get("/console/outbox?show=trouble").content.decode()

    assert asta.post(f"/console/outbox/{mail.pk}/sending").status_code == 302
    mail.refresh_from_db()
    assert mail.state == "waiting"


def test_the_case_says_what_became_of_its_mail(asta, mail):
    address = f"/console/cases/{mail.case.number}"
    assert "on its way to cleo@northwind.example" in asta.get(address).content.decode()

    OutboxItem.objects.filter(pk=mail.pk).update(state="failed", last_error="550 no such user")
    Case.objects.filter(pk=mail.case_id).update(version=99)
    page = asta.get(address).content.decode()
    assert "refused by the mail server of cleo@northwind.example: 550 no such user" in page


def test_the_case_says_it_of_each_reader_and_the_worst_first(world, asta, mail, now):
    OutboxItem.objects.filter(pk=mail.pk).update(state="sent", sent_at=now)
    mail.pk, mail.mail_id, mail.to_address = None, "<2@x>", "noa@elsewhere.example"
    mail.state, mail.last_error = "failed", "550 no"
    mail.save(force_insert=True)
    page = asta.get(f"/console/cases/{mail.case.number}").content.decode()
    bad = page.index("refused by the mail server of noa@elsewhere.example: 550 no · ")
    assert page.index("sent to cleo@northwind.example ") > bad


def test_mails_are_found_by_address_subject_and_number(world, asta, mail, now):
    other = world.case(world.dag, subject="Another thing", at=now)

    def found(**query):
        page = asta.get("/console/outbox", query).content.decode()
        return [one for one in (mail.subject, f"[{other.number}]") if one in page]

    assert found(q="CLEO@") == [mail.subject]
    assert found(q="another thing") == [f"[{other.number}]"]
    assert found(q=mail.case.number) == [mail.subject]
    assert found(q="nothing like it") == []
    assert found(show="sent") == []
    assert len(found(show="waiting")) == 2


def test_the_page_says_when_the_server_takes_nothing(asta, mail, now):
    assert "does not take our mail" not in asta.get("/console/outbox").content.decode()
    outbox.record_server_down(outbox.claim_next(at=now), why="Connection refused", at=now)
    page = asta.get("/console/outbox").content.decode()
    assert "The mail server does not take our mail." in page
    assert "Connection refused" in page


def test_a_mail_that_is_rationed_is_no_trouble_of_the_server(asta, mail, now, settings):
    settings.MAILS_PER_ADDRESS = 0
    assert outbox.claim_next(at=now) is None
    page = asta.get("/console/outbox").content.decode()
    assert "does not take our mail" not in page
    assert "this one waits its turn" in page


def test_all_that_no_server_took_is_sent_again_by_one_click(asta, mail):
    OutboxItem.objects.update(state="failed", last_error="451 later")
    page = asta.get("/console/outbox").content.decode()
    assert "again that no server took" in page
    assert "given up" in page
    assert asta.post("/console/outbox/sending").status_code == 302
    assert set(OutboxItem.objects.values_list("state", flat=True)) == {"waiting"}


def test_a_mail_is_taken_back_with_a_reason(asta, mail):
    address = f"/console/outbox/{mail.pk}"
    assert asta.post(f"{address}/cancellation", {"reason": ""}).status_code == 400
    assert asta.post(f"{address}/cancellation", {"reason": "Wrong case"}).status_code == 302
    page = asta.get(address).content.decode()
    assert "Asta Lind: Wrong case" in page
    assert "Send it after all" in page
    assert asta.post(f"{address}/cancellation", {"reason": "Again"}).status_code == 409


def test_all_mail_is_held_by_an_administrator_and_every_page_says_so(world, asta, enter):
    assert asta.post("/console/outbox/holding").status_code == 404
    ada = enter(world.ada)
    ada.post("/console/outbox/holding")
    assert "All mail is held." in asta.get("/console/queue").content.decode()
    ada.post("/console/outbox/holding/end")
    assert "All mail is held." not in asta.get("/console/queue").content.decode()


def test_a_mail_is_shown_as_its_reader_sees_it_and_without_powers(asta, mail):
    assert (
        f"/console/outbox/{mail.pk}/html" in asta.get(f"/console/outbox/{mail.pk}").content.decode()
    )
    response = asta.get(f"/console/outbox/{mail.pk}/html")
    assert response.content.decode() == mail.html
    policy = response["Content-Security-Policy"]
    assert (
        policy == "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )


def test_the_key_of_somebody_else_is_not_read_in_the_outbox(world, enter, now):
    from dueline.wording.mails import MailText

    secret = queue_mail(
        purpose="sign_in",
        to_name="Cleo",
        to_address="cleo@northwind.example",
        mail=MailText("Your link", "http://desk.example/link/secret-token"),
        at=now,
    )

    page = enter(world.asta).get(f"/console/outbox/{secret.pk}")

    assert page.status_code == 404
    assert enter(world.asta).get(f"/console/outbox/{secret.pk}/html").status_code == 404
    assert "secret-token" not in page.content.decode()


# --- what is handed out -----------------------------------------------------------------------


def test_i09_a_file_is_something_to_keep_and_never_to_show(world, asta, now):
    world.case(at=now, files=(File("Räkning.html", "text/html", b"<script>x</script>"),))
    file = Attachment.objects.get()

    response = asta.get(f"/console/files/{file.pk}")

    assert response.content == b"<script>x</script>"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''R%C3%A4kning.html"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_i12_a_file_whose_bytes_are_gone_is_nowhere(world, asta, now):
    world.case(at=now, files=(File("a.txt", "text/plain", b"never stored twice"),))
    Attachment.objects.update(sha256="0" * 64)

    assert asta.get(f"/console/files/{Attachment.objects.get().pk}").status_code == 404


def test_i08_a_message_as_it_was_sent_has_no_powers(world, asta, now):
    message = Message.objects.get(case=world.case(at=now))
    assert asta.get(f"/console/messages/{message.pk}/html").status_code == 404

    Message.objects.update(html="<b>bold</b>")
    response = asta.get(f"/console/messages/{message.pk}/html")

    assert "<b>bold</b>" in response.content.decode()
    policy = response["Content-Security-Policy"]
    powers, _, rest = policy.partition("; ")
    assert powers == "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    assert rest.startswith("default-src 'none'; ")
    assert "script" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
