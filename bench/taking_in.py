"""What taking in a mail costs: `python -m bench.inside taking_in 400 PID-OF-THE-DATABASE-SERVER`.

One worker, one reader, no pauses: processor time of all of them, and beside it, in the same run,
what the same mails cost that are only parsed by the library and stored as bare rows.
"""

import email
import email.policy
import os
import resource
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from django.db import connection, transaction

from bench.processes import calibration, cpu_seconds
from dueline.actions import inbox
from dueline.core.instants import now
from dueline.intake import read_inbox
from dueline.intake.registry import READERS
from dueline.models import Case, InboxItem, Message, OutboxItem

_WARM_UP = 40
_PARAGRAPH = (
    "The import stops every night after three thousand rows, and nothing is written to its log. "
    "We have started it again twice; it stops at the same row. It worked until the last update.\r\n"
)


def main(count: int, server: int = 0) -> None:
    measure = _Measure(server)
    _drain()
    _keep_all(_requests(_WARM_UP, run="warm"))
    _drain()
    requests = _requests(count, run="new")
    bare = measure("parsed and stored as bare rows", count, lambda: _store_bare(requests))
    kept = measure("kept raw", count, lambda: _keep_all(requests))
    opened = measure("made into cases", count, _drain, expects=Case)
    replies = _answers_to_last(count)
    kept_again = measure("kept raw, replies", count, lambda: _keep_all(replies))
    added = measure("added to their cases", count, _drain, expects=Message)
    reading = measure("of it, read by the bounded child", count, lambda: _read_all(requests))
    commits = measure("of it, an empty transaction each", count, lambda: _commit_all(count))
    for name, whole in (("a new case", kept + opened), ("a reply", kept_again + added)):
        print(
            f"  {name}: {whole:.2f} ms CPU, {1000 / whole:.0f} a second on one core, "
            f"{whole / bare:.1f} times the bare rows; reading {reading / whole:.0%}, "
            f"keeping {kept / whole:.0%}, commits {2 * commits / whole:.0%}"
        )
    print(f"  (a fixed sum in Python takes {calibration():.0f} ms of CPU here and now)")


class _Measure:
    def __init__(self, server: int) -> None:
        self._roots = [os.getpid(), *([server] if server else [])]

    def __call__(
        self,
        name: str,
        count: int,
        work: Callable[[], None],
        expects: type[Case] | type[Message] | None = None,
    ) -> float:
        """Return the milliseconds of processor time for each of `count`."""
        rows = expects.objects.count() if expects else 0
        before = self._spent()
        began = time.perf_counter()
        work()
        waited = (time.perf_counter() - began) * 1000 / count
        spent = [
            (after - earlier) * 1000 / count
            for after, earlier in zip(self._spent(), before, strict=True)
        ]
        if expects and expects.objects.count() - rows != count:
            raise SystemExit(f"{name}: {expects.objects.count() - rows} rows came of {count} mails")
        parts = " + ".join(f"{part:.2f}" for part in spent)
        print(f"  {name:34} {sum(spent):6.2f} ms CPU ({parts})  {waited:6.2f} ms", flush=True)
        return sum(spent)

    def _spent(self) -> list[float]:
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)  # a reader that was replaced
        ours, *others = (cpu_seconds(root) for root in self._roots)
        return [ours + ended.ru_utime + ended.ru_stime, *others]


def _requests(count: int, *, run: str) -> list[bytes]:
    return [
        _mail(
            f"contact0@company{n % 200:03}.example",
            "support@desk.example",
            subject=f"The import stops, number {n}",
            unique=f"{run}.{n}.{time.time_ns()}",
        )
        for n in range(count)
    ]


def _answers_to_last(count: int) -> list[bytes]:
    """Return an answer to each of the latest acknowledgements."""
    latest = OutboxItem.objects.filter(purpose="acknowledgement").order_by("-id")[:count]
    answered = list(latest)
    if len(answered) < count:
        print(f"  (only {len(answered)} acknowledgements to answer; some are answered twice)")
        answered = (answered * (count // max(len(answered), 1) + 1))[:count]
    return [
        _mail(
            item.to_address,
            item.reply_to,
            subject=f"Re: {item.subject}",
            unique=f"answer.{n}.{time.time_ns()}",
            extra=f"In-Reply-To: {item.mail_id}\r\nReferences: {item.mail_id}\r\n",
        )
        for n, item in enumerate(answered)
    ]


def _mail(sender: str, to: str, *, subject: str, unique: str, extra: str = "") -> bytes:
    text = _PARAGRAPH * 4
    return (
        f"From: A Person <{sender}>\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Date: Wed, 25 Nov 2026 10:00:00 +0100\r\nMessage-ID: <bench.{unique}@company.example>\r\n"
        f"{extra}MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b1\r\n\r\n"
        f"--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        f"--b1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>{text}</p>\r\n--b1--\r\n"
    ).encode()


def _keep_all(mails: Sequence[bytes]) -> None:
    for raw in mails:
        inbox.keep_raw(raw, door="smtp", mail_from="a@x.example", rcpt_to=[_to(raw)], at=now())


def _to(raw: bytes) -> str:
    return raw.split(b"\r\nTo: ", 1)[1].split(b"\r\n", 1)[0].decode()


def _drain() -> None:
    while read_inbox.read_next(at=now()):
        pass
    left = InboxItem.objects.filter(state=InboxItem.State.RECEIVED).count()
    if left:
        raise SystemExit(f"{left} mails could not be read")


def _read_all(mails: Sequence[bytes]) -> None:
    for raw in mails:
        READERS["smtp"](raw, "a@x.example", "SE")


def _commit_all(count: int) -> None:
    for _ in range(count):
        with transaction.atomic():
            InboxItem.objects.filter(pk=0).update(tries=0)


def _store_bare(mails: Sequence[bytes]) -> None:
    """Parse with the standard library; one transaction of five plain inserts a mail."""
    _make_bare_tables()
    at = datetime.now(UTC).isoformat()
    for raw in mails:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bare_raw (bytes, at) VALUES (%s, %s)", [raw, at])
            row = [str(message["from"]), str(message["subject"]), text, at]
            for table in ("bare_item", "bare_case", "bare_message", "bare_event"):
                cursor.execute(f"INSERT INTO {table} (a, b, c, d) VALUES (%s, %s, %s, %s)", row)


def _make_bare_tables() -> None:
    postgresql = connection.vendor == "postgresql"
    key = "bigserial PRIMARY KEY" if postgresql else "integer PRIMARY KEY AUTOINCREMENT"
    binary = "bytea" if postgresql else "blob"
    with connection.cursor() as cursor:
        for table in ("bare_item", "bare_case", "bare_message", "bare_event"):
            cursor.execute(f"CREATE TABLE {table} (id {key}, a text, b text, c text, d text)")
        cursor.execute(f"CREATE TABLE bare_raw (id {key}, bytes {binary}, at text)")
