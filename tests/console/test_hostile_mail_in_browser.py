"""Hostile mail in a real browser: it comes in by the door, and is opened wherever it is shown."""

from datetime import timedelta
from email.header import Header
from email.message import Message as Mail
from itertools import count

import pytest
from django.conf import settings

from dueline.actions import inbox
from dueline.core import shown_html
from dueline.core.matching import reply_address
from dueline.intake import read_inbox
from dueline.models import Case, InboxItem, Message
from tests.hostile_html import BY_TRICK, HOME, LINES, VECTORS
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
APART = timedelta(minutes=20)  # so that no guard against floods steps in


@pytest.fixture
def world(transactional_db):
    yield build_world()
    read_inbox.stop()


@pytest.fixture
def window(browser, live_server, enter, complaints):
    """Open somebody's window: `window(person) -> page`. A dialog is a complaint."""

    def open_window(person):
        page = browser(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(60_000)  # pages with dozens of frames, on a busy machine
        page.on("dialog", lambda dialog: _complain(complaints, dialog))
        cookie = enter(person).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return page

    return open_window


def _complain(complaints, dialog) -> None:
    complaints.seen.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def arrives(raw: bytes, *, to: str, at) -> int:
    item_id = inbox.keep_raw(
        raw, door="smtp", mail_from="cleo@northwind.example", rcpt_to=[to], at=at
    )
    while read_inbox.read_next(at=at):
        pass
    return item_id


def mail(
    *, html: str, text: str, n: object, to: str, subject: str = "Re: it", sender: str = "Cleo"
) -> bytes:
    """Write a mail by hand: a library would not write what these hold."""
    head = (
        f"From: {_said(sender)} <cleo@northwind.example>\r\nTo: {to}\r\n"
        f"Subject: {_said(subject)}\r\nMessage-ID: <hostile-{n}@northwind.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="=b="\r\n\r\n'
    )
    parts = [("plain", text), ("html", f"<p>{n}</p>{html}")]
    body = "".join(f"--=b=\r\n{_part(kind, content)}\r\n" for kind, content in parts)
    return (head + body + "--=b=--\r\n").encode("utf-8", "surrogatepass")


def _part(kind: str, content: str) -> str:
    part = Mail()
    part["Content-Type"] = f"text/{kind}"
    part.set_payload(content, "utf-8")
    return part.as_string().replace("\n", "\r\n")


def _said(text: str) -> str:
    return Header(text, "utf-8", maxlinelen=10_000).encode()


def open_everything(page) -> int:
    """Open every fold, load every frame, and wait until they stand. Returns how many frames."""
    page.evaluate(
        """async () => {
          for (const fold of document.querySelectorAll("details")) fold.open = true;
          const frames = [...document.querySelectorAll("iframe")];
          await Promise.all(frames.map((frame) => new Promise((done) => {
            frame.addEventListener("load", done, { once: true });
            frame.loading = "eager";
            frame.src = frame.src;
          })));
        }"""
    )
    return page.locator("iframe").count()


def hover_and_focus(page) -> None:
    """Do in each frame what a reader might: pass over it, and walk through it by keyboard."""
    for frame in page.frames[1:]:
        frame.evaluate(
            """() => {
              for (const element of document.querySelectorAll("body *")) {
                element.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
                element.focus?.();
                if (element.matches("a[href^='javascript'], button")) element.click();
              }
            }"""
        )


@pytest.fixture
def conversations(world, now) -> list[Case]:
    """For each trick a case of Cleo's, which the mails that try it answer."""
    began_at = now - APART * (len(VECTORS) + len(BY_TRICK) + 1)
    moments = (began_at + APART * n for n in count())
    cases = []
    for trick, vectors in BY_TRICK.items():
        case = world.case(subject=trick, at=next(moments))
        to = reply_address(
            settings.SECRET_KEY,
            mail_address=world.desk.mail_address,
            case_id=case.pk,
            contact_id=world.cleo.id,
        )
        for n, vector in enumerate(vectors):
            raw = mail(html=vector, text=vector, n=f"{case.pk}-{n}", to=to)
            arrives(raw, to=to, at=next(moments))
        assert case.messages.count() == len(vectors) + 1
        cases.append(case)
    return cases


def test_i01_i05_i06_i08_no_hostile_mail_runs_a_script_or_calls_home(
    window, world, live_server, conversations
):
    assert len(VECTORS) >= 200
    shown = Message.objects.exclude(html="").count()
    assert shown >= len(VECTORS) * 0.9  # the rest is text alone

    page = window(world.asta)
    frames = 0
    for case in conversations:
        page.goto(f"{live_server.url}/console/cases/{case.number}?all")
        frames += open_everything(page)
        hover_and_focus(page)
    assert frames == shown

    portal = window(world.cleo)
    frames = 0
    for case in conversations:
        portal.goto(f"{live_server.url}/cases/{case.number}")
        frames += open_everything(portal)
    assert frames == shown
    # That nothing was complained of is asserted by the fixture: no dialog, no script error, no
    # report of the content security policy, no request to another host.


def test_i08_the_walls_behind_the_sanitiser_stop_what_it_would_let_through(
    window, world, live_server, complaints, monkeypatch, now
):
    """As if the sanitiser had a hole for every single one of them."""
    case = world.case(at=now)
    rows = [
        Message(case=case, channel="mail", html=stored, happened_at=now, recorded_at=now)
        for stored in (html.replace("\0", "") for html in VECTORS)  # no database keeps one
    ]
    ids = [message.pk for message in Message.objects.bulk_create(rows)]
    monkeypatch.setattr(shown_html, "clean", lambda html, picture: html)
    page = window(world.asta)
    requests = []
    page.context.on("request", lambda request: requests.append(request))
    page.goto(f"{live_server.url}/console/cases/{case.number}")
    page.evaluate(
        """async ([ids, powers]) => {
          await Promise.all(ids.map((id) => new Promise((done) => {
            const frame = document.createElement("iframe");
            frame.sandbox = powers;
            frame.addEventListener("load", done, { once: true });
            frame.src = `/console/messages/${id}/html`;
            document.body.append(frame);
          })));
        }""",
        [ids, shown_html.POWERS],
    )
    assert [said for said in complaints.seen if said.startswith("dialog")] == []
    home = [request for request in requests if HOME in request.url]
    # Thought of by the browser, and forbidden before anything went out.
    assert {request.failure for request in home} == {"csp", "origin"}
    complaints.seen.clear()  # the walls complain of all that ran against them


def test_i05_i07_no_hostile_line_of_a_header_does_anything_where_it_is_shown(
    window, world, live_server, now
):
    for n, line in enumerate(LINES):
        raw = mail(html="<p>x</p>", text="x", n=n, to="support@desk.example", subject=line)
        name = line.replace('"', "'")
        raw = raw.replace(b"From: Cleo", f'From: "{name}"'.encode())
        file = (
            f'--=b=\r\nContent-Type: {line}; name="{name}"; charset="{name}"\r\n'
            f'Content-Disposition: attachment; filename="{name}.png"\r\n\r\nMZ\r\n--=b=--\r\n'
        )
        raw = raw.replace(b"--=b=--\r\n", file.encode())
        arrives(raw, to="support@desk.example", at=now - APART * (n + 1))
        # Nobody can read this one: it is held, and its subject is shown.
        bad = f"Subject: {line}\r\nFrom: nobody\r\n\r\n{line}\r\n".encode()
        arrives(bad, to="support@desk.example", at=now - APART * (n + 1))
    cases = list(Case.objects.all())
    assert len(cases) == len(LINES)
    assert InboxItem.objects.filter(state="held").count() == len(LINES)

    page = window(world.asta)
    paths = [f"/console/cases/{case.number}" for case in cases]
    for path in [
        *paths,
        *("/console/queue", "/console/cases", "/console/inbox", "/console/inbox?show=all"),
        *("/console/outbox", "/console/search?q=alert", "/console/search?q=%3Cscript%3E"),
    ]:
        page.goto(live_server.url + path)
        open_everything(page)
    portal = window(world.cleo)
    for path in ["/cases", *(f"/cases/{case.number}" for case in cases)]:
        portal.goto(live_server.url + path)
        open_everything(portal)
