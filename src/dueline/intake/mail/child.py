"""The worker's side of the reader: what a mail says, or why nobody can read it."""

import logging
import signal
from typing import BinaryIO

from dueline.core.inbound import Inbound
from dueline.intake.mail.bounded import BrokeDown, Child
from dueline.intake.mail.wire import read_inbound, read_json

logger = logging.getLogger(__name__)

# The child may use 5 s of a processor; on a busy machine these take many times longer. Shorter
# than a claim on the mail lasts: nobody else reads it meanwhile.
SECONDS = 30


class Unreadable(Exception):
    """The mail could not be read within the bounds; the text says why."""


class Reader:
    """A child process, started when there is something to read. It ends itself when idle."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self.child = Child("dueline.intake.mail.reader", seconds=seconds)

    def read(self, raw: bytes, *, mail_from: str | None = None, region: str = "SE") -> Inbound:
        """Return what a mail says. Raises Unreadable."""
        wishes = {"mail_from": mail_from, "region": region}
        try:
            return self.child.ask(raw, wishes, _understand)
        except BrokeDown as error:
            raise Unreadable(_why(error)) from error

    def close(self) -> None:
        self.child.close()


def _understand(answers: BinaryIO) -> Inbound:
    answer = read_json(answers)
    if "held" in answer:
        raise Unreadable(str(answer["held"])[:300])
    if "failed" in answer:
        logger.error("The reader failed on a mail:\n%s", str(answer["failed"])[:4000])
        raise Unreadable("the reader failed on it; the log says where")
    return read_inbound(answers, answer["inbound"])


def _why(error: BrokeDown) -> str:
    if error.late or error.returncode == -signal.SIGXCPU:
        return "it takes too long to read"
    return "the reader broke down on it (too much memory, most likely)"
