"""Search, on both databases alike."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from dueline.actions import assistance, cases, messages
from dueline.core.case_numbers import case_number
from dueline.queries.search import search
from tests.world import MONDAY, build_world, utc

LATER = utc("2026-11-23T10:00")


def found(person, text, **options):
    return [row.id for row in search(person, text, **options).rows]


def test_a_case_number_names_the_case_however_it_is_written(world):
    case = world.case()
    for typed in (
        case.number,
        case.number.replace("-", ""),
        f"#{case.number}",
        f" [{case.number}] ",
    ):
        assert search(world.asta, typed).case_id == case.pk


def test_a_misheard_number_is_said_and_opens_nothing(world):
    digits = list(world.case().number)
    digits[2] = str((int(digits[2]) + 1) % 10)
    answer = search(world.asta, "".join(digits))
    assert answer.case_id is None
    assert "a digit is wrong" in answer.misheard


def test_i16_the_number_of_a_case_of_another_company_is_like_one_that_never_was(world):
    case = world.case()
    assert search(world.eve, case.number) == search(world.eve, case_number(case.pk + 1000))
    assert search(world.eve, case.number).case_id is None


def test_a_number_longer_than_any_id_is_no_case(world):
    number = case_number(10**16 - 20_000).replace("-", "")
    assert search(world.asta, number).case_id is None


def test_every_word_must_be_found_in_one_text(world):
    case = world.case(subject="Export stops", text="It stops at 3000 rows.")
    world.case(subject="Import stops", text="It is slow.")
    assert found(world.asta, "export rows") == [case.pk]
    assert found(world.asta, "export slow") == []


def test_other_forms_of_a_word_are_found_in_three_languages(world):
    english = world.case(text="All payments were refused.")
    swedish = world.case(text="Inga fakturor kom fram.")
    norwegian = world.case(text="Skriveren svarer ikke.")
    assert found(world.asta, "refusing payment") == [english.pk]
    assert found(world.asta, "faktura") == [swedish.pk]
    assert found(world.asta, "skriver svare") == [norwegian.pk]


def test_the_last_word_may_be_a_beginning_and_no_other(world):
    case = world.case(subject="Licences", text="A question about invoicing.")
    assert found(world.asta, "licences invoi") == [case.pk]
    assert found(world.asta, "invoi licences") == []


def test_the_newest_text_comes_first_and_a_case_once(world):
    older, newer = world.case(text="printer one"), world.case(text="printer two")
    assert found(world.asta, "printer") == [newer.pk, older.pk]
    messages.reply(older.pk, text="The printer is back.", actor=world.asta, at=LATER)
    assert found(world.asta, "printer") == [older.pk, newer.pk]


def test_older_pages_go_on_where_the_newer_ended_and_repeat_nothing(world):
    opened = [world.case(text=f"printer {n}").pk for n in range(7)]
    messages.reply(opened[0], text="The printer is back.", actor=world.asta, at=LATER)
    pages, before = [], None
    while True:
        answer = search(world.asta, "printer", limit=3, before=before)
        pages.append([row.id for row in answer.rows])
        before = answer.before
        if before is None:
            break
    assert pages == [
        [opened[0], opened[6], opened[5]],
        [opened[4], opened[3], opened[2]],
        [opened[1]],
    ]


def test_a_case_is_found_by_its_customer(world):
    case = world.case(world.eve, text="Nothing works.")
    world.case(world.cleo)
    for typed in ("southgate", "Eve Moss", "eve@southgate.example", "southgate nothing"):
        assert found(world.asta, typed) == [case.pk], typed


def test_customers_are_found_by_name_company_address_and_telephone(world):
    for typed in ("dag", "Dag Ek", "dag@northwind", "070-987 65 43", "+46 70 987 65 43"):
        assert [row.name for row in search(world.asta, typed).contacts] == ["Dag Ek"], typed
    names = [row.name for row in search(world.asta, "northwind").contacts]
    assert names == ["Cleo Dahl", "Dag Ek"]


def test_a_telephone_number_that_somebody_has_is_no_misheard_case_number(world):
    answer = search(world.asta, "070-987 65 43")
    assert (answer.misheard, len(answer.contacts)) == (None, 1)


def test_customers_never_find_customers(world):
    assert search(world.cleo, "dag").contacts == []


def test_i16_a_plain_contact_finds_own_cases_a_super_user_the_company_and_nobody_another(world):
    own, hers = world.case(world.dag, text="kettle"), world.case(world.cleo, text="kettle")
    theirs = world.case(world.eve, text="kettle")
    assert found(world.dag, "kettle") == [own.pk]
    assert found(world.cleo, "kettle") == [hers.pk, own.pk]
    assert found(world.eve, "kettle") == [theirs.pk]
    assert found(world.asta, "kettle") == [theirs.pk, hers.pk, own.pk]


def test_i23_internal_words_match_for_colleagues_and_never_for_customers(world):
    case = world.case()
    messages.reply(case.pk, text="We look into it.", actor=world.asta, at=LATER)
    messages.add_note(case.pk, text="zebra", actor=world.asta, at=LATER)
    messages.log_call(
        case.pk,
        reached=True,
        direction="out",
        happened_at=LATER,
        actor=world.asta,
        at=LATER,
        summary="giraffe",
    )
    question = assistance.ask(case.pk, text="antelope", actor=world.asta, at=LATER)
    assistance.answer(question.pk, text="buffalo", actor=world.tove, at=LATER)
    for word in ("zebra", "giraffe", "antelope", "buffalo"):
        assert found(world.asta, word) == [case.pk], word
        nothing = search(world.cleo, "unheard-of")
        assert search(world.cleo, word) == nothing, word


def test_i16_a_customer_who_moved_sees_what_they_may_see_now(world):
    case = world.case(world.dag, text="kettle")
    person = world.contact(world.dag).as_person()
    cases.Case.objects.filter(pk=case.pk).update(contact=world.eve.id)
    assert found(person, "kettle") == []


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "'",
        '"',
        '"payment',
        "payment*",
        "* payment",
        "payment AND",
        "NOT payment",
        "NEAR(payment page, 2)",
        "terms:payment",
        "case_id:1",
        "^payment",
        "payment & | ! <-> page:*",
        "'); DROP TABLE dueline_case; --",
        "%",
        "%s",
        "_",
        "\\",
        "\x00payment",
        "\ud800",
        "pay\u00adment",
        "(((((((",
        "payment " * 5000,
        "x" * 100_000,
        "contact_1",
        "organization_1 OR contact_1",
    ],
)
def test_i48_whatever_is_typed_is_words_and_never_a_command(world, typed):
    case = world.case()
    for person in (world.asta, world.eve):
        rows = search(person, typed).rows
        assert [row.id for row in rows] in ([], [case.pk])
    assert search(world.eve, typed).rows == []


def test_a_common_word_and_a_rare_one_are_both_found_among_many_texts(world):
    """PostgreSQL asks the newest texts first: what is older must be found all the same."""
    rare = world.case(text="unicorn")
    with_many = world.case(text="horse")
    for n in range(60):
        messages.add_note(with_many.pk, text=f"horse {n}", actor=world.asta, at=LATER)
    last = world.case(text="horse", at=MONDAY)
    assert found(world.asta, "unicorn") == [rare.pk]
    assert found(world.asta, "horse", limit=5) == [last.pk, with_many.pk]


class AnyText(TestCase):
    @settings(max_examples=100)
    @given(st.text(max_size=60))
    def test_no_text_makes_search_fail(self, text):
        world = build_world()
        world.case(text=text)
        search(world.asta, text)
        assert search(world.eve, text).rows == []
