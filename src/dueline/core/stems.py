"""The words of a text, and the terms under which they are found.

Both databases store these terms as they are cut here and match them letter by letter, so that a
search finds the same on either. Requests come in English, Swedish and Norwegian, often mixed in
one thread: a word is kept as it stands and under its stem in each of the three.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

# An underscore is no letter here, so that a term with one can never be typed: see `queries.search`.
_WORD = re.compile(r"[^\W_]+")
# What stands beyond these bounds of a text is not found by search. They keep one enormous mail
# from filling the index, and a document within the megabyte that PostgreSQL allows.
_MOST_WORDS = 2_000
_LONGEST_WORD = 30
_LONGEST_TEXT = 200_000

_STEMMERS = [snowballstemmer.stemmer(name) for name in ("english", "swedish", "norwegian")]


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded, in their order. Whatever is no word only separates."""
    folded = unicodedata.normalize("NFC", text[:_LONGEST_TEXT]).casefold()
    return [word[:_LONGEST_WORD] for word in _WORD.findall(folded)]


@lru_cache(maxsize=50_000)
def terms_of_word(word: str) -> tuple[str, ...]:
    """Return a folded word and its distinct stems: two words match when they share one."""
    return tuple(dict.fromkeys([word, *(stemmer.stemWord(word) for stemmer in _STEMMERS)]))


def terms_of(text: str) -> list[str]:
    """Return every term under which a text is found, each once."""
    return sorted(set(_terms(text)))


def _terms(text: str) -> Iterator[str]:
    for word in list(dict.fromkeys(words_of(text)))[:_MOST_WORDS]:
        yield from terms_of_word(word)


# --- terms that nobody can type: they have an underscore -----------------------------------------

# How many events share a block, as a power of two.
NEAR, FAR = 12, 15


def reader_terms(*, contact_id: int, organization_id: int | None) -> list[str]:
    """Return who reads a public text, so that a customer's search passes over everybody else's.

    They only make it quick: who may see a case is decided by `queries.cases.visible_to`.
    """
    company = [f"organization_{organization_id}"] if organization_id else []
    return [f"contact_{contact_id}", *company]


def block_terms(event_id: int) -> list[str]:
    """Return the near and the far block of a text, so that the newest texts can be asked first."""
    return [f"near_{event_id >> NEAR}", f"far_{event_id >> FAR}"]
