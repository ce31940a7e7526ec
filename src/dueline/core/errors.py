"""The three ways in which something can fail without being our bug."""


class Refusal(Exception):
    """The rules say no. Shown to the person who asked.

    code: a short stable word for machines ("stale", "not-allowed", …).
    words: a sentence that says what is wrong and what to do, with `%(name)s` for each of the
    facts; `wording.refusals` says it in the reader's language. text: the same in English.
    """

    def __init__(self, code: str, words: str, **facts: object) -> None:
        self.code = code
        self.words = words
        self.facts = facts
        self.text = words % facts if facts else words
        super().__init__(self.text)


def gettext_noop(text: str) -> str:
    """Mark a sentence for the translators that reaches `Refusal` by another way."""
    return text


class TryLater(Exception):
    """The outside world is not ready; the same attempt may succeed later."""


class GiveUp(Exception):
    """The outside world said no for good; trying again cannot help."""
