"""Case Numbers in addresses. One that cannot be is no address of ours: 404."""

from dueline.core.case_numbers import case_number, parse_case_number
from dueline.core.errors import Refusal


class CaseNumberConverter:
    """`10042-7` in an address, the case's id in a view."""

    regex = r"\d{5,17}-\d"

    def to_python(self, value: str) -> int:
        try:
            return parse_case_number(value)
        except Refusal as refusal:
            raise ValueError from refusal

    def to_url(self, value: int) -> str:
        return case_number(value)
