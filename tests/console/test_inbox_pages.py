"""Looking through the inbox: filters, search, many at once, and one mail explained."""

import pytest

from dueline.actions import inbox
from dueline.cli.main import main
from dueline.core.matching import reply_address
from dueline.intake import read_inbox
from dueline.models import InboxItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def asta(world, enter):
    yield enter(world.asta)
    read_inbox.stop()


@pytest.fixture
def keep(world, now):
    """Put a mail into the inbox as it would be after it was read: `keep(subject, …) -> item`."""

    def keep(subject, *, sender="noa@elsewhere.example", state="held", raw=None, **columns):
        raw = raw or f"From: {sender}\r\nSubject: {subject}\r\n\r\nHelp me.\r\n".encode()
        item = inbox.keep_raw(
            raw, door="smtp", mail_from=sender, rcpt_to=["support@desk.example"], at=now
        )
        InboxItem.objects.filter(pk=item).update(
            state=state, sender=sender, subject=subject, **columns
        )
        return InboxItem.objects.get(pk=item)

    return keep


def page(client, address="/console/inbox") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# --- filters and search ------------------------------------------------------------------------


def test_each_filter_shows_its_own_mails_and_no_others(asta, keep):
    keep("Heldmail")
    keep("Takenmail", state="taken")
    keep("Machinemail", state="recorded", machine="bounce")
    keep("Personmail", state="taken", machine="none")
    keep("Copymail", state="duplicate")
    keep("Twicemail", state="taken", times_received=2)
    subjects = {"Heldmail", "Takenmail", "Machinemail", "Personmail", "Copymail", "Twicemail"}

    shown = {
        show: {subject for subject in subjects if subject in page(asta, f"/console/inbox?{show}")}
        for show in ("", "show=all", "show=machines", "show=duplicates", "show=nonsense")
    }

    assert shown == {
        "": {"Heldmail"},
        "show=all": subjects,
        "show=machines": {"Machinemail"},
        "show=duplicates": {"Copymail", "Twicemail"},
        "show=nonsense": {"Heldmail"},
    }


def test_words_are_looked_for_in_sender_and_subject(asta, keep):
    keep("Printer on fire", sender="noa@elsewhere.example")
    keep("Invoice", sender="ole@other.example")

    found = page(asta, "/console/inbox?q=PRINTER+elsewhere")

    assert "Printer on fire" in found
    assert "Invoice" not in found
    assert "Nothing found" in page(asta, "/console/inbox?q=printer+other")
    # A wildcard of the database is a letter like any other, and a quote is no code (i48).
    assert "Nothing found" in page(asta, "/console/inbox?q=%25")
    assert "Nothing found" in page(asta, "/console/inbox?q=%27%3B--")


def test_the_next_page_keeps_the_filter_and_the_words(asta, keep):
    for number in range(51):
        keep(f"Odd {number}", state="taken")
    link = 'href="/console/inbox?show=all&amp;q=odd&amp;before='
    assert link in page(asta, "/console/inbox?show=all&q=odd")
    assert link not in page(asta, "/console/inbox?show=all&q=odd&before=2")


# --- many at once ------------------------------------------------------------------------------


def test_two_mails_of_one_sender_are_no_flood(asta, keep):
    keep("One")
    keep("Two")
    assert "Much is held" not in page(asta)


def test_many_of_one_sender_are_dismissed_together_with_a_reason(asta, keep):
    mails = [keep(f"Alarm {n}") for n in range(3)]
    other = keep("Other", sender="ole@other.example")
    taken = keep("Taken", state="taken")
    assert "3 mails" in page(asta)
    words = {"sender": "noa@elsewhere.example", "reason": ""}

    assert asta.post("/console/inbox/dismissals", words).status_code == 400
    assert asta.post("/console/inbox/dismissals", {"reason": "x"}).status_code == 400
    assert set(InboxItem.objects.values_list("state", flat=True)) == {"held", "taken"}
    words["reason"] = "A monitor gone mad"
    assert asta.post("/console/inbox/dismissals", words).status_code == 302

    found = InboxItem.objects.filter(pk__in=[mail.pk for mail in mails])
    assert {(item.state, item.reason) for item in found} == {
        ("recorded", "Asta Lind: A monitor gone mad")
    }
    for untouched in (other, taken):
        before = (untouched.state, untouched.reason)
        untouched.refresh_from_db()
        assert (untouched.state, untouched.reason) == before


def test_many_of_one_sender_are_taken_in_together(asta, keep):
    for number in range(3):
        keep(f"Alarm {number}")
    keep("Other", sender="ole@other.example")

    asta.post("/console/inbox/releases", {"sender": "noa@elsewhere.example"})

    states = InboxItem.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["received"] * 3 + ["held"]


# --- explained ---------------------------------------------------------------------------------


