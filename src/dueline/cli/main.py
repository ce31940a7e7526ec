"""The `dueline` command."""

import os
import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path

from dueline import __version__
from dueline.cli.lifeline import hold_on_to_parent
from dueline.core.errors import Refusal

# Every command of the product: one file of this folder each.
FILES = (
    "serve",
    "web",
    "worker",
    "watch",
    "database",
    "demo",
    "case",
    "commitments",
    "calendar",
    "policy",
    "mail",
    "guide",
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code."""
    chosen = _parser().parse_args(arguments)
    if chosen.data:
        os.environ["DUELINE_DATA"] = str(Path(chosen.data).resolve())
    hold_on_to_parent()
    try:
        if getattr(chosen, "needs_django", False):
            start_django()
        return chosen.run(chosen) or 0
    except Refusal as refusal:
        print(refusal.text, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read our output (`| head`) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def start_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dueline.site.settings")
    import django

    django.setup()


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="dueline", description="A service desk that keeps its promises in plain sight."
    )
    parser.add_argument("--version", action="version", version=f"dueline {__version__}")
    parser.set_defaults(data=None)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in FILES:
        import_module(f"dueline.cli.{name}").register(commands)
    return parser
