"""Measure the desk and print the figures: see docs/benchmarks.md."""

import json
import os
import shutil
import smtplib
import statistics
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.processes import (
    calibration,
    cpu_seconds,
    environment,
    inside,
    proportional_megabytes,
    running,
)
from bench.visitor import Visitor, answers
from bench.visits import REPLIES, visits
from tests import postgres

WARM_UP, ROUNDS, IN_A_ROUND = 20, 5, 40
MAILS = 300
INTAKE = 400
PORT, MAIL_PORT = 18710, 18711
# A server that would survive a power cut: the defaults, apart from where it listens.
SERVER = {"listen_addresses": "", "shared_buffers": "256MB", "timezone": "UTC"}


@dataclass(frozen=True)
class Place:
    """Where a seeded desk is kept."""

    data: Path
    url: str = ""  # of the PostgreSQL server; empty: SQLite
    server: int | None = None  # its process

    @property
    def env(self) -> dict[str, str]:
        return environment(self.data, self.url)


def main() -> None:
    arguments = _arguments()
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}")
    with _folder(arguments.keep) as folder:
        if "clocks" in arguments.only:
            print("\nthe clocks by themselves", flush=True)
            print(inside("clocks", env=environment(folder)), end="")
        for database in arguments.on.split(","):
            if "sweep" in arguments.only:
                _measure_sweep(folder, database, arguments.open)
            if not {"pages", "mail", "intake", "tree"}.intersection(arguments.only.split(",")):
                continue
            for cases in map(int, arguments.cases.split(",")):
                with _seeded(folder, database, cases) as place:
                    print(f"\n{database}, {cases:,} cases", flush=True)
                    _measure(place, folder / "log", only=arguments.only)


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="bin/bench", description="Measure the desk.")
    parser.add_argument("--cases", default="10000,100000", help="default: 10000,100000")
    parser.add_argument("--on", default="sqlite,postgresql", help="default: sqlite,postgresql")
    parser.add_argument("--open", type=int, default=100_000, help="open cases of the sweep")
    everything = "clocks,sweep,pages,intake,mail,tree"
    parser.add_argument("--only", default=everything, help=f"default: {everything}")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="of the seeded databases")
    return parser.parse_args()


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="dueline-bench-") as folder:
        # The database server runs as nobody, who must be able to come in.
        os.chmod(folder, 0o755)
        yield Path(folder)


@contextmanager
def _seeded(folder: Path, database: str, cases: int) -> Iterator[Place]:
    """Seed a desk unless an earlier run has; yield a copy of it: measuring changes it."""
    kept, used = folder / f"{database}-{cases}", folder / "used"
    if not (kept / "seeded").exists():
        shutil.rmtree(kept, ignore_errors=True)
        with _open(kept, database) as place:
            inside("seed", cases, env=place.env)
        (kept / "seeded").touch()
    shutil.rmtree(used, ignore_errors=True)
    shutil.copytree(kept, used, symlinks=True)
    _hand_over(used / "server")
    with _open(used, database) as place:
        inside("upgrade", env=place.env)
        yield place
    shutil.rmtree(used)


def _hand_over(folder: Path) -> None:
    """Give a copied server's files back to the user that it runs as."""
    if folder.exists() and os.geteuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, postgres.NOBODY, postgres.NOBODY, follow_symlinks=False)


@contextmanager
def _open(folder: Path, database: str) -> Iterator[Place]:
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    if database == "sqlite":
        yield Place(data)
        return
    with postgres.server(settings=SERVER, keep=folder / "server") as url:
        pid = int((folder / "server" / "data" / "postmaster.pid").read_text().split()[0])
        yield Place(data, url, pid)


def _measure_sweep(folder: Path, database: str, cases: int) -> None:
    """A desk of its own, on which every case is open."""
    with _open(folder / f"{database}-{cases}-open", database) as place:
        print(f"\n{database}, sweep", flush=True)
        print(inside("sweep", cases, env=place.env), end="", flush=True)


