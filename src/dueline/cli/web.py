"""`dueline web`: the pages. One process, few threads: SQLite wants few writers."""

import os
from argparse import Namespace

from dueline.cli.arguments import Commands, light_command
from dueline.cli.lifeline import VARIABLE
from dueline.cli.serve import add_address, address_of

OWN_ADDRESS = "DUELINE_OWN_ADDRESS"  # at which the pages knock at their own door


def register(commands: "Commands") -> None:
    web = light_command(commands, "web", run=_web, help="serve the pages (a part of `serve`)")
    add_address(web)
    web.add_argument("--threads", type=int, default=4, help="requests served at once (default: 4)")


def _web(arguments: Namespace) -> None:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    # Granian serves from a child of this process: that child holds on to this one.
    os.environ[VARIABLE] = str(os.getpid())
    os.environ[OWN_ADDRESS] = address_of(arguments)
    Granian(
        "dueline.site.wsgi:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        blocking_threads=arguments.threads,
        # A thread that ends takes its database connection with it: keep them.
        blocking_threads_idle_timeout=600,
        # More than the connections that browsers keep open without asking for anything.
        backpressure=1024,
        # A crash ends this process too; whoever supervises it starts it again.
        respawn_failed_workers=False,
        workers_kill_timeout=3,
        log_level=LogLevels.warning,
    ).serve()
