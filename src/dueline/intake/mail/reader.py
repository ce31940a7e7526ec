"""The child process that reads mail within bounds. Run by `child.py`; imports no Django.

A mail that needs more time or memory than these ends this process, and nothing else.
"""

import resource
import select
import sys
import traceback
from typing import BinaryIO

from dueline.intake.mail import prescan
from dueline.intake.mail.parse import read
from dueline.intake.mail.wire import read_frame, read_json, write_inbound, write_json

MEMORY = 300 * 1024 * 1024
CPU_SECONDS = 5
IDLE_SECONDS = 30
TOO_MUCH_MEMORY = "it needs too much memory to read"


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while _is_asked(requests):
        try:
            wishes = read_json(requests)
            raw = read_frame(requests)
        except EOFError:
            return
        _bound_this_mail()
        if not _answer(answers, raw, wishes):
            return
        del raw


def _is_asked(requests: BinaryIO) -> bool:
    ready, _, _ = select.select([requests], [], [], IDLE_SECONDS)
    return bool(ready)


def _bound_this_mail() -> None:
    # The limit counts the whole life of a process, and this one reads many mails.
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _answer(answers: BinaryIO, raw: bytes, wishes: dict[str, str | None]) -> bool:
    """Write what the mail says, or why it cannot be read; False when this process is worn out."""
    try:
        inbound = read(
            raw,
            mail_from=wishes["mail_from"],
            region=wishes["region"] or "SE",
        )
    except prescan.TooMuch as bound:
        write_json(answers, {"held": str(bound)})
    except MemoryError:
        write_json(answers, {"held": TOO_MUCH_MEMORY})
        answers.flush()
        return False
    except Exception:  # our bug: told to the worker, which holds the mail and logs this
        write_json(answers, {"failed": traceback.format_exc(limit=-8)[-4000:]})
    else:
        write_inbound(answers, inbound)
    answers.flush()
    return True


if __name__ == "__main__":
    main()
