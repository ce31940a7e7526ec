"""The pseudo-language, for those who look for what was not translated."""

from collections.abc import Iterator

import pytest

from dueline.wording import language
from tests.site.pseudo import CODE, catalog


@pytest.fixture
def pseudo(settings, tmp_path) -> Iterator[str]:
    """Let readers choose the pseudo-language. Templates keep their words: they are made anew."""
    folder = tmp_path / CODE / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(catalog())
    settings.LOCALE_PATHS = [*settings.LOCALE_PATHS, tmp_path]
    settings.LANGUAGES = [*settings.LANGUAGES, (CODE, "Pseudo")]
    settings.TEMPLATES = [dict(settings.TEMPLATES[0])]
    language._said.cache_clear()
    yield CODE
    language._said.cache_clear()
