"""kill -9 in rounds: mails and forms come in, a part of the desk is killed, and all is counted.

    python -m tests.crash.rounds ROUNDS [--seed N] [--numbers 3 14 …]

(or bin/crash-rounds, which sets up first). On SQLite, or on what DATABASE_URL names: an empty one.

Each round kills at a named step or at a random instant, starts the part again, waits for quiet and
checks that everything the desk said yes to is there: once, whole, with identical bytes, and
acknowledged once (or twice under one Message-ID, where the kill fell into the sending).
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.crash.clients import Sent, fill_form, pipe_mail, send_mail, write_mail
from tests.crash.house import PARTS, House, wait_for
from tests.outlets.sink import Sink
from tests.processes import DUELINE

QUIET = 60.0  # seconds after a fault, until everything is done without a person (I8)

# Every step at which something can be left half done, and who goes through it.
STEPS = (
    ("listener", "raw.before-commit"),
    ("listener", "raw.kept"),
    ("worker", "inbox.claimed"),
    ("worker", "inbox.read"),
    ("worker", "file.written"),
    ("worker", "file.kept"),
    ("worker", "case.before-commit"),
    ("worker", "held.before-commit"),
    ("worker", "held.kept"),
    ("worker", "case.opened"),
    ("worker", "inbox.before-commit"),
    ("worker", "inbox.taken"),
    ("worker", "outbox.claimed"),
    ("worker", "outbox.transmitting"),
    ("worker", "mail.before-dot"),
    ("worker", "mail.after-dot"),
    ("worker", "outbox.sent"),
    ("worker", "outbox.recorded"),
    ("web", "case.before-commit"),
    ("web", "form.done"),
)


class Rounds:
    def __init__(self, house: House, sink: Sink, seed: int) -> None:
        self.house = house
        self.sink = sink
        self.seed = seed
        self.everything: list[Sent] = []
        self.kills: Counter[str] = Counter()

    def play(self, number: int) -> str:
        """Play one round; return what was done, in a line."""
        random = Random(f"{self.seed}.{number}")
        sent = self._customers(random, number)
        named = number % 2 == 0
        done = self._at_a_step(number // 2, sent) if named else self._at_random(random, sent)
        self._wait_for_quiet(sent)
        self.everything += sent
        check(sent, self.sink)
        return done

    def _at_a_step(self, turn: int, sent: list[Sent]) -> str:
        part, step = STEPS[turn % len(STEPS)]
        self.house.kill(part)
        self.house.start(part, crash_point=step)
        threads = self._begin(sent)
        deadline = time.monotonic() + 30
        while self.house.is_running(part) and time.monotonic() < deadline:
            time.sleep(0.02)
        if self.house.is_running(part):
            raise AssertionError(f"{part} never came to {step}")
        self.house.kill(part)  # … and whatever it had started
        self.house.start(part)
        self.kills[f"{part} at {step}"] += 1
        _end(threads)
        return f"{part} at {step}"

    def _at_random(self, random: Random, sent: list[Sent]) -> str:
        victims = random.choice([*((part,) for part in PARTS), ("listener", "worker"), PARTS])
        threads = self._begin(sent)
        time.sleep(random.random() * 1.5)
        for part in victims:
            self.house.kill(part)
            self.kills[f"{part} at random"] += 1
        for part in victims:
            self.house.start(part)
        _end(threads)
        return f"{', '.join(victims)} at random"

    def _customers(self, random: Random, number: int) -> list[Sent]:
        """Return what is sent in this round: requests by mail and form, and answers to us."""

        def token(what: str, count: int) -> str:
            return f"{what}{number}x{count}x{random.randrange(10**9)}"

        sent = [
            write_mail(random, token("mail", i), f"m{number}.{i}@elsewhere.example")
            for i in range(3)
        ]
        # One with a file in every round, so that every step is come to.
        while not any(one.file for one in sent):
            sent[0] = write_mail(random, token("file", 0), sent[0].sender)
        sent[2].by_pipe = number % 4 == 3
        sent += [Sent(token("form", i), f"f{number}.{i}@elsewhere.example") for i in range(2)]
        # A colleague of Northwind's who is no super-user: the request waits for one.
        colleague = write_mail(random, token("held", 0), f"h{number}@northwind.example")
        colleague.is_held = True
        sent.append(colleague)
        earlier = [
            one
            for one in self.everything
            if one.is_mail and not one.answers_case and not one.is_held
        ]
        if earlier:
            sent.append(self._answer(random, token("answer", 0), random.choice(earlier)))
        return sent

    def _answer(self, random: Random, token: str, request: Sent) -> Sent:
        from dueline.models import Case

        case = Case.objects.get(subject__contains=request.token)
        (acknowledgement, *_) = acknowledgements_of(case.pk, self.sink)
        answer = write_mail(
            random,
            token,
            request.sender,
            reply_to=str(acknowledgement.message["Reply-To"].addresses[0].addr_spec),
            in_reply_to=acknowledgement.mail_id,
        )
        answer.answers_case = case.pk
        return answer

    def _begin(self, sent: list[Sent]) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._send, args=(one,)) for one in sent]
        for thread in threads:
            thread.start()
        return threads

    def _send(self, one: Sent) -> None:
        if one.by_pipe:
            pipe_mail(one, self.house.environment)
        elif one.is_mail:
            send_mail(one, self.house.mail_port)
        else:
            fill_form(one, self.house.port)

    def _wait_for_quiet(self, sent: list[Sent]) -> None:
        from dueline.models import InboxItem, OutboxItem

        given_up = [one for one in sent if not one.accepted]
        assert not given_up, f"never accepted: {given_up}"
        inbox = InboxItem.objects.filter(state="received")
        outbox = OutboxItem.objects.filter(state__in=("waiting", "claimed", "transmitting"))
        wait_for(
            lambda: not inbox.exists() and not outbox.exists(),
            within=QUIET,
            what=f"the queues are empty: {list(inbox.values())} {list(outbox.values())}",
        )


def _end(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join()


# --- what must hold ----------------------------------------------------------------------------


def check(sent: list[Sent], sink: Sink) -> None:
    """Raise AssertionError unless everything that was accepted is there, once and whole."""
    from dueline.models import InboxItem, OutboxItem

    for one in sent:
        (_check_mail if one.is_mail else _check_form)(one)
    _check_cases()
    strange = OutboxItem.objects.exclude(state="sent")
    assert not strange.exists(), f"mail that did not leave: {list(strange.values())}"
    held = InboxItem.objects.exclude(state="taken")
    assert not held.exists(), f"mail that was not taken in: {list(held.values())}"
    _check_outgoing(sink)


def _check_mail(one: Sent) -> None:
    from dueline.models import Attachment, InboxItem, Message, store

    items = InboxItem.objects.filter(sha256=hashlib.sha256(one.raw).hexdigest())
    assert items.count() == 1, f"I1 {one.token}: kept {items.count()} times"
    item = items.get()
    assert bytes(item.raw.bytes) == one.raw, f"I1 {one.token}: other bytes"
    if one.is_held:
        _check_held(one, item)
        return
    messages = Message.objects.filter(inbox_item=item)
    assert messages.count() == 1, f"I2 {one.token}: {messages.count()} messages"
    assert Message.objects.filter(text__contains=one.token).count() == 1, f"I2 {one.token}"
    if one.answers_case:
        assert item.case_id == messages.get().case_id == one.answers_case, f"I2 {one.token}"
    else:
        _check_once(one)
    kept = [
        store.read(sha256)
        for sha256 in Attachment.objects.filter(message=messages.get()).values_list(
            "sha256", flat=True
        )
    ]
    assert kept == ([one.file] if one.file else []), f"I3 {one.token}: files"


def _check_held(one: Sent, item: object) -> None:
    from dueline.models import HeldRequest, store

    held = HeldRequest.objects.filter(text__contains=one.token)
    assert held.count() == 1, f"I2 {one.token}: held {held.count()} times"
    assert held.get().inbox_item == item, f"I2 {one.token}: of another mail"
    kept = [store.read(file.sha256) for file in held.get().files.all()]
    assert kept == ([one.file] if one.file else []), f"I3 {one.token}: files"


def _check_form(one: Sent) -> None:
    from dueline.models import Message

    assert Message.objects.filter(text__contains=one.token).count() == 1, f"I2 {one.token}"
    _check_once(one)


def _check_once(one: Sent) -> None:
    from dueline.models import Case, OutboxItem

    cases = Case.objects.filter(subject__contains=one.token)
    assert cases.count() == 1, f"I2 {one.token}: {cases.count()} cases after {one.complaints}"
    owed = OutboxItem.objects.filter(case=cases.get(), purpose="acknowledgement")
    assert owed.count() == 1, f"{one.token}: {owed.count()} acknowledgements"


def _check_cases() -> None:
    """I3: no half case anywhere."""
    from dueline.models import Case, Event, Message

    opened = Counter(Event.objects.filter(kind="opened").values_list("case_id", flat=True))
    spoken = Counter(Message.objects.values_list("case_id", flat=True))
    for case_id in Case.objects.values_list("id", flat=True):
        assert opened[case_id] == 1, f"I3 case {case_id}: opened {opened[case_id]} times"
        assert spoken[case_id] >= 1, f"I3 case {case_id}: without a message"
    rawless = Message.objects.filter(channel="mail", inbox_item__raw__isnull=True)
    assert not rawless.exists(), "I3: a message by mail without its raw bytes"


def _check_outgoing(sink: Sink) -> None:
    """Every mail that the desk wrote came to the sink, and at most once more than owed."""
    from dueline.models import OutboxItem

    came = Counter(taken.mail_id for taken in list(sink.taken))
    written = set(OutboxItem.objects.values_list("mail_id", flat=True))
    assert set(came) == written, (
        f"never came: {written - set(came)}, of nobody: {set(came) - written}"
    )
    too_often = {mail_id: times for mail_id, times in came.items() if times > 2}
    assert not too_often, f"came too often: {too_often}"


def _check_clocks() -> None:
    """I5: what is stored of every promise is what its events say."""
    done = subprocess.run([*DUELINE, "commitments", "check"], capture_output=True, text=True)
    assert done.returncode == 0, f"I5: {done.stdout}{done.stderr}"


def acknowledgements_of(case_id: int, sink: Sink) -> list:
    from dueline.models import OutboxItem

    mail_ids = set(
        OutboxItem.objects.filter(case=case_id, purpose="acknowledgement").values_list(
            "mail_id", flat=True
        )
    )
    return [taken for taken in list(sink.taken) if taken.mail_id in mail_ids]


# --- running -----------------------------------------------------------------------------------


def furnish(sink: Sink) -> None:
    """Set up a desk whose mail goes to the sink, and that rations no test."""
    from django.core.management import call_command

    from tests.world import build_world

    call_command("migrate", interactive=False, verbosity=0)
    world = build_world()
    world.desk.smtp_host, world.desk.smtp_port = "127.0.0.1", sink.port
    world.desk.smtp_security = "none"
    world.desk.save()


def clear_rations() -> None:
    from dueline.models import Attempt

    Attempt.objects.all().delete()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--numbers", type=int, nargs="+", help="only these rounds")
    parser.add_argument("--lease", type=int, default=6, help="seconds until a crash is noticed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dueline-crash-") as folder:
        os.environ["DUELINE_DATA"] = f"{folder}/data"
        os.environ["DUELINE_DNS"] = "off"
        os.environ["DUELINE_LEASE_SECONDS"] = str(arguments.lease)
        os.environ["DJANGO_SETTINGS_MODULE"] = "dueline.site.settings"
        return _run(arguments, Path(folder))


def _run(arguments: argparse.Namespace, folder: Path) -> int:
    import django

    django.setup()
    sink = Sink()
    sink.start()
    furnish(sink)
    house = House(dict(os.environ), folder)
    rounds = Rounds(house, sink, arguments.seed)
    began = time.monotonic()
    try:
        for part in PARTS:
            house.start(part)
        house.wait_until_open()
        for number in arguments.numbers or range(arguments.rounds):
            clear_rations()
            since = time.monotonic()
            done = rounds.play(number)
            print(f"round {number}: {done}, {time.monotonic() - since:.1f} s", flush=True)
        check(rounds.everything, sink)
        _check_clocks()
    except AssertionError as error:
        print(f"FAILED (seed {arguments.seed}): {error}", flush=True)
        print((folder / "processes.log").read_text(errors="replace")[-6000:])
        return 1
    finally:
        house.kill_all()
        sink.stop()
    _summarise(rounds, time.monotonic() - began)
    return 0


def _summarise(rounds: Rounds, seconds: float) -> None:
    mails = sum(one.is_mail for one in rounds.everything)
    came = Counter(taken.mail_id for taken in rounds.sink.taken)
    print(
        f"{sum(rounds.kills.values())} kills in {seconds:.0f} s; accepted: {mails} mails, "
        f"{len(rounds.everything) - mails} forms; each there once and whole. "
        f"{len(came)} mails left, {sum(times - 1 for times in came.values())} of them twice."
    )


if __name__ == "__main__":
    sys.exit(main())
