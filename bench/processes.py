"""What processes cost, read from /proc: this part of the benchmark needs Linux."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_TOP = Path(__file__).parent.parent


def tree(root: int) -> list[int]:
    """Return a process and everything that descends from it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and len(fields := _stat(int(entry.name))) > 1:
            parents[int(entry.name)] = int(fields[1])
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def cpu_seconds(root: int) -> float:
    """Return the processor time that the threads of a tree have used, to the nanosecond."""
    return (
        sum(
            int(_read(thread / "schedstat").split()[0] or 0)
            for pid in tree(root)
            for thread in Path(f"/proc/{pid}/task").glob("*")
        )
        / 1e9
    )


def calibration() -> float:
    """Return the milliseconds of processor time for the same piece of work every time.

    On a busy machine everything costs more: two processes share what one could use alone.
    """
    began = time.process_time()
    sum(range(20_000_000))
    return (time.process_time() - began) * 1000


def proportional_megabytes(root: int) -> float:
    """Return the memory of a tree: what several processes share is counted once."""
    kilobytes = 0
    for pid in tree(root):
        lines = _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the command's name, which may hold spaces."""
    return _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()


def _read(path: Path) -> str:
    """Return what stands there, or a zero when the process has ended meanwhile."""
    try:
        return path.read_text()
    except OSError:
        return "0"


def environment(data: Path, url: str = "") -> dict[str, str]:
    chosen = {**os.environ, "DUELINE_DATA": str(data), "PYTHONPATH": f"{_TOP / 'src'}:{_TOP}"}
    chosen["DUELINE_DNS"] = "off"  # what name servers need is not ours to measure
    chosen.pop("DATABASE_URL", None)
    return {**chosen, "DATABASE_URL": url} if url else chosen


def inside(part: str, *numbers: int, env: Mapping[str, str]) -> str:
    """Run a part of the benchmark inside the product; return what it prints."""
    command = [sys.executable, "-P", "-m", "bench.inside", part, *map(str, numbers)]
    return subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


@contextmanager
def running(
    *command: str, env: Mapping[str, str], log: Path, is_ready: Callable[[], bool]
) -> Iterator[tuple[int, float]]:
    """Run a `dueline` command; yield its process id and how many seconds it took to be ready."""
    with log.open("ab") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "dueline", *command], env=env, stdout=output, stderr=output
        )
        try:
            while not is_ready():
                if process.poll() is not None or time.perf_counter() - began > 120:
                    raise SystemExit(f"dueline {command[0]} does not start: see {log}")
                time.sleep(0.01)
            yield process.pid, time.perf_counter() - began
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
