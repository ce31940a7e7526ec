"""`dueline serve`: the whole desk as one process tree."""

import errno
import os
import socket
import subprocess
import time
from argparse import ArgumentParser, Namespace

from dueline.cli.arguments import Commands, light_command
from dueline.cli.lifeline import environment_for_children
from dueline.cli.supervisor import Part, Supervisor, dueline
from dueline.core.errors import Refusal

SLOWEST_START = 60.0  # seconds


def register(commands: Commands) -> None:
    serve = light_command(
        commands, "serve", run=_serve, help="start the desk: web, worker, mail listener and watcher"
    )
    add_address(serve)
    serve.add_argument(
        "--mail-port", type=int, default=8025, help="where mail is taken in (default: 8025)"
    )
    serve.add_argument("--lmtp-port", type=int, help="where mail is taken in by LMTP as well")
    serve.add_argument(
        "--demo", action="store_true", help="fill an empty desk with a believable one first"
    )


def add_address(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="of the pages (default: 8000)")


def _serve(arguments: Namespace) -> int:
    _refuse_taken_port(arguments.host, arguments.port, option="--port")
    _refuse_taken_port(arguments.host, arguments.mail_port, option="--mail-port")
    if arguments.lmtp_port:
        _refuse_taken_port(arguments.host, arguments.lmtp_port, option="--lmtp-port")
    web, *others = _parts(arguments)
    supervisor = Supervisor([web, *others])

    supervisor.stop_on_signals()
    if not _run("migrate") or (arguments.demo and not _run("demo", "--base", _base(arguments))):
        return 1
    if not supervisor.is_stopping:
        supervisor.start()
    try:
        if _wait_until_open(arguments.host, arguments.port, supervisor, web):
            _announce(arguments)
    finally:
        supervisor.watch()
    return 0


def _parts(arguments: Namespace) -> tuple[Part, ...]:
    at = ["--host", arguments.host]
    mail = ["mail", "listen", *at, "--port", str(arguments.mail_port)]
    if arguments.lmtp_port:
        mail += ["--lmtp-port", str(arguments.lmtp_port)]
    return (
        Part("web", ["web", *at, "--port", str(arguments.port)]),
        Part("worker", ["worker"]),
        Part("mail listener", mail),
        Part("watcher", ["watch"]),
    )


def _refuse_taken_port(host: str, port: int, *, option: str) -> None:
    """Raise Refusal with what to do, before anything has been started or changed."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        why = {
            errno.EADDRINUSE: "is taken by another program",
            errno.EACCES: "may not be used without more rights",
        }.get(error.errno or 0, f"of {host} cannot be used ({error.strerror})")
        raise Refusal(
            "port", f"Port {port} {why}. Choose another one, for example: {option} {port + 1}"
        ) from error


def _run(*command: str) -> bool:
    done = subprocess.run(dueline(*command), env=environment_for_children(), check=False)
    return done.returncode == 0


def _wait_until_open(host: str, port: int, supervisor: Supervisor, web: Part) -> bool:
    """Wait until the web part answers. False: it has ended, or somebody asked to stop."""
    deadline = time.monotonic() + SLOWEST_START
    while not supervisor.is_stopping and time.monotonic() < deadline:
        if web.process is None or web.process.poll() is not None:
            return False  # its own complaint has been printed; the watch starts it again
        if _answers(_reachable(host), port):
            return True
        time.sleep(0.05)
    return False


def _answers(host: str, port: int) -> bool:
    """Ask for a page: a port that can be reached may still have nobody behind it."""
    # By hand, because an HTTP client would be the largest thing in this process.
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return connection.recv(12).startswith(b"HTTP/1.")
    except OSError:
        return False


def _announce(arguments: Namespace) -> None:
    host = _reachable(arguments.host)
    data = os.path.abspath(os.environ.get("DUELINE_DATA", "data"))
    print(f"\nDueline is open at {_base(arguments)}/")
    print(f"  Mail is taken in at {host}:{arguments.mail_port} (SMTP).")
    print(f"  The data is in {data}. Ctrl-C stops the desk.\n", flush=True)
    _run("setup-link", "--base", _base(arguments))


def _base(arguments: Namespace) -> str:
    return f"http://{address_of(arguments)}"


def address_of(arguments: Namespace) -> str:
    """Return host:port at which this machine reaches the pages."""
    host = _reachable(arguments.host)
    return f"{f'[{host}]' if ':' in host else host}:{arguments.port}"


def _reachable(host: str) -> str:
    """Return an address at which this machine reaches what listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
