"""A message in its frame, pictures in their place, and files that say what they are."""

from datetime import timedelta

import pytest

from dueline.actions import messages
from dueline.core.html import sanitise
from dueline.core.inbound import File
from dueline.models import Attachment, AuditEntry, Case, Message
from tests.core.test_file_types import packed
from tests.pictures import bomb, jpeg, png

pytestmark = pytest.mark.django_db

WITH_A_PICTURE = '<p>See:</p><img src="cid:shot@1" alt="The screen">'


@pytest.fixture
def asta(world, enter):
    return enter(world.asta)


@pytest.fixture
def say(world, now):
    """Let Cleo write in a case of hers: `say(html, *files) -> Message`."""
    case = world.case(at=now - timedelta(hours=1))

    def say(html: str, *files: File, text: str = "See:") -> Message:
        messages.receive(
            case.pk,
            text=text,
            html=sanitise(html)[0],
            contact=world.contact(world.cleo),
            actor=world.cleo,
            channel="mail",
            happened_at=now,
            at=now,
            files=files,
        )
        return Message.objects.latest("id")

    return say


def page_of(client) -> str:
    return client.get(f"/console/cases/{Case.objects.get().number}").content.decode()


def shot(content: bytes = b"", name: str = "shot.png") -> File:
    return File(name, "image/png", content or png(), "shot@1", is_inline=True)


# --- the message ------------------------------------------------------------------------------


def test_html_that_says_no_more_than_the_text_is_a_fold_away(asta, say):
    say("<p>It <b>stopped</b>.</p>", text="It stopped.")
    page = page_of(asta)
    assert "Show as it was sent" in page
    assert '<div class="entry-text">It stopped.</div>' in page


def test_html_that_says_more_stands_in_the_texts_place(asta, say):
    message = say("<ul><li>one</li><li>two</li></ul>", text="one two")
    page = page_of(asta)
    assert "Show as it was sent" not in page
    assert "Show its plain text" in page
    assert f'src="/console/messages/{message.pk}/html"' in page


def test_i08_the_page_gives_the_frame_no_more_power_than_the_frame_takes(asta, say):
    message = say(WITH_A_PICTURE, shot())
    policy = asta.get(f"/console/messages/{message.pk}/html")["Content-Security-Policy"]
    powers = policy.partition(";")[0].removeprefix("sandbox ")
    assert f'sandbox="{powers}"' in page_of(asta)


def test_pictures_from_outside_are_loaded_for_who_asks_and_for_this_once(asta, say):
    message = say('<p>Hi</p><img src="https://t.example/pixel.gif">')
    address = f"/console/messages/{message.pk}/html"

    asked = asta.get(f"{address}?pictures=outside")
    plain = asta.get(address)

    assert "https://t.example/pixel.gif" in asked.content.decode()
    assert "img-src http://testserver/" in asked["Content-Security-Policy"]
    assert " https:;" in asked["Content-Security-Policy"]
    assert asked["Referrer-Policy"] == "no-referrer"
    assert "t.example" not in plain.content.decode()
    assert " https:" not in plain["Content-Security-Policy"]
    assert f"{address}?pictures=outside" in plain.content.decode()


def test_a_message_without_pictures_from_outside_offers_none(asta, say):
    message = say(WITH_A_PICTURE, shot())
    frame = asta.get(f"/console/messages/{message.pk}/html").content.decode()
    assert "outside" not in frame


# --- pictures in it ---------------------------------------------------------------------------


def test_a_picture_is_shown_in_its_place_with_the_type_of_its_bytes(asta, say):
    message = say(WITH_A_PICTURE, shot(jpeg()))
    picture = f"/console/messages/{message.pk}/pictures/{Attachment.objects.get().pk}"

    assert picture in asta.get(f"/console/messages/{message.pk}/html").content.decode()
    response = asta.get(picture)

    assert response.content == jpeg()
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "The one picture in it, as a file" in page_of(asta)


@pytest.mark.parametrize(
    "content",
    [b"<svg onload=alert(1)>", b"<html><script>alert(1)</script>", b"BM", bomb(60_000, 60_000)],
)
def test_i09_i47_what_is_no_picture_is_offered_as_a_file_and_not_shown(asta, say, content):
    message = say(WITH_A_PICTURE, shot(content))
    picture = f"/console/messages/{message.pk}/pictures/{Attachment.objects.get().pk}"
    assert asta.get(picture).status_code == 404
    assert "shot.png" in page_of(asta)


def test_i12_a_picture_of_another_message_is_not_one_of_this(asta, say):
    first = say(WITH_A_PICTURE, shot())
    other = say(WITH_A_PICTURE)
    file = Attachment.objects.get()
    assert asta.get(f"/console/messages/{first.pk}/pictures/{file.pk}").status_code == 200
    assert asta.get(f"/console/messages/{other.pk}/pictures/{file.pk}").status_code == 404


# --- files ------------------------------------------------------------------------------------


