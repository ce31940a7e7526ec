"""A flow of mail that never stops, and kill -9 at every step meanwhile.

    python -m tests.crash.flow MESSAGES [--seed N] [--lease SECONDS]

(or bin/crash-rounds --flow MESSAGES, which sets up first). On SQLite, or on the database that
DATABASE_URL names.

Customers send by SMTP, LMTP and the pipe; every third message comes more than once: the same bytes
again, by another door, or with other headers of its way. Some are answers to what we sent. Each
must be there exactly once, in its case, and be acknowledged at most once.
"""

import argparse
import hashlib
import os
import queue
import smtplib
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.crash.clients import DESK, Sent, pipe_mail, write_mail
from tests.crash.house import House, wait_for
from tests.crash.rounds import STEPS, clear_rations, furnish
from tests.outlets.sink import Sink
from tests.processes import DUELINE

QUIET = 180.0  # seconds after the last message, until everything is done
_SENDERS = 4
_STEPS = [
    (part, step)
    for part, step in STEPS
    if part in ("listener", "worker") and not step.startswith("held.")
]


@dataclass
class _Message:
    """One message, and every form in which it is sent. recipient: of the envelope."""

    sent: Sent
    recipient: str
    copies: list[tuple[str, bytes]] = field(default_factory=list)  # door, bytes


