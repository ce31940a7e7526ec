"""The door for mail: SMTP and LMTP. What it answers with 250 is kept, byte for byte.

It takes mail for the desk's own addresses only and passes nothing on. It stands behind a mail
server, or on a machine's own loopback; it offers neither TLS nor passwords.
"""

import asyncio
import logging
import re
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from dueline.actions import alarms, inbox
from dueline.core.instants import now
from dueline.core.matching import own_address_of
from dueline.core.vigil import BEAT, Part
from dueline.intake.mail.limits import LARGEST_MAIL
from dueline.queries.addresses import addresses_open

logger = logging.getLogger(__name__)

_LONGEST_LINE = 1024 * 1024  # the norm's 998 letters are broken by honest programs every day
_MOST_CONNECTIONS = 200
_MOST_RECIPIENTS = 100
_SECONDS_TO_FINISH = 5.0
_ADDRESSES_LAST = 5.0  # seconds until a new or changed address is noticed

_TRY_LATER = "451 4.3.0 The mail could not be kept; please try again later"
_BARE_LF = re.compile(rb"(?<!\r)\n")


class Door:
    """Takes in what a connection brings. One for all connections of a protocol."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.connections = 0
        self.keeping = 0
        # The database is asked in threads; few, because SQLite has one writer at a time.
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix=name)
        self._databases: set[BaseDatabaseWrapper] = set()  # one of each thread
        self._addresses: tuple[str, ...] = ()
        self._addresses_until = 0.0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        try:
            own = await self._own_addresses()
        except Exception:
            logger.exception("The desk's addresses could not be read.")
            return _TRY_LATER
        if not own:
            return "451 4.3.2 The desk is not set up yet; please try again later"
        if not own_address_of(address, own):
            return "550 5.1.1 There is no such address here, and nothing is passed on"
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = bytes(envelope.original_content or b"")
        # A bare LF may be an end of data to another server on the way: then one mail would hold
        # a second one, with a sender that nobody checked (i36).
        if _BARE_LF.search(raw):
            return "550 5.6.11 Lines must end with CR LF"
        self.keeping += 1
        try:
            await self._in_thread(self._keep, raw, envelope, session)
        except Exception:
            logger.exception("A mail could not be kept; its sender was told to try again.")
            return _TRY_LATER
        finally:
            self.keeping -= 1
        return "250 2.0.0 Kept"

    async def handle_exception(self, error: Exception) -> str:
        logger.error("A mail connection failed.", exc_info=error)
        return _TRY_LATER

    async def _own_addresses(self) -> tuple[str, ...]:
        time = asyncio.get_running_loop().time()
        if not self._addresses or time >= self._addresses_until:
            self._addresses = await self._in_thread(addresses_open)
            self._addresses_until = time + _ADDRESSES_LAST
        return self._addresses

    async def _in_thread(self, ask: Any, *arguments: Any) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._with_database, ask, *arguments)

    def _with_database(self, ask: Any, *arguments: Any) -> Any:
        """Ask in a thread that keeps its connection, unless the connection is what failed."""
        database = connections[DEFAULT_DB_ALIAS]
        if database not in self._databases:
            database.inc_thread_sharing()  # so that `close` may close it
            self._databases.add(database)
        try:
            return ask(*arguments)
        except Exception:
            database.close()
            raise

    async def keep_beating(self) -> None:
        """Show that mail can be kept: by the loop, a thread and the database that it needs."""
        while True:
            try:
                await self._in_thread(lambda: alarms.beat(Part.LISTENER, at=now()))
            except Exception:
                logger.debug("no heartbeat: the database is away", exc_info=True)
            await asyncio.sleep(BEAT)

    def close(self) -> None:
        """End the threads and their connections to the database."""
        self._threads.shutdown()
        for database in self._databases:
            database.close()

    def _keep(self, raw: bytes, envelope: Envelope, session: Session) -> int:
        peer = _peer_of(session)
        return inbox.keep_raw(
            raw,
            door=self.name,
            mail_from=(envelope.mail_from or "").strip("<> "),
            rcpt_to=list(envelope.rcpt_tos),
            at=now(),
            peer=peer,
            helo=(session.host_name or "") if peer else "",
        )


def _peer_of(session: Session) -> str:
    """Return the address that brings a mail; "" for this machine's own mail server."""
    try:
        peer = ip_address(str(session.peer[0]).partition("%")[0])  # type: ignore[index]
    except (ValueError, TypeError, IndexError):
        return ""  # no address of the internet: a socket of this machine
    peer = getattr(peer, "ipv4_mapped", None) or peer
    return "" if peer.is_loopback else str(peer)