def test_i15_a_file_says_what_it_is_and_not_what_it_calls_itself(asta, say):
    say(
        "",
        File("invoice.pdf", "application/pdf", b"MZ\x90"),
        File("page.html", "text/plain", b"<p>"),
    )
    page = page_of(asta)
    assert "is not what its name says" in page
    assert "may run when opened" in page


def test_the_beginning_of_a_text_can_be_read_without_a_download(asta, say):
    lines = b"\n".join(b"line %d <script>" % n for n in range(50))
    say("", File("server.log", "text/html", lines))
    look = asta.get(f"/console/files/{Attachment.objects.get().pk}/look").content.decode()
    assert "line 19 &lt;script&gt;" in look
    assert "line 20 " not in look
    assert "It goes on." in look


def test_an_archive_tells_what_lies_in_it(asta, say):
    say("", File("traces.zip", "", packed({"../<b>.log": b"x" * 2000, "b.log": b""})))
    look = asta.get(f"/console/files/{Attachment.objects.get().pk}/look").content.decode()
    assert "../&lt;b&gt;.log" in look
    assert "2 files, 2 kB unpacked" in look


def test_into_anything_else_one_cannot_look(asta, say):
    say("", File("x.pdf", "application/pdf", b"%PDF-1.7 \0"))
    file = Attachment.objects.get()
    assert asta.get(f"/console/files/{file.pk}/look").status_code == 404
    assert asta.get(f"/console/files/{file.pk}/small").status_code == 404


def test_i47_a_small_picture_is_ours_and_a_bomb_has_none(asta, say):
    say("", File("photo.png", "text/html", png(900, 600)), File("bomb.png", "", bomb(9000, 9000)))
    photo, bomb_ = Attachment.objects.order_by("id")
    small = asta.get(f"/console/files/{photo.pk}/small")
    assert small["Content-Type"] == "image/webp"
    assert small["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert asta.get(f"/console/files/{bomb_.pk}/small").status_code == 404


# --- what a virus scanner found ---------------------------------------------------------------


@pytest.fixture
def found(say) -> Attachment:
    say(WITH_A_PICTURE, shot())
    Attachment.objects.update(scan="found", scan_said="Test.EICAR")
    return Attachment.objects.get()


def test_a_file_in_which_something_was_found_is_shown_and_handed_to_nobody(
    world, enter, asta, found
):
    assert "virus found: Test.EICAR" in page_of(asta)
    for path in ("", "/look"):
        response = asta.get(f"/console/files/{found.pk}{path}")
        assert response.status_code == 403
        assert "Test.EICAR" in response.content.decode()
    for path in (
        f"/console/files/{found.pk}/small",
        f"/console/messages/{found.message_id}/pictures/{found.pk}",
    ):
        assert asta.get(path).status_code == 404

    cleo = enter(world.cleo)
    number = Case.objects.get().number
    assert "virus found: Test.EICAR" in cleo.get(f"/cases/{number}").content.decode()
    response = cleo.get(f"/cases/{number}/files/{found.pk}")
    assert response.status_code == 403
    assert png() not in response.content
    assert cleo.get(f"/messages/{found.message_id}/pictures/{found.pk}").status_code == 404


def test_only_an_administrator_may_insist_on_it_and_that_is_recorded(world, enter, asta, found):
    address, button = f"/console/files/{found.pk}", "Download the infected file"
    assert button not in asta.get(address).content.decode()
    assert asta.post(address).status_code == 404
    assert not AuditEntry.objects.filter(what="found_file").exists()

    ada = enter(world.ada)
    assert button in ada.get(address).content.decode()
    response = ada.post(address)

    assert response.content == png()
    assert response["Content-Disposition"] == 'attachment; filename="shot.png"'
    entry = AuditEntry.objects.get(what="found_file")
    assert (entry.agent_id, entry.about) == (world.ada.id, "shot.png")
    assert entry.facts == {"found": "Test.EICAR"}


def test_f20_until_the_scanner_has_come_by_a_file_is_handed_out_and_says_so(world, asta, say):
    say("", File("a.txt", "text/plain", b"a"))
    assert "not scanned" not in page_of(asta)
    type(world.desk).objects.update(clamd_address="127.0.0.1:1")
    assert "not scanned for viruses yet" in page_of(asta)
    assert asta.get(f"/console/files/{Attachment.objects.get().pk}").status_code == 200


# --- very much of it --------------------------------------------------------------------------


def test_i45_a_message_of_two_hundred_pictures_and_thousands_of_links_is_drawn_at_once(asta, say):
    files = [File(f"{n}.png", "image/png", png(), f"p{n}@x", is_inline=True) for n in range(200)]
    html = "".join(f'<p><img src="cid:p{n}@x"></p>' for n in range(200))
    html += "".join(f'<a href="https://x.example/{n}">link {n}</a> ' for n in range(5000))
    message = say(html, *files)

    frame = asta.get(f"/console/messages/{message.pk}/html").content.decode()

    assert frame.count(f"/console/messages/{message.pk}/pictures/") == 200
    assert frame.count("<a href=") == 5000
    assert "The 200 pictures in it, as files" in page_of(asta)