class Flow:
    def __init__(self, house: House, sink: Sink, count: int, seed: int) -> None:
        self.house = house
        self.sink = sink
        self.count = count
        self.random = Random(seed)
        self.messages: list[_Message] = []
        self.kills: Counter[str] = Counter()
        self._to_send: queue.Queue[tuple[_Message, str, bytes] | None] = queue.Queue(maxsize=40)
        self._flows = True

    def run(self) -> None:
        senders = [threading.Thread(target=self._send_all) for _ in range(_SENDERS)]
        killer = threading.Thread(target=self._kill_all)
        for thread in (*senders, killer):
            thread.start()
        for n in range(self.count):
            if n % 100 == 0:
                clear_rations()  # it is not the rations that are tried here
            message = self._write(n)
            self.messages.append(message)
            for door, raw in message.copies:
                self._to_send.put((message, door, raw))
        for _ in senders:
            self._to_send.put(None)
        for thread in senders:
            thread.join()
        self._flows = False
        killer.join()

    # --- customers ---

    def _write(self, n: int) -> _Message:
        token = f"flow{n}x{self.random.randrange(10**9)}"
        sender = f"kund{n}@firma{n % 97}.example"
        answered = self._answered() if n > 50 and self.random.random() < 0.3 else None
        if answered is None:
            sent, recipient = write_mail(self.random, token, sender), DESK
        else:
            case_id, reply_to, mail_id, sender = answered
            sent = write_mail(self.random, token, sender, reply_to=reply_to, in_reply_to=mail_id)
            sent.answers_case, recipient = case_id, reply_to
        message = _Message(sent, recipient)
        first = self.random.choices(("smtp", "lmtp", "pipe"), (60, 35, 5))[0]
        message.copies.append((first, sent.raw))
        if self.random.random() < 0.33:
            message.copies += self._again(sent.raw)
        return message

    def _again(self, raw: bytes) -> list[tuple[str, bytes]]:
        travelled = (
            b"Received: from mx2.example by mx1.example; Mon, 23 Nov 2026 09:00:01 +0100\r\n"
        )
        copies = [raw, raw, travelled + raw]
        return [
            (self.random.choice(("smtp", "lmtp")), copy)
            for copy in self.random.sample(copies, self.random.choice((1, 2, 3)))
        ]

    def _answered(self) -> tuple[int, str, str, str] | None:
        """Choose an acknowledgement that has come to its customer."""
        from dueline.models import OutboxItem

        came = list(self.sink.taken)
        if not came:
            return None
        taken = self.random.choice(came)
        item = OutboxItem.objects.filter(mail_id=taken.mail_id, purpose="acknowledgement").first()
        if item is None or item.case_id is None:
            return None
        return item.case_id, item.reply_to, item.mail_id, item.to_address

    def _send_all(self) -> None:
        while (job := self._to_send.get()) is not None:
            message, door, raw = job
            if door == "pipe":
                self._by_pipe(message, Sent(message.sent.token, message.sent.sender, raw))
            else:
                self._by_network(message, door, raw)

    def _by_pipe(self, message: _Message, copy: Sent) -> None:
        if message.recipient != DESK:  # the pipe's client writes to the desk's own address
            self._by_network(message, "smtp", copy.raw)
            return
        pipe_mail(copy, self.house.environment)
        assert copy.accepted, f"never accepted: {copy}"

    def _by_network(self, message: _Message, door: str, raw: bytes) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            client = smtplib.SMTP if door == "smtp" else smtplib.LMTP
            port = self.house.mail_port if door == "smtp" else self.house.lmtp_port
            try:
                with client("127.0.0.1", port, timeout=20) as connection:
                    connection.sendmail(message.sent.sender, [message.recipient], raw)
                    return
            except smtplib.SMTPServerDisconnected:
                # After the 250, at the goodbye, this would change nothing; before it, once more.
                time.sleep(0.1)
            except (OSError, smtplib.SMTPException):
                time.sleep(0.1)
        raise AssertionError(f"never accepted: {message.sent.token}")

    # --- kills ---

    def _kill_all(self) -> None:
        """Kill at each step in turn, then at random instants, as long as mail flows."""
        turn = 0
        while self._flows:
            if turn < len(_STEPS) * 2 and turn % 2 == 0:
                part, step = _STEPS[turn // 2 % len(_STEPS)]
                self._kill_at(part, f"{step}:{self.random.randint(1, 8)}", step)
            else:
                part = self.random.choice(("listener", "worker"))
                self.house.kill(part)
                self.house.start(part)
                self.kills[f"{part} at random"] += 1
                time.sleep(self.random.random() * 3)
            turn += 1

    def _kill_at(self, part: str, point: str, step: str) -> None:
        self.house.kill(part)
        self.house.start(part, crash_point=point)
        deadline = time.monotonic() + 30
        while self.house.is_running(part) and time.monotonic() < deadline and self._flows:
            time.sleep(0.02)
        if not self.house.is_running(part):
            self.kills[f"{part} at {step}"] += 1
        self.house.kill(part)
        self.house.start(part)
        time.sleep(self.random.random() * 2)


# --- what must hold ----------------------------------------------------------------------------


def check(flow: Flow) -> None:
    """Raise AssertionError unless each message is there once, in its case, acknowledged once."""
    from dueline.models import Case, InboxItem, Message, OutboxItem

    wait_for(
        lambda: not InboxItem.objects.filter(state="received").exists(),
        within=QUIET,
        what="all mail is read",
    )
    wait_for(
        lambda: (
            not OutboxItem.objects.filter(state__in=("waiting", "claimed", "transmitting")).exists()
        ),
        within=QUIET,
        what="all mail has left",
    )
    strange = InboxItem.objects.exclude(state__in=("taken", "duplicate"))
    assert not strange.exists(), list(strange.values("state", "reason", "sender", "subject"))
    landed: dict[str, list[int]] = {}
    for text, case_id in Message.objects.filter(contact__isnull=False).values_list("text", "case"):
        landed.setdefault(text.split("Sedan i går: ", 1)[1].split(" ", 1)[0], []).append(case_id)
    cases = dict(Case.objects.values_list("subject", "id"))
    owed = Counter(
        OutboxItem.objects.filter(purpose="acknowledgement").values_list("case_id", flat=True)
    )
    for message in flow.messages:
        token = message.sent.token
        found = landed.get(token, [])
        expected = message.sent.answers_case or cases.get(f"Problem {token}")
        assert found == [expected], f"{token}: in {found}, not once in {expected}"
        assert owed[found[0]] <= 1, f"{token}: {owed[found[0]]} acknowledgements"
        for _, raw in message.copies:
            item = InboxItem.objects.get(sha256=hashlib.sha256(raw).hexdigest())
            assert bytes(item.raw.bytes) == raw, f"{token}: other bytes"
    came = Counter(taken.mail_id for taken in list(flow.sink.taken))
    written = set(OutboxItem.objects.values_list("mail_id", flat=True))
    assert set(came) == written, f"{len(written - set(came))} never came"
    assert max(came.values()) <= 2, "a mail came more than twice"
    missed = {step for _, step in _STEPS} - {key.split(" at ")[1] for key in flow.kills}
    if missed and flow.count >= 1000:
        raise AssertionError(f"never killed at {missed}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("messages", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lease", type=int, default=4, help="seconds until a crash is noticed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dueline-flow-") as folder:
        os.environ["DUELINE_DATA"] = f"{folder}/data"
        os.environ["DUELINE_LEASE_SECONDS"] = str(arguments.lease)
        os.environ["DJANGO_SETTINGS_MODULE"] = "dueline.site.settings"
        return _run(arguments, Path(folder))


def _run(arguments: argparse.Namespace, folder: Path) -> int:
    import subprocess

    import django

    django.setup()
    sink = Sink()
    sink.start()
    furnish(sink)
    house = House(dict(os.environ), folder)
    flow = Flow(house, sink, arguments.messages, arguments.seed)
    began = time.monotonic()
    try:
        for part in ("listener", "worker"):
            house.start(part)
        flow.run()
        check(flow)
        checked = subprocess.run([*DUELINE, "commitments", "check"], capture_output=True, text=True)
        assert checked.returncode == 0, f"{checked.stdout}{checked.stderr}"
    except AssertionError as error:
        print(f"FAILED (seed {arguments.seed}): {error}", flush=True)
        print((folder / "processes.log").read_text(errors="replace")[-4000:])
        return 1
    finally:
        house.kill_all()
        sink.stop()
    came = Counter(taken.mail_id for taken in sink.taken)
    answers = sum(bool(message.sent.answers_case) for message in flow.messages)
    deliveries = sum(len(message.copies) for message in flow.messages)
    print(
        f"{len(flow.messages)} messages ({answers} answers) in {deliveries} deliveries, "
        f"{sum(flow.kills.values())} kills at {len(flow.kills)} kinds of instants, in "
        f"{time.monotonic() - began:.0f} s: each once, in its case. {len(came)} mails left, "
        f"{sum(times - 1 for times in came.values())} of them twice."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
