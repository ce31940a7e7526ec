"""`dueline migrate` and `dueline setup-link`: what a desk needs before it opens."""

from argparse import ArgumentParser, Namespace

from dueline.cli.arguments import Commands, command


def register(commands: "Commands") -> None:
    command(commands, "migrate", run=_migrate, help="bring the database up to date")
    link = command(
        commands,
        "setup-link",
        run=_setup_link,
        help="print a link with which the first administrator sets up the desk",
    )
    add_base(link)


def add_base(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--base", default="http://127.0.0.1:8000", help="the address of the pages", metavar="URL"
    )


def _migrate(_arguments: Namespace) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        print(f"Bringing the database up to date ({len(plan)} steps) …", flush=True)
        call_command("migrate", interactive=False, verbosity=0)


def _setup_link(arguments: Namespace) -> None:
    from dueline.actions import accounts
    from dueline.core.instants import now
    from dueline.models import Desk

    if Desk.objects.filter(set_up_at__isnull=False).exists():
        return
    path = accounts.make_setup_link(at=now())
    print("Nobody has set up this desk yet. Open this link, which works once:")
    print(f"  {arguments.base}{path}\n")
