"""Texts for the benchmark: made-up words whose frequencies fall as those of a language do."""

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from random import Random

from dueline.core.stems import terms_of

_TEXTS = 4_000
_VOCABULARY = 30_000
_SYLLABLES = [
    first + vowel + last
    for first in ("", *"bdfghjklmnprstv", "sk", "tr", "br")
    for vowel in "aeiouyåäö"
    for last in ("", *"lmnrst")
]


@dataclass
class Text:
    words: str

    @cached_property
    def terms(self) -> list[str]:
        return terms_of(self.words)


class Texts:
    """A pool of texts, the same on every run."""

    def __init__(self) -> None:
        random = Random(2)
        words: dict[str, None] = {}
        while len(words) < _VOCABULARY:
            words["".join(random.choices(_SYLLABLES, k=random.randint(2, 4)))] = None
        vocabulary = list(words)
        weights = list(accumulate(1 / rank for rank in range(3, _VOCABULARY + 3)))
        self.pool = []
        for _ in range(_TEXTS):
            length = random.randint(20, 110)
            self.pool.append(
                Text(" ".join(random.choices(vocabulary, cum_weights=weights, k=length)))
            )

    def words_found_in(self, share: float) -> list[str]:
        """Return words that stand in about this share of the texts, the nearest first."""
        counts: dict[str, int] = {}
        for text in self.pool:
            for word in set(text.words.split()):
                counts[word] = counts.get(word, 0) + 1
        wanted = share * len(self.pool)
        return sorted(counts, key=lambda word: (abs(counts[word] - wanted), word))[:10]
