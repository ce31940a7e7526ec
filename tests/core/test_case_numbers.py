"""A Case Number survives being read out over a telephone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.case_numbers import case_number, parse_case_number
from dueline.core.errors import Refusal

ids = st.integers(1, 10**9)


def refused(text):
    with pytest.raises(Refusal) as refusal:
        parse_case_number(text)
    return refusal.value.code


@given(ids)
def test_every_number_is_read_back(case_id):
    assert parse_case_number(case_number(case_id)) == case_id


@given(ids)
def test_every_single_wrong_digit_is_caught(case_id):
    number = case_number(case_id)
    for place, digit in enumerate(number):
        for wrong in set("0123456789") - {digit}:
            if digit.isdigit():
                assert refused(number[:place] + wrong + number[place + 1 :]) == "misheard"


@given(ids)
def test_every_swap_of_neighbours_is_caught(case_id):
    digits = case_number(case_id).replace("-", "")
    for place in range(len(digits) - 1):
        left, right = digits[place], digits[place + 1]
        if left != right:
            swapped = digits[:place] + right + left + digits[place + 2 :]
            assert refused(swapped) == "misheard"


def test_the_first_thousand_numbers_are_all_caught_and_all_different():
    numbers = [case_number(case_id) for case_id in range(1, 1001)]
    assert len(set(numbers)) == 1000
    for number in numbers:
        test_every_single_wrong_digit_is_caught.hypothesis.inner_test(parse_case_number(number))


def test_the_first_case_has_a_number_that_is_recognised_as_one():
    assert case_number(1) == "10001-4"
    assert case_number(42) == "10042-5"


@pytest.mark.parametrize(
    "written", ["10042-5", "100425", "#10042-5", "[10042-5]", " 10042 5 ", "# 10042–5", "10 042-5"]
)
def test_what_people_write_is_read(written):
    assert parse_case_number(written) == 42


@pytest.mark.parametrize(
    "written",
    ["", "7", "10042", "hello", "10042-x", "١٠٠٤٢٥", "1" * 19, "-" * 10, "100425; drop", "0" * 6],
)
def test_what_is_no_case_number_is_told_apart_from_a_misheard_one(written):
    assert refused(written) == "not-a-number"


def test_a_misheard_number_is_recognised_as_such():
    assert refused("10042-8") == "misheard"
    assert refused("10024-5") == "misheard"
