from hypothesis import given
from hypothesis import strategies as st

from dueline.core.stems import terms_of, terms_of_word, words_of


def test_words_are_folded_and_parted_at_everything_else():
    assert words_of("Écran BLÅTT, e-mail: a_b (42%)") == [
        "écran",
        "blått",
        "e",
        "mail",
        "a",
        "b",
        "42",
    ]


def test_a_letter_and_its_accent_written_apart_are_the_same_word():
    assert words_of("Lo\u0308rdag") == words_of("Lördag") == ["lördag"]


def test_an_accent_makes_another_word():
    assert not set(terms_of("för")) & set(terms_of("for"))


def test_forms_of_a_word_meet_in_a_stem_in_each_language():
    for one, other in [
        ("payments", "payment"),
        ("fakturor", "faktura"),
        ("betalningar", "betalning"),
        ("skriveren", "skriver"),
    ]:
        assert set(terms_of_word(one)) & set(terms_of_word(other)), (one, other)


def test_an_enormous_text_gives_a_bounded_index():
    terms = terms_of(" ".join(f"{'x' * 50}{n}" for n in range(9)) + " word" + " y" * 300_000)
    assert "x" * 30 in terms
    assert len(terms_of(" ".join(map(str, range(100_000))))) <= 8_000


@given(st.text(st.characters(), max_size=200))
def test_no_term_can_be_anything_but_letters_and_digits(text):
    assert all(term.isalnum() and len(term) <= 30 for term in terms_of(text))
