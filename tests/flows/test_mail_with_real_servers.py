"""Mail between a customer and the desk, carried by Debian's own Postfix and Dovecot."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage

import pytest

from tests.intake.desk import Asked, ask, set_up
from tests.intake.mailboxes import deliver
from tests.mail_servers import PASSWORD, Dovecot, Postfix, dovecot, postfix
from tests.processes import DUELINE, eventually, free_port, served

pytestmark = pytest.mark.processes

CLEO = "cleo@northwind.example"
GONE = "gone@elsewhere.example"  # nobody has this address; only the last server knows


@dataclass
class Post:
    """The mail servers, and the desk that they carry mail for."""

    postfix: Postfix
    dovecot: Dovecot
    environment: Mapping[str, str]
    asked: Asked
    sent: int = 0

    def send(self, subject: str, *, to: str = "support@desk.example", sender: str = CLEO, **more):
        self.sent += 1
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Message-ID"] = f"<{self.sent}@customers.example>"
        for name, value in more.items():
            mail[name.replace("_", "-")] = value
        mail.set_content("Betalningarna står stilla.\n\nPrioritet: Normal\n")
        self.postfix.send(mail)

    def tell(self, code: str) -> object:
        return self.asked.tell(code)

    def case(self, subject: str) -> dict:
        """Wait for the case with a subject; return its facts."""
        return eventually(
            lambda: self.tell(
                f"case = Case.objects.filter(subject={subject!r}).first()\n"
                "tell(case and {'id': case.pk, 'number': case.number, 'product': case.product,"
                " 'door': case.messages.first().inbox_item.door,"
                " 'texts': case.messages.count(),"
                " 'response': case.commitments.get(kind='response').state})"
            ),
            within=30,
        )

    def reply(self, case: dict, text: str) -> None:
        self.tell(
            "from dueline.actions import messages\n"
            "asta = Agent.objects.get(account__email='asta@desk.example').as_person()\n"
            f"messages.reply({case['id']}, text={text!r}, actor=asta, at=now())"
        )

    def mails_to_cleo(self, about: str) -> list[EmailMessage]:
        found = self.dovecot.mails("cleo")
        return [mail for mail in found if about in str(mail["Subject"])]


@pytest.fixture
def post(desk_environment) -> Iterator[Post]:
    lmtp = free_port()
    set_up(desk_environment)
    with dovecot("support", "cleo", "asta", "bo", "tove", "ada") as boxes:
        routes = {
            "desk.example": boxes.lmtp,
            "hjelp@desk.example": lmtp,
            "northwind.example": boxes.lmtp,
            "elsewhere.example": boxes.lmtp,
        }
        with postfix(routes) as server:
            asked = Asked(desk_environment)
            post = Post(server, boxes, {**desk_environment, "LMTP": str(lmtp)}, asked)
            post.tell(
                "Desk.objects.update(smtp_host='127.0.0.1', smtp_security='none',"
                f" smtp_port={server.port})\n"
                + _mailbox(boxes)
                + "Mailbox.objects.create(address='hjelp@desk.example', product='Paywise',"
                " language='nb', created_at=now())\n"
            )
            yield post
            asked.close()


@contextmanager
def a_second_fetcher(environment: Mapping[str, str]) -> Iterator[None]:
    process = subprocess.Popen([*DUELINE, "mail", "fetch"], env=environment)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(15) == 0


def test_a_customer_and_the_desk_write_to_each_other(post, tmp_path):
    with (
        served(post.environment, tmp_path / "output", "--lmtp-port", post.environment["LMTP"]),
        a_second_fetcher(post.environment),
    ):
        # By IMAP: the case, and its acknowledgement in the customer's own mailbox.
        post.send("Står stilla")
        case = post.case("Står stilla")
        assert case["door"] == "imap"
        acknowledgement = eventually(lambda: post.mails_to_cleo(case["number"]), within=30)[0]
        assert acknowledgement["In-Reply-To"] == "<1@customers.example>"
        assert acknowledgement["To"].addresses[0].addr_spec == CLEO

        # An engineer answers, and the customer answers that: the same case.
        post.reply(case, "Vi ser det också.")
        both = eventually(lambda: _at_least(2, post.mails_to_cleo(case["number"])), within=30)
        assert "Vi ser det också." in both[1].get_body(("plain",)).get_content()
        assert post.case("Står stilla")["response"] == "met"
        post.send("Re: helt annat", to=str(both[1]["Reply-To"]))
        eventually(lambda: post.case("Står stilla")["texts"] == 3, within=30)

        # By LMTP, to another address: its product, without a mailbox to look into.
        post.send("Nede", to="hjelp@desk.example")
        other = post.case("Nede")
        assert (other["door"], other["product"]) == ("lmtp", "Paywise")
        eventually(lambda: post.mails_to_cleo(other["number"]), within=30)

        # A reply that cannot be delivered comes back, and has kept no promise.
        post.send("Von nirgendwo", sender=GONE)
        nowhere = post.case("Von nirgendwo")
        eventually(lambda: _came_back(post), within=30)  # the acknowledgement
        post.reply(nowhere, "Bonjour")
        eventually(lambda: _came_back(post) == 2, within=30)
        assert post.tell("tell(Event.objects.filter(kind='bounced').count())") == 1
        assert post.case("Von nirgendwo")["response"] != "met"

        # Dovecot is killed while we wait on it. What comes meanwhile waits with Postfix.
        eventually(post.dovecot.sessions)
        post.dovecot.kill()
        post.send("Medan det var borta")
        eventually(
            lambda: post.tell(
                "tell(bool(Mailbox.objects.get(address__startswith='support').failing_since))"
            ),
            within=30,
        )
        post.dovecot.start()
        assert post.case("Medan det var borta")["door"] == "imap"
        eventually(
            lambda: post.tell(
                "box = Mailbox.objects.get(address__startswith='support')\n"
                "tell(box.failing_since is None and box.last_error == '')"
            ),
            within=30,
        )

        # Nothing came twice: no case, no message, no acknowledgement.
        assert post.tell("tell(sorted(Case.objects.values_list('subject', flat=True)))") == [
            "Medan det var borta",
            "Nede",
            "Står stilla",
            "Von nirgendwo",
        ]
        assert post.tell("tell(Message.objects.filter(inbox_item__isnull=False).count())") == 5
        assert (
            post.tell("tell(list(InboxItem.objects.values_list('state', flat=True)))").count(
                "taken"
            )
            == 5
        )
        assert post.dovecot.count("support", "UNSEEN") == 0
        assert len(post.mails_to_cleo(case["number"])) == 2


def _at_least(number: int, found: list) -> list:
    return found if len(found) >= number else []


def _came_back(post: Post) -> object:
    return post.tell("tell(InboxItem.objects.filter(state='recorded').count())")


def test_f2_a_fetcher_that_is_killed_at_each_step_loses_and_doubles_nothing(desk_environment):
    set_up(desk_environment)
    fetch = [*DUELINE, "mail", "fetch", "--once"]
    with dovecot("support") as boxes:
        ask(desk_environment, _mailbox(boxes))
        for number, point in enumerate(
            ["raw.before-commit", "raw.kept", "imap.kept", "imap.marked"]
        ):
            deliver(boxes, "support", 2 * number, 2 * number + 1)
            killed = subprocess.run(
                fetch, env={**desk_environment, "DUELINE_CRASH_POINT": point}, timeout=60
            )
            assert killed.returncode == -9
        subprocess.run(fetch, env=desk_environment, timeout=60, check=True)
        sent = [str(mail["Subject"]) for mail in boxes.mails("support")]
        assert boxes.count("support", "UNSEEN") == 0
    kept = ask(
        desk_environment,
        "import email\n"
        "raws = RawItem.objects.order_by('item_id').values_list('bytes', flat=True)\n"
        "tell([email.message_from_bytes(bytes(raw))['Subject'] for raw in raws])",
    )
    assert kept == sent == [f"Nummer {number}" for number in range(8)]


def _mailbox(boxes: Dovecot) -> str:
    """Return the lines that make a mailbox which is fetched from there."""
    return (
        "Mailbox.objects.create(address='support@desk.example', imap_host='127.0.0.1',"
        f" imap_port={boxes.imap}, imap_security='none', imap_username='support',"
        f" imap_password={PASSWORD!r}, created_at=now())\n"
    )
