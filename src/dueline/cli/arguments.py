"""How a command joins the others.

Each file of this folder has `register(commands)`, and uses `noun` and `command` in it:

    def register(commands):
        case = noun(commands, "case", help="look at cases")
        show = command(case, "show", run=_show, help="show one case")
        show.add_argument("number")

    def _show(arguments) -> int | None:
        from dueline.queries import cases  # here, not above: `dueline --help` needs no Django
        …

`run` gets the parsed arguments and returns the exit code (None is 0). Django is ready by then.
A Refusal that it raises is printed, and the command exits with 1.
"""

from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable
from typing import TypeAlias

Commands: TypeAlias = "_SubParsersAction[ArgumentParser]"
Run = Callable[[Namespace], int | None]


def noun(commands: Commands, name: str, *, help: str) -> Commands:
    """Add a noun, and return the place where its verbs go: `dueline case …`."""
    parser = commands.add_parser(name, help=help, description=help)
    return parser.add_subparsers(metavar="COMMAND", required=True)


def command(commands: Commands, name: str, *, run: Run, help: str) -> ArgumentParser:
    """Add a command that works on the data of a desk; `run` is called with Django ready."""
    parser = light_command(commands, name, run=run, help=help)
    parser.set_defaults(needs_django=True)
    return parser


def light_command(commands: Commands, name: str, *, run: Run, help: str) -> ArgumentParser:
    """Add a command that starts Django in other processes, if at all."""
    parser = commands.add_parser(name, help=help, description=help)
    parser.add_argument(
        "--data", metavar="FOLDER", help="the data folder (default: $DUELINE_DATA, or ./data)"
    )
    parser.set_defaults(run=run)
    return parser
