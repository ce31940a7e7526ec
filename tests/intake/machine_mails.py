"""The mails of `tests/samples/machines`, with what each is expected to be taken for."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "samples" / "machines"


@dataclass(frozen=True)
class Sample:
    name: str
    machine: str
    verdict: str
    raw: bytes
    is_by_person: bool


def samples() -> list[Sample]:
    return [sample for path in sorted(FOLDER.glob("*.txt")) for sample in _of(path)]


def _of(path: Path) -> Iterator[Sample]:
    for part in path.read_text(encoding="utf-8").split("=== ")[1:]:
        heading, _, raw = part.partition("\n")
        name, _, expected = heading.rpartition(": ")
        machine, _, verdict = expected.partition(", ")
        body = raw.rstrip("\n").replace("\n", "\r\n") + "\r\n"
        yield Sample(name, machine, verdict, body.encode(), path.stem == "people")
