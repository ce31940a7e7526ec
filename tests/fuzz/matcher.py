"""Any facts and any message: what is decided, and what always holds of it."""

from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st

from dueline.core.inbound import File, Inbound, Machine
from dueline.core.matching import Decision, Facts, Verdict, decide, find_token, mentioned_number

# Every field, also those with a default: a new one is tried without a word here.
facts = st.builds(Facts, **{field.name: ... for field in fields(Facts)})
_ids = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.from_regex(
            r"<?[1-9]\d{0,20}\.[1-9]\d{0,20}\.([a-z0-9-]{1,8}\.)?[a-z2-7]{20,26}(@x)?>?",
            fullmatch=True,
        ),
    ),
    max_size=4,
).map(tuple)
inbounds = st.builds(
    Inbound,
    **{field.name: ... for field in fields(Inbound) if field.name != "files"},
    files=st.lists(st.builds(File, **{field.name: ... for field in fields(File)}), max_size=2).map(
        tuple
    ),
).flatmap(
    lambda inbound: st.builds(
        lambda to, answered, said: _with(inbound, to=to, in_reply_to=answered, references=said),
        _ids,
        _ids,
        _ids,
    )
)


def _with(inbound: Inbound, **changes: tuple[str, ...]) -> Inbound:
    said = {field.name: getattr(inbound, field.name) for field in fields(Inbound)}
    return Inbound(**{**said, **changes})


def check(inbound: Inbound, known: Facts) -> Decision:
    """Decide, and assert what holds whatever the mail and the facts are."""
    decision = decide(inbound, known)
    assert decision.verdict in Verdict
    assert decision.reason.strip(), "a decision without a reason"
    if decision.acknowledge:
        assert decision.machine is Machine.NONE, "a machine would be acknowledged"
        assert decision.verdict in (Verdict.OPEN, Verdict.ADD, Verdict.VOUCH)
    if known.is_own:
        assert decision.verdict is Verdict.RECORD, "a mail of our own would be taken"
    assert find_token("a secret", inbound) is None, "a token was guessed"
    mentioned_number(inbound.subject)
    return decision


def try_matcher(examples: int) -> None:
    """Try so many pairs of message and facts, others each time."""

    @settings(max_examples=examples, deadline=None, database=None, derandomize=False)
    @given(inbounds, facts)
    def attempt(inbound: Inbound, known: Facts) -> None:
        check(inbound, known)

    attempt()
