"""Make .venv and install the packages of one lock file, if that has not been done yet.

Run by `prepare.sh` with any Python from 3.11 on; uses nothing but the standard library.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
VENV = TOP / ".venv"
PYTHON = VENV / "bin" / "python"
# dev.lock holds everything that requirements.lock holds, in the same versions.
INCLUDES = {
    "requirements.lock": ["requirements.lock"],
    "dev.lock": ["dev.lock", "requirements.lock"],
}


def main(lock: str) -> None:
    # Two scripts started at once must not install into one folder. The lock is held on a file
    # that is there anyway, and falls when the process ends, however it ends.
    with (TOP / "pyproject.toml").open() as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another script is installing; waiting for it …")
            fcntl.flock(held, fcntl.LOCK_EX)
        if not works():
            make()
        if not is_installed(lock):
            install(lock)


def works() -> bool:
    """Does the environment's Python start? (It does not when its base was removed.)"""
    if not PYTHON.exists():
        return False
    probe = "import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))"
    return subprocess.run([PYTHON, "-c", probe], capture_output=True).returncode == 0


def make() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    try:
        import ensurepip  # noqa: F401  Debian ships it apart from Python
        import venv
    except ImportError:
        sys.exit(
            f"Python {version} cannot make a virtual environment: its venv module is missing.\n"
            f"On Debian and Ubuntu:  sudo apt-get install python{version}-venv"
        )
    say(f"Making a virtual environment in .venv (Python {version}) …")
    shutil.rmtree(VENV, ignore_errors=True)
    venv.create(VENV, with_pip=True)


def install(lock: str) -> None:
    say(f"Installing the packages of {lock} (once; about half a minute) …")
    command = [PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    # Whatever comes out of a script's own work goes to stdout; how it got there, to stderr.
    done = subprocess.run(
        [*command, "--require-hashes", "-r", TOP / lock], stdout=sys.stderr, check=False
    )
    if done.returncode:
        sys.exit(f"The packages of {lock} could not be installed: see above.")
    for included in INCLUDES[lock]:
        stamp(included).write_text(fingerprint(included))


def is_installed(lock: str) -> bool:
    return stamp(lock).exists() and stamp(lock).read_text() == fingerprint(lock)


def stamp(lock: str) -> Path:
    return VENV / f"installed-{lock}"


def fingerprint(lock: str) -> str:
    return hashlib.sha256((TOP / lock).read_bytes()).hexdigest()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
