"""Case Numbers: digits that survive being read out over a telephone.

The last digit is a check digit after H. Michael Damm (a totally anti-symmetric quasigroup
of order 10): it catches every single wrong digit and every swap of two neighbours.
"""

import re

from dueline.core.errors import Refusal

# The order-10 quasigroup of Damm's 2004 thesis. Zero diagonal: a valid number checks to 0.
_QUASIGROUP = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
# The first case of a desk is 10001-x: long enough to be recognised as a Case Number in a sentence.
_FIRST = 10_000


def case_number(case_id: int) -> str:
    """Return the Case Number of a stored case, grouped for speaking: `10042-5`.

    The number is computed from the row's id, so the database's own sequence makes it
    unique, and never hands one out twice.
    """
    digits = str(_FIRST + case_id)
    return f"{digits}-{_check_digit(digits)}"


def parse_case_number(text: str) -> int:
    """Return the id of the case whose number a person typed.

    Accepts what people write: `10042-5`, `100425`, `#10042 5`, `[10042-5]`.
    Raises Refusal("misheard") when the check digit does not fit, and
    Refusal("not-a-number") when it is no Case Number at all.
    """
    digits = re.sub(r"[\s#\[\]–-]", "", text)
    if not (digits.isascii() and digits.isdigit() and 6 <= len(digits) <= 18):
        raise Refusal("not-a-number", "A Case Number has at least six digits, like 10042-5.")
    if _check_digit(digits) != "0":
        raise Refusal(
            "misheard",
            "This is not a Case Number of ours: a digit is wrong, or two are swapped.",
        )
    case_id = int(digits[:-1]) - _FIRST
    if digits[0] == "0" or case_id < 1:
        raise Refusal("not-a-number", "A Case Number has at least six digits, like 10042-5.")
    return case_id


def _check_digit(digits: str) -> str:
    interim = "0"
    for digit in digits:
        interim = _QUASIGROUP[int(interim)][int(digit)]
    return interim
