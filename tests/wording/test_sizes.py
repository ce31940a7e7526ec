"""A file is as large as people say, with the decimal mark of their language."""

import pytest
from django.utils import translation

from dueline.wording.sizes import say_size


@pytest.mark.parametrize(
    ("size", "english", "swedish", "norwegian"),
    [
        (0, "0 B", "0 B", "0 B"),
        (219_700, "220 kB", "220 kB", "220 kB"),
        (1_400_000, "1.4 MB", "1,4 MB", "1,4 MB"),
        (1_960_000, "2 MB", "2 MB", "2 MB"),
        (25_000_000, "25 MB", "25 MB", "25 MB"),
    ],
)
def test_a_size_is_spelled_as_in_the_reader_s_language(size, english, swedish, norwegian):
    for language, said in (("en", english), ("sv", swedish), ("nb", norwegian)):
        with translation.override(language):
            assert say_size(size) == said
