"""`dueline demo`: a desk to look at."""

from argparse import Namespace

from dueline.cli.arguments import Commands, command
from dueline.cli.database import add_base


def register(commands: Commands) -> None:
    demo = command(commands, "demo", run=_demo, help="fill an empty desk with a believable one")
    add_base(demo)


def _demo(arguments: Namespace) -> None:
    from dueline.core.instants import now
    from dueline.demo import seed

    print("Making a desk to look at …", flush=True)
    sign_ins = seed(at=now(), public_url=arguments.base)
    print("\nSign in as")
    for person in sign_ins:
        print(f"  {person.name:13} {person.role:26} {person.email:24} {person.password}")