def _measure(place: Place, log: Path, *, only: str) -> None:
    if "pages" in only:
        _measure_pages(place, log)
    if "intake" in only:
        print(inside("taking_in", INTAKE, place.server or 0, env=place.env), end="", flush=True)
    if "mail" in only:
        _measure_mail(place, log)
    if "tree" in only:
        _measure_tree(log)


def _measure_pages(place: Place, log: Path) -> None:
    """The web process alone, so that no worker's statements are counted with a request's."""
    statements = json.loads(inside("statements", env=place.env))
    plan = json.loads(inside("plan", REPLIES, env=place.env))
    web = ("web", "--port", str(PORT))
    with running(*web, env=place.env, log=log, is_ready=lambda: answers(PORT, "/healthz")) as tree:
        for visit in visits(plan, lambda: Visitor(PORT)):
            for _ in range(WARM_UP):
                visit.go()
            cpu, waited = [], []
            for _ in range(ROUNDS):
                before = _cpu(tree[0], place)
                waited += [_timed(visit.go) for _ in range(IN_A_ROUND)]
                after = _cpu(tree[0], place)
                cpu.append(
                    [(b - a) * 1000 / IN_A_ROUND for a, b in zip(before, after, strict=True)]
                )
            web_ms, database_ms = (statistics.median(part) for part in zip(*cpu, strict=True))
            both = statistics.median(map(sum, cpu))
            aim = f"aim {visit.aim:g}" if visit.aim else ""
            p50, p99 = (1000 * quantile for quantile in _quantiles(waited))
            print(
                f"  {visit.name:28} {both:6.2f} ms CPU ({web_ms:.2f} web + {database_ms:.2f} db)"
                f"  {aim:6}  {statements[visit.name]:3} statements"
                f"  p50 {p50:6.1f} ms  p99 {p99:6.1f} ms",
                flush=True,
            )
    print(f"  (a fixed sum in Python takes {calibration():.0f} ms of CPU here and now)")


def _cpu(web: int, place: Place) -> tuple[float, float]:
    return cpu_seconds(web), cpu_seconds(place.server) if place.server else 0.0


def _timed(go: Callable[[], None]) -> float:
    began = time.perf_counter()
    go()
    return time.perf_counter() - began


def _quantiles(waited: list[float]) -> tuple[float, float]:
    ordered = sorted(waited)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]


def _measure_mail(place: Place, log: Path) -> None:
    """The whole tree: how fast mail is accepted, and how fast it becomes cases."""
    with _serving(place, log) as (_, _):
        accepted = _timed(_send_mails)
        began = time.perf_counter()
        while int(inside("unread", env=place.env)):
            time.sleep(0.2)
        read = accepted + time.perf_counter() - began
    print(f"  mail: {MAILS / accepted:.0f} accepted a second, {MAILS / read:.0f} made into cases")


def _send_mails() -> None:
    with smtplib.SMTP("127.0.0.1", MAIL_PORT) as server:
        for n in range(MAILS):
            sender = f"contact{n % 5}@company{n % 200:03}.example"
            server.sendmail(
                sender,
                "support@desk.example",
                f"From: {sender}\r\nTo: support@desk.example\r\n"
                f"Message-ID: <bench.{n}.{time.time_ns()}@company.example>\r\n"
                f"Subject: The import stops, number {n}\r\n\r\n" + "It stops every night.\r\n" * 10,
            )


def _measure_tree(log: Path) -> None:
    """A desk of its own, from nothing: how soon it answers and what it needs when idle."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        with _serving(place, log) as (_, first):
            pass
        with _serving(place, log) as (root, again):
            time.sleep(5)
            megabytes = proportional_megabytes(root)
    print(f"  first page {first:.1f} s after the first start, {again:.1f} s after the next")
    print(f"  idle memory of the whole tree: {megabytes:.0f} MB")


@contextmanager
def _serving(place: Place, log: Path) -> Iterator[tuple[int, float]]:
    ports = ("--port", str(PORT), "--mail-port", str(MAIL_PORT))
    is_ready = lambda: answers(PORT, "/sign-in")  # noqa: E731
    with running("serve", *ports, env=place.env, log=log, is_ready=is_ready) as tree:
        yield tree


if __name__ == "__main__":
    main()
