"""Run a part of the benchmark inside the product: `python -m bench.inside seed 10000`.

A process of its own, because DUELINE_DATA and DATABASE_URL say which desk it is.
"""

import os
import sys
from importlib import import_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dueline.site.settings")


def main(part: str, *numbers: str) -> None:
    import django

    django.setup()
    import_module(f"bench.{part}").main(*map(int, numbers))


if __name__ == "__main__":
    main(*sys.argv[1:])
