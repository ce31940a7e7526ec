"""`dueline worker`: the background life of the desk."""

from argparse import Namespace

from dueline.cli.arguments import Commands, command


def register(commands: "Commands") -> None:
    command(
        commands,
        "worker",
        run=_worker,
        help="read mail, sweep the clocks and deliver (a part of `serve`)",
    )


def _worker(_arguments: Namespace) -> None:
    from dueline.worker import loop

    loop.run()
