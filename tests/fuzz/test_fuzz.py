"""A short and repeatable turn of what bin/fuzz-mail does for as long as is wished."""

from random import Random

import pytest
from hypothesis import given

from dueline.intake.mail.child import Reader
from tests.fuzz import matcher
from tests.fuzz.mutations import MUTATIONS, mutated
from tests.fuzz.run import Tally, check_inbound, try_mail
from tests.intake.test_samples import SAMPLES

SOURCES = [path.read_bytes() for path in SAMPLES]


@pytest.mark.parametrize("seed", range(4))
def test_i46_mails_made_wrong_are_read_or_held_by_a_bound(seed):
    random, tally, reader = Random(seed), Tally(), Reader()
    for _ in range(150):
        try_mail(reader, mutated(SOURCES, random), tally)
    reader.close()
    assert tally.finds == []
    assert tally.outcomes["read"] > 100


@given(matcher.inbounds, matcher.facts)
def test_any_message_and_any_facts_come_to_a_decision(inbound, known):
    matcher.check(inbound, known)


def test_a_find_is_told_from_a_bound():
    """The fuzzer itself must be able to fail."""
    tally = Tally()

    class Dying(Reader):
        def read(self, raw, **wishes):
            from dueline.intake.mail.child import Unreadable

            raise Unreadable("the reader failed on it; the log says where")

    try_mail(Dying(), b"x", tally)
    assert len(tally.finds) == 1
    with pytest.raises(AssertionError, match="line break"):
        check_inbound(matcher.Inbound(channel="mail", subject="a\nb"))


def test_the_same_seed_makes_the_same_mails():
    assert mutated(SOURCES, Random(7)) == mutated(SOURCES, Random(7))
    assert len({mutation(SOURCES[0], Random(1), SOURCES) for mutation in MUTATIONS}) > 8
