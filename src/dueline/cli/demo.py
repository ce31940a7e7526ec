"""`dueline demo`: a desk to look at."""

from argparse import Namespace

from dueline.cli.arguments import Commands, command


def register(commands: "Commands") -> None:
    command(commands, "demo", run=_demo, help="fill an empty desk with a believable one")


def _demo(_arguments: Namespace) -> None:
    from dueline import demo
    from dueline.core.instants import now

    for line in demo.seed(at=now()):
        print(line)
