"""Writes the golden acknowledgements anew: `python -m tests.actions.golden_letters`."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "samples" / "letters"
PLANS = {"extended": "cleo", "standard": "eve"}
LANGUAGES = ("en", "nb", "sv")
PRIORITIES = ("critical", "high", "normal", "low")


def acknowledgements(world, *, plan: str, language: str) -> dict[str, str]:
    """Return the letters of all priorities, one below the other, as text and as HTML."""
    from dueline.models import Contact, OutboxItem

    writer = getattr(world, PLANS[plan])
    Contact.objects.filter(pk=writer.id).update(language=language)
    for priority in PRIORITIES:
        world.case(writer, priority=priority, subject="Payment page down")
    letters = OutboxItem.objects.filter(purpose="acknowledgement").order_by("id")
    assert len(letters) == len(PRIORITIES)
    return {
        "txt": "\n".join(f"Subject: {one.subject}\n\n{one.text}" for one in letters),
        "html": "\n".join(one.html for one in letters),
    }


def _write_anew() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.db import transaction
    from django.test.utils import setup_databases

    from tests.world import build_world

    setup_databases(verbosity=0, interactive=False)
    for plan in PLANS:
        for language in LANGUAGES:
            with transaction.atomic():
                for form, text in acknowledgements(
                    build_world(), plan=plan, language=language
                ).items():
                    (FOLDER / f"{plan}-{language}.{form}").write_text(text, encoding="utf-8")
                transaction.set_rollback(True)


if __name__ == "__main__":
    _write_anew()
