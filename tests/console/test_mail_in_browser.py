"""An administrator adds a mailbox of a real Dovecot; an engineer asks why a mail is held."""

import pytest

from dueline.actions import inbox
from dueline.intake import read_inbox
from dueline.models import Case, InboxItem, Mailbox, MailWebhook
from tests.axe import violations
from tests.mail_servers import PASSWORD, dovecot
from tests.world import build_world

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
]
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 780}


@pytest.fixture
def world(transactional_db):
    yield build_world()
    read_inbox.stop()


@pytest.fixture
def window(browser, live_server, enter):
    """Open somebody's window: `window(person, path, **options) -> page`."""

    def open_window(person, path, **options):
        page = browser(**{"viewport": WIDE, **options})
        cookie = enter(person).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page.goto(f"{live_server.url}/console/{path}")
        return page

    return open_window


@pytest.mark.parametrize(
    "script",
    [True, pytest.param(False, marks=pytest.mark.long)],
    ids=["with script", "without script"],
)
def test_a_mailbox_is_tried_mended_and_stored(world, window, script):
    with dovecot("billing") as server:
        server.deliver(b"Subject: One\r\n\r\nx\r\n", "billing@help.example.com")
        page = window(world.ada, "settings/mail", java_script_enabled=script)
        page.get_by_role("link", name="Add a mailbox").click()
        page.fill("#address", "billing@help.example.com")
        page.fill("#imap_host", "127.0.0.1")
        page.fill("#imap_port", str(server.imap))
        page.select_option("#imap_security", "none")
        page.fill("#imap_username", "billing")
        page.fill("#imap_password", "a wrong password")

        page.get_by_role("button", name="Test it").click()

        page.get_by_text("It does not work yet.").wait_for()
        reason = page.locator("#trial").inner_text()
        assert "did not" in reason or "refused" in reason
        assert not Mailbox.objects.exists()
        page.fill("#imap_password", PASSWORD)
        page.get_by_role("button", name="Test it").click()

        page.get_by_text("All is well.").wait_for()
        found = page.locator("#trial").inner_text()
        assert "The folder “INBOX” is there and holds 1 mail; unread: 1." in found
        assert "at once (IDLE)" in found
        if not script:
            # A page without script is a new one, and no secret is in it.
            assert page.input_value("#imap_password") == ""
            page.fill("#imap_password", PASSWORD)
        page.get_by_role("button", name="Save").click()

        page.get_by_text("Saved.").wait_for()
        page.get_by_role("link", name="billing@help.example.com").first.wait_for()
        box = Mailbox.objects.get()
        assert (box.imap_username, box.imap_password) == ("billing", PASSWORD)
        assert server.count("billing", "UNSEEN") == 1


def held(now, subject="Odd") -> InboxItem:
    raw = f"From: Noa <noa@elsewhere.example>\r\nSubject: {subject}\r\n\r\nHelp me.\r\n".encode()
    item = inbox.keep_raw(
        raw,
        door="smtp",
        mail_from="noa@elsewhere.example",
        rcpt_to=["support@desk.example"],
        at=now,
    )
    InboxItem.objects.filter(pk=item).update(
        state="held",
        sender="noa@elsewhere.example",
        subject=subject,
        reason="It answers a mail of ours, but its sender is not known.",
    )
    return InboxItem.objects.get(pk=item)


@pytest.mark.parametrize(
    "script",
    [True, pytest.param(False, marks=pytest.mark.long)],
    ids=["with script", "without script"],
)
def test_an_engineer_reads_why_a_mail_is_held_and_opens_it_as_a_case(world, window, now, script):
    item = held(now)
    page = window(world.asta, "inbox", java_script_enabled=script)
    page.get_by_role("link", name="Odd").focus()
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="Odd", exact=True).wait_for()
    page.get_by_text("It answers a mail of ours, but its sender is not known.").wait_for()
    page.get_by_text("no mail of ours: it carries no token").wait_for()
    page.get_by_text("Its headers, as they came").click()
    page.get_by_text("From: Noa <noa@elsewhere.example>").wait_for()
    page.get_by_role("button", name="Open as a case").click()

    page.wait_for_url("**/console/cases/*")
    item.refresh_from_db()
    assert item.case == Case.objects.get()
    page.goto(page.url.split("/console/")[0] + f"/console/inbox/{item.pk}")
    page.get_by_text("Opened as a case by Asta Lind.").wait_for()


@pytest.mark.parametrize(
    "look",
    [
        pytest.param({"viewport": WIDE}, marks=pytest.mark.long),
        pytest.param({"viewport": WIDE, "color_scheme": "dark"}, marks=pytest.mark.long),
        pytest.param({"viewport": NARROW}, marks=pytest.mark.long),
        {"viewport": NARROW, "color_scheme": "dark"},
    ],
    ids=["wide", "wide and dark", "narrow", "narrow and dark"],
)
def test_the_pages_of_mail_are_for_everybody(world, window, now, look):
    for number in range(4):
        held(now, subject=f"Alarm {number} " + "in every shop of the country " * 10)
    box = Mailbox.objects.create(
        address=f"{'long' * 12}@help.example.com",
        imap_host="imap.example.com",
        sign_in="google",
        oauth_client_id="client",
        created_at=now,
        failing_since=now,
        last_error="The server refused the name: " + "no " * 60,
    )
    MailWebhook.objects.create(provider="mailgun", secret="s" * 43, created_at=now)
    page = window(world.ada, "inbox", **look)
    top = page.url.removesuffix("inbox")
    for path in (
        "inbox",
        f"inbox/{InboxItem.objects.latest('id').pk}",
        "settings/mail",
        f"settings/mail/mailboxes/{box.pk}",
        f"settings/mail/mailboxes/{box.pk}/connection",
        "settings/mail/mailboxes/new",
        "settings/mail/webhooks",
        "settings/mail/senders",
        "settings/mail/outgoing",
    ):
        page.goto(f"{top}{path}")
        found = violations(page)
        serious = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
        assert serious == [], path
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= look["viewport"]["width"], path
