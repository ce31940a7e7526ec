"""The child process that reads mail within bounds. Run by `child.py`; imports no Django.

A mail that needs more time or memory than these ends this process, and nothing else.
"""

import traceback
from typing import Any, BinaryIO

from dueline.intake.mail import prescan
from dueline.intake.mail.bounded import answer_mails
from dueline.intake.mail.parse import read
from dueline.intake.mail.wire import write_inbound, write_json

MEMORY = 300 * 1024 * 1024
CPU_SECONDS = 5
IDLE_SECONDS = 30
TOO_MUCH_MEMORY = "it needs too much memory to read"


def main() -> None:
    answer_mails(_answer, memory=MEMORY, cpu_seconds=CPU_SECONDS, idle_seconds=IDLE_SECONDS)


def _answer(answers: BinaryIO, raw: bytes, wishes: dict[str, Any]) -> bool:
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
        return False
    except Exception:  # our bug: told to the worker, which holds the mail and logs this
        write_json(answers, {"failed": traceback.format_exc(limit=-8)[-4000:]})
    else:
        write_inbound(answers, inbound)
    return True


if __name__ == "__main__":
    main()
