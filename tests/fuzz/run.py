"""Mails made wrong, read in the bounded child and decided upon, for as long as is wished.

    python -m tests.fuzz.run SECONDS [--seed N] [--keep FOLDER]

(or bin/fuzz-mail, which sets up first). Reports every exception, every reader that died of anything
but a bound, the slowest mail and the most memory; each find is kept as a file. Ends with 1 if there
was one.
"""

import argparse
import hashlib
import os
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from hypothesis import given, settings

from dueline.core.inbound import Inbound
from dueline.core.matching import Facts
from dueline.intake.mail.child import Reader, Unreadable
from tests.fuzz import matcher
from tests.fuzz.mutations import mutated
from tests.intake.test_parse import mails
from tests.intake.test_samples import SAMPLES

_A_ROUND = 1000  # mails; then the matcher and Hypothesis's own mails have their turn
_BOUNDS = ("it has more than", "its parts lie", "a header ", "it needs too much memory")
_LONGEST = 5.0  # seconds of a processor
_MOST_MEMORY = 300 * 1024 * 1024


@dataclass
class Tally:
    """What became of the mails. finds: what must be mended, with the mail that shows it."""

    outcomes: Counter[str] = field(default_factory=Counter)
    finds: list[tuple[str, bytes]] = field(default_factory=list)
    slowest: float = 0.0
    most_memory: int = 0

    def find(self, what: str, raw: bytes) -> None:
        self.finds.append((what, raw))
        self.outcomes["FOUND"] += 1


def try_mail(reader: Reader, raw: bytes, tally: Tally) -> None:
    """Read a mail, decide upon it, and note whatever should not be."""
    before = _used(reader)
    try:
        inbound = reader.read(raw)
    except Unreadable as why:
        reason = str(why)
        if reason.startswith(_BOUNDS):
            tally.outcomes[f"held: {reason}"] += 1
        else:
            tally.find(reason, raw)
        return
    tally.outcomes["read"] += 1
    _judge_use(reader, before, raw, tally)
    try:
        check_inbound(inbound)
        matcher.check(inbound, Facts())
    except Exception:  # whatever it is, it is what we look for
        tally.find(traceback.format_exc(limit=-3), raw)


def check_inbound(inbound: Inbound) -> None:
    """Assert what holds of any mail that was read."""
    lines = [inbound.subject, inbound.sender_name, inbound.sender_address, inbound.mail_id]
    lines += [*inbound.to, *inbound.cc, *(file.name for file in inbound.files)]
    lines += [file.media_type for file in inbound.files]
    for line in lines:
        assert not set(line) & set("\r\n\0"), "a line break in a line"
    for text in (*lines, inbound.text, inbound.reply_text, inbound.html, *inbound.warnings):
        text.encode()  # half characters: the database would refuse them
        assert "\0" not in text
    for file in inbound.files:
        assert file.name, "a file without a name"
        assert not set(file.name) & set("/\\"), "a path in a file's name"
    assert inbound.folded_from is None or 0 < inbound.folded_from <= len(inbound.text)
    assert "<script" not in inbound.html.lower()


def _used(reader: Reader) -> tuple[int, float]:
    """Return the child's process id and the seconds of a processor that it has used."""
    if reader.child.process is None:
        return 0, 0.0
    try:
        stat = Path(f"/proc/{reader.child.process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0, 0.0
    return reader.child.process.pid, (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _judge_use(reader: Reader, before: tuple[int, float], raw: bytes, tally: Tally) -> None:
    process, used = _used(reader)
    if process != before[0]:
        return  # a fresh child: its start is not the mail's fault
    seconds = used - before[1]
    tally.slowest = max(tally.slowest, seconds)
    if seconds > _LONGEST:
        tally.find(f"it took {seconds:.1f} s", raw)
    status = Path(f"/proc/{process}/status").read_text()
    memory = int(status.split("VmHWM:")[1].split()[0]) * 1024
    tally.most_memory = max(tally.most_memory, memory)
    if memory > _MOST_MEMORY:
        tally.find(f"it held {memory >> 20} MB", raw)


def try_hypothesis(reader: Reader, tally: Tally, examples: int) -> None:
    """Let Hypothesis write mails: lines that hurt, in any order."""

    @settings(max_examples=examples, deadline=None, database=None, derandomize=False)
    @given(mails)
    def attempt(raw: bytes) -> None:
        try_mail(reader, raw, tally)

    attempt()


def run(seconds: float, *, seed: int, samples: Sequence[bytes]) -> Tally:
    """Try mails and decisions until the time is over."""
    random, tally, reader = Random(seed), Tally(), Reader()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for _ in range(_A_ROUND):
            if time.monotonic() >= end:
                break
            try_mail(reader, mutated(samples, random), tally)
        try:
            try_hypothesis(reader, tally, 50)
            matcher.try_matcher(50)
        except Exception:
            tally.find(traceback.format_exc(limit=-3), b"")
        tally.outcomes["decided on any facts"] += 50
    reader.close()
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/fuzz-mail")
    parser.add_argument("seconds", type=float)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-finds"))
    told = parser.parse_args()
    seed = told.seed if told.seed is not None else int.from_bytes(os.urandom(4), "big")
    print(f"seed {seed}", flush=True)
    tally = run(told.seconds, seed=seed, samples=[path.read_bytes() for path in SAMPLES])
    for outcome, count in tally.outcomes.most_common():
        print(f"{count:8}  {outcome}")
    print(f"slowest {tally.slowest:.2f} s of a processor, most memory {tally.most_memory >> 20} MB")
    for what, raw in tally.finds:
        told.keep.mkdir(exist_ok=True)
        kept = told.keep / f"{hashlib.sha256(raw).hexdigest()[:12]}.eml"
        kept.write_bytes(raw)
        print(f"FOUND {kept}: {what}")
    return 1 if tally.finds else 0


if __name__ == "__main__":
    sys.exit(main())
