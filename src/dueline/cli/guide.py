"""`dueline guide`: the Support Guide, from the policy that runs the clocks."""

from argparse import Namespace
from pathlib import Path

from dueline.cli.arguments import Commands, command


def register(commands: Commands) -> None:
    guide = command(commands, "guide", run=_guide, help="print the Support Guide, or make its PDF")
    guide.add_argument("--plan", default="", help="only what this plan promises")
    guide.add_argument("--language", default="", help="en, nb or sv; else the desk's")
    guide.add_argument("--pdf", metavar="FILE", type=Path, help="write a PDF instead")
    guide.add_argument("--json", action="store_true", help="print it for a machine")


def _guide(arguments: Namespace) -> None:
    from django.conf import settings
    from django.utils.translation import override

    from dueline.core.errors import Refusal
    from dueline.core.instants import now
    from dueline.models import Desk
    from dueline.queries.guide import guide, pdf_of
    from dueline.wording.guide_pdf import as_json
    from dueline.wording.guide_text import as_text

    if not Desk.objects.exists():
        raise Refusal("not-set-up", "This desk is not set up yet, so it promises nothing.")
    language = arguments.language or Desk.objects.values_list("language", flat=True).get()
    if language not in dict(settings.LANGUAGES):
        raise Refusal("language", "Choose a language from the list.")
    with override(language):
        drawn = guide(at=now(), plan=arguments.plan)
    if arguments.pdf:
        arguments.pdf.write_bytes(pdf_of(drawn, language=language))
        print(arguments.pdf)
    elif arguments.json:
        print(as_json(drawn, language=language))
    else:
        print(as_text(drawn), end="")
