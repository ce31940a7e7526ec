"""The child process that checks senders within bounds. Run by `trust.py`; imports no Django.

A process apart from the reader's: it talks with name servers, and the one that reads talks with
nobody.
"""

import traceback
from dataclasses import asdict
from typing import Any, BinaryIO

import dns.exception

from dueline.intake.mail import checks
from dueline.intake.mail.bounded import answer_mails
from dueline.intake.mail.domain_names import Names, Unanswered, resolver_of
from dueline.intake.mail.wire import write_json

MEMORY = 400 * 1024 * 1024
CPU_SECONDS = 10
IDLE_SECONDS = 60

_resolvers: dict[str, Any] = {}


def main() -> None:
    answer_mails(_answer, memory=MEMORY, cpu_seconds=CPU_SECONDS, idle_seconds=IDLE_SECONDS)


def _answer(answers: BinaryIO, raw: bytes, wishes: dict[str, Any]) -> bool:
    write_json(answers, _answer_anyway(raw, wishes))
    return True


def _answer_anyway(raw: bytes, wishes: dict[str, Any]) -> dict[str, Any]:
    try:
        return answer(raw, wishes)
    except MemoryError:
        raise  # this process is worn out
    except Exception:  # our bug, or a library's: told to the worker, which logs it
        return {"says": "too-heavy", "failed": traceback.format_exc(limit=-8)[-4000:]}


def answer(raw: bytes, wishes: dict[str, Any]) -> dict[str, Any]:
    """Return `Found` as JSON, or what else there is to say."""
    if checks.has_several_senders(raw):
        return {"says": "several-senders"}
    try:
        names = Names(_resolver(str(wishes["dns"])))
    except (dns.exception.DNSException, ValueError, OSError):
        return {"says": "nobody-there"}
    try:
        found = checks.look(
            raw,
            domain=wishes["domain"],
            mail_from=wishes["mail_from"],
            peer=wishes["peer"],
            helo=wishes["helo"],
            believed=wishes["believed"],
            names=names,
        )
    except Unanswered:
        return {"says": "no-answer" if names.is_anybody_there() else "nobody-there"}
    if found.is_unanswered and not names.is_anybody_there():
        return {"says": "nobody-there"}
    return {"found": asdict(found)}


def _resolver(server: str) -> Any:
    if server not in _resolvers:
        _resolvers[server] = resolver_of(server)
    return _resolvers[server]


if __name__ == "__main__":
    main()
