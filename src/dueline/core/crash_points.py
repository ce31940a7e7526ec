"""Where the crash tests end the process, to see that nothing is lost. Idle in every other run."""

import os
import signal

# "outbox.sent:3": the third time that this point is passed. "outbox.claimed:1:SIGSTOP": freeze.
_NAME, _COUNT, _SIGNAL = (os.environ.get("DUELINE_CRASH_POINT", "").split(":") + ["", ""])[:3]
_passed = 0


def crash_point(name: str) -> None:
    """End this process by SIGKILL, or do what else a crash test asked for here."""
    global _passed
    if name == _NAME:
        _passed += 1
        if _passed == int(_COUNT or 1):
            os.kill(os.getpid(), signal.Signals[_SIGNAL or "SIGKILL"])