# --- the protocols ---------------------------------------------------------------------------


class _StrictLines:
    """A stream whose commands end with CR LF; one with a bare LF in it reads as a bad command."""

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self._stream = stream

    async def readuntil(self, separator: bytes | None = None) -> bytes:
        line = await self._stream.readuntil(b"\r\n")
        # aiosmtpd names the separator in the middle of a mail, and none for a command.
        return b"\r\n" if separator is None and b"\n" in line[:-2] else line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Polite(SMTP):
    """What both protocols share: our limits, and an end to too many connections."""

    line_length_limit = _LONGEST_LINE
    _is_refused = False

    def connection_made(self, transport: Any) -> None:
        if self.event_handler.connections >= _MOST_CONNECTIONS:
            self._is_refused = True
            transport.write(b"421 4.3.2 Too many connections; please try again later\r\n")
            transport.close()
            return
        self.event_handler.connections += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._is_refused:
            return
        self.event_handler.connections -= 1
        super().connection_lost(error)

    def _cb_client_connected(self, reader: Any, writer: Any) -> None:
        super()._cb_client_connected(_StrictLines(reader), writer)  # type: ignore[arg-type]


class _Smtp(_Polite):
    pass


class _Lmtp(_Polite, LMTP):
    """LMTP answers a mail once for each recipient (RFC 2033, 4.2)."""

    _answers = 1

    async def push(self, status: Any) -> None:
        text = status.decode() if isinstance(status, bytes) else status
        if text.startswith("354"):
            self._answers = len(self.envelope.rcpt_tos) if self.envelope else 1
        elif self._answers > 1:
            text = "\r\n".join([text] * self._answers)
            self._answers = 1
        await super().push(text)


# --- running ---------------------------------------------------------------------------------


def run(*, host: str, port: int, lmtp_port: int | None = None) -> None:
    """Listen until SIGTERM or Ctrl-C."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd would log every address
    asyncio.run(_until_signalled(host, port, lmtp_port))


async def _until_signalled(host: str, port: int, lmtp_port: int | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(host=host, port=port, lmtp_port=lmtp_port, stop=stop)


async def serve(*, host: str, port: int, lmtp_port: int | None, stop: asyncio.Event) -> None:
    """Listen until `stop` is set; a mail that is being kept then is kept first."""
    doors = [Door("smtp")]
    servers = [await _open(_Smtp, doors[0], host, port)]
    if lmtp_port is not None:
        doors.append(Door("lmtp"))
        servers.append(await _open(_Lmtp, doors[1], host, lmtp_port))
    beating = asyncio.create_task(doors[0].keep_beating())
    await stop.wait()
    beating.cancel()
    for server in servers:
        server.close()
    await _finish(doors)
    for door in doors:
        await asyncio.to_thread(door.close)


async def _open(
    protocol: type[_Polite], door: Door, host: str, port: int
) -> asyncio.AbstractServer:
    loop = asyncio.get_running_loop()
    hostname = socket.gethostname()  # looked up once: a slow name server must not slow each mail

    def connect() -> _Polite:
        return protocol(
            door,
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="Dueline",
            loop=loop,
        )

    return await loop.create_server(connect, host=host, port=port, backlog=256)


async def _finish(doors: list[Door]) -> None:
    """Wait for mails that are being kept: their senders should hear the 250."""
    deadline = asyncio.get_running_loop().time() + _SECONDS_TO_FINISH
    while any(door.keeping for door in doors) and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.05)  # the answer is on its way out