def test_a_mail_that_is_not_there_is_not_explained(asta):
    assert asta.get("/console/inbox/4711").status_code == 404


def test_a_mail_is_explained_with_what_was_read_and_why_it_is_where_it_is(asta, keep):
    raw = (
        b"From: Noa Lind <noa@elsewhere.example>\r\nTo: support@desk.example\r\n"
        b"Subject: Hj\xc3\xa4lp\r\nX-Odd: <script>alert(1)</script>\r\n"
        b"X-Turned: abc\xe2\x80\xaegpj.exe\r\nMessage-ID: <1@elsewhere.example>\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nTel: 070-123 45 67\r\nHelp me <b>now</b>.\r\n"
        b'--b\r\nContent-Disposition: attachment; filename="x<i>.log"\r\n\r\nlog\r\n--b--\r\n'
    )
    item = keep("Hjälp", raw=raw, reason="Its sender is not known.", warnings=["It was odd."])

    shown = page(asta, f"/console/inbox/{item.pk}")

    for said in (
        "Its sender is not known.",
        "It was odd.",
        "Noa Lind",
        "a person, as far as it shows",
        "no mail of ours: it carries no token",
        "+46701234567",
        "&lt;1@elsewhere.example&gt;",
        "Help me &lt;b&gt;now&lt;/b&gt;.",
        "X-Odd: &lt;script&gt;alert(1)&lt;/script&gt;",
        "abc⟨U+202E⟩gpj.exe",
        "SMTP",
    ):
        assert said in shown
    assert "<script>alert" not in shown
    assert "<b>now" not in shown
    assert "<i>" not in shown


def test_a_mail_that_answers_one_of_ours_is_explained_with_its_case(
    asta, keep, world, settings, now
):
    case = world.case(at=now)
    address = reply_address(
        settings.SECRET_KEY,
        mail_address="support@desk.example",
        case_id=case.pk,
        contact_id=world.cleo.id,
    )
    item = keep("Re", raw=f"From: a@b.example\r\nTo: {address}\r\n\r\nYes.\r\n".encode())

    assert f"a mail of ours about {case.number}" in page(asta, f"/console/inbox/{item.pk}")


def test_a_mail_of_a_machine_is_explained_with_the_sign_of_it(asta, keep):
    raw = b"From: a@b.example\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n\r\nAway.\r\n"
    item = keep("Away", raw=raw, state="recorded")
    assert "a machine:" in page(asta, f"/console/inbox/{item.pk}")


def test_i46_a_mail_that_nobody_can_read_is_explained_by_its_headers(asta, keep):
    raw = b"From: a@b.example\r\nSubject: Deep\r\n" + b"X: y\r\n" * 3000 + b"\r\nx\r\n"
    item = keep("Deep", raw=raw, reason="It could not be read.")

    shown = page(asta, f"/console/inbox/{item.pk}")

    assert "It cannot be read: a header has more than 2000 lines." in shown
    assert "Subject: Deep" in shown


def test_a_held_mail_can_be_decided_on_where_it_is_explained(asta, keep):
    held, taken = keep("One"), keep("Two", state="taken")
    assert "Open as a case" in page(asta, f"/console/inbox/{held.pk}")
    assert "Open as a case" not in page(asta, f"/console/inbox/{taken.pk}")


def test_the_command_explains_a_mail_of_the_inbox_by_its_number(
    keep, capsys, monkeypatch, tmp_path
):
    item = keep("Printer on fire")
    monkeypatch.chdir(tmp_path)

    assert main(["mail", "explain", str(item.pk)]) == 0
    assert "Printer on fire" in capsys.readouterr().out
    assert main(["mail", "explain", "4711"]) == 1
    assert "there is no such mail in the inbox" in capsys.readouterr().err


def test_a_file_called_like_a_number_is_meant_before_the_mail(keep, capsys, monkeypatch, tmp_path):
    item = keep("In the inbox")
    monkeypatch.chdir(tmp_path)
    (tmp_path / str(item.pk)).write_bytes(b"Subject: In the file\r\n\r\nx\r\n")

    main(["mail", "explain", str(item.pk)])

    assert "In the file" in capsys.readouterr().out


def test_i30_what_is_known_of_a_sender_stands_beside_the_mail(asta, keep):
    failed = {"verdict": "fail", "by": "desk", "spf": "softfail", "dmarc": "fail"}
    item = keep("Odd", trust=failed)
    plain = keep("Plain", sender="ole@other.example")

    for address in ("/console/inbox", f"/console/inbox/{item.pk}"):
        assert 'class="sender-verdict is-fail"' in page(asta, address)
    assert "SPF softfail" in page(asta, f"/console/inbox/{item.pk}")
    assert "sender-verdict is-" not in page(asta, f"/console/inbox/{plain.pk}")
