"""The three ways in which something can fail without being our bug."""


class Refusal(Exception):
    """The rules say no. Shown to the person who asked.

    code: a short stable word for machines ("stale", "not-allowed", …).
    text: a sentence (translatable) that says what is wrong and what to do.
    """

    def __init__(self, code: str, text: str, **facts: object) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.facts = facts


class TryLater(Exception):
    """The outside world is not ready; the same attempt may succeed later."""


class GiveUp(Exception):
    """The outside world said no for good; trying again cannot help."""
