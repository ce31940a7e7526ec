"""A real SMTP server on loopback that keeps what it takes, and misbehaves on request."""

import email
import email.policy
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).with_name("sink.pem")


@dataclass
class Taken:
    """One message that the sink has taken."""

    mail_from: str
    rcpt_to: list[str]
    content: bytes

    @property
    def message(self):
        return email.message_from_bytes(self.content, policy=email.policy.default)

    @property
    def mail_id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass
class Sink:
    """answers: what to say at a step ("MAIL", "RCPT", "DATA"), in turn; "" is the usual answer.

    "cut" cuts the line instead of answering; at "BODY" in the middle of the message. "lost" (only
    for DATA) takes the mail and cuts the line before the answer.
    """

    port: int = 0
    security: str = "none"  # as on the desk
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)

    def start(self) -> None:
        if not self.port:
            self.port = free_port()
        context = _certificate() if self.security == "tls" else None
        self._controller = _Controller(
            self, hostname="127.0.0.1", port=self.port, ssl_context=context
        )
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def log_in(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        mechanism: str,
        data: LoginPassword,
    ) -> AuthResult:
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)

    def next_answer(self, step: str) -> str:
        waiting = self.answers.get(step)
        return waiting.pop(0) if waiting else ""

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.next_answer("MAIL")
        if not answer:
            envelope.mail_from = address
        return self._say(server, answer)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.next_answer("RCPT")
        if not answer:
            envelope.rcpt_tos.append(address)
        return self._say(server, answer)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.next_answer("DATA")
        if answer in ("", "lost"):
            assert isinstance(envelope.original_content, bytes)
            self.taken.append(
                Taken(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.original_content)
            )
        return self._say(server, answer)

    def _say(self, server: SMTP, answer: str) -> str:
        if answer in ("cut", "lost"):
            server.transport.abort()
        return answer or "250 fine"


def _certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


class _Server(SMTP):
    async def smtp_DATA(self, arg: str) -> None:
        if self.event_handler.next_answer("BODY"):
            await self.push("354 go on")
            await self._reader.read(100)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        context = _certificate() if self.handler.security == "starttls" else None
        return _Server(
            self.handler, ident="sink", tls_context=context, authenticator=self.handler.log_in
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
