"""Feature 6: the acknowledgement of each plan in each language, word by word, in both forms.

The files lie in tests/samples/letters. When a text changes on purpose, run
`python -m tests.actions.golden_letters`, and read the difference.
"""

import pytest

from tests.actions.golden_letters import FOLDER, LANGUAGES, PLANS, acknowledgements

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("form", ["txt", "html"])
def test_the_acknowledgement_is_the_one_that_was_read_and_approved(world, plan, language, form):
    golden = (FOLDER / f"{plan}-{language}.{form}").read_text(encoding="utf-8")
    assert acknowledgements(world, plan=plan, language=language)[form] == golden


def test_every_file_is_somebody_s_golden_letter():
    names = {f"{plan}-{language}" for plan in PLANS for language in LANGUAGES}
    assert {path.stem for path in FOLDER.iterdir()} == names
