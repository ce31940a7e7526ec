"""`dueline watch`: looks whether all parts of the desk go, and wakes people when one does not."""

from argparse import Namespace

from dueline.cli.arguments import Commands, command


def register(commands: "Commands") -> None:
    command(
        commands,
        "watch",
        run=_watch,
        help="wake people when a part of the desk stands still (a part of `serve`)",
    )


def _watch(_arguments: Namespace) -> None:
    from dueline.worker import watch

    watch.run()
