"""Texts must stand where they can be collected."""

import re
from pathlib import Path

import dueline

SOURCE = Path(dueline.__file__).parent
# Python 3.11 reads an f-string as one word: what is called inside it is never collected.
HIDDEN = re.compile(r"""f"[^"\n]*\{_\('|f'[^'\n]*\{_\(\"""")


def hidden_in(source: str) -> list[str]:
    return HIDDEN.findall(source)


def test_no_text_hides_in_an_f_string():
    found = {path.name: hidden_in(path.read_text()) for path in SOURCE.rglob("*.py")}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_a_text_in_an_f_string_is_found():
    assert hidden_in("""said = f"{first} {_('never collected')}" """)
    assert not hidden_in('said = f"{first} " + _("collected")')
