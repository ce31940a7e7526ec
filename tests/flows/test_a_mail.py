"""One mail through the public doors: a real SMTP client in, a real SMTP server out."""

import smtplib
from email.message import EmailMessage

import pytest

from tests.flows.people import Someone
from tests.outlets.sink import Sink
from tests.processes import Tree, eventually, served

pytestmark = pytest.mark.browser


@pytest.fixture
def sink():
    sink = Sink()
    sink.start()
    yield sink
    sink.stop()


def _send(desk: Tree, mail: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", desk.mail_port) as client:
        client.send_message(mail)


def _request() -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Cleo Dahl <cleo@northwind.example>"
    mail["To"] = "support@desk.example"
    mail["Subject"] = "Betalningarna står stilla"
    mail["Message-ID"] = "<story-1@northwind.example>"
    mail.set_content(
        "Hej!\n\nSedan kl. 8 går inga betalningar igenom. Hela produktionen står.\n\n"
        "Prioritet: Critical\nTelefon: 070-123 45 67\n\nHälsningar\nCleo\n"
    )
    mail.add_attachment(b"fel 502\n", maintype="text", subtype="plain", filename="fel på sidan.log")
    return mail


def test_a_swedish_request_becomes_a_case_and_its_answer_finds_back(
    desk_environment, tmp_path, browser, sink
):
    with served(desk_environment, tmp_path / "output", "--demo") as desk:
        asta = Someone(browser(viewport={"width": 1440, "height": 900}), desk)
        asta.signs_in("asta@desk.example")
        asta.goes_to("/console/settings")
        asta.page.fill("input[name=smtp_host]", "127.0.0.1")
        asta.page.fill("input[name=smtp_port]", str(sink.port))
        asta.page.select_option("select[name=smtp_security]", "none")
        asta.presses("Save")
        asta.sees("Saved.")
        asta.goes_to("/console/queue")

        # Within five seconds the console shows the case, without a reload.
        _send(desk, _request())
        asta.sees("Betalningarna står stilla", within=5)
        asta.page.get_by_text("Betalningarna står stilla").first.click()
        asta.page.wait_for_url("**/console/cases/*")
        number = asta.page.url.rsplit("/", 1)[1]
        asta.sees("Cleo Dahl, super-user")
        asta.sees("Critical")
        asta.sees("60 min")
        asta.sees("fel på sidan.log")

        # The acknowledgement is in the sink, and belongs to the customer's own thread. The
        # demonstration desk's older mails leave first: they have waited for a server.
        acknowledgement = eventually(lambda: _about(sink, number), within=60)[0]
        assert acknowledgement["To"].addresses[0].addr_spec == "cleo@northwind.example"
        assert acknowledgement["Subject"] == f"[{number}] Betalningarna står stilla"
        assert acknowledgement["In-Reply-To"] == "<story-1@northwind.example>"
        assert "priority Critical" in acknowledgement.get_body(("plain",)).get_content()

        # A reply to it lands in the same case, although its subject names none.
        reply = EmailMessage()
        reply["From"] = "Cleo Dahl <cleo@northwind.example>"
        reply["To"] = acknowledgement["Reply-To"]
        reply["Subject"] = "Sv: betalningar"
        reply["In-Reply-To"] = acknowledgement["Message-ID"]
        reply.set_content("Nu fungerar det i en butik igen.\n")
        _send(desk, reply)
        asta.sees("Nu fungerar det i en butik igen.", within=5)
        assert asta.page.url.endswith(number)
        asta.leaves()


def _about(sink: Sink, number: str) -> list[EmailMessage]:
    messages = [taken.message for taken in list(sink.taken)]
    return [message for message in messages if f"[{number}]" in str(message["Subject"])]
