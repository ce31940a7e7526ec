"""Sizes of files, as people say them."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def say_size(size: int) -> str:
    """Say a number of bytes: "220 kB", "1.4 MB"."""
    if size < 1000:
        return _("%(n)s B") % {"n": size}
    if size < 1_000_000:
        return _("%(n)s kB") % {"n": round(size / 1000)}
    return _("%(n)s MB") % {"n": _say_tenths(size / 1_000_000)}


def _say_tenths(number: float) -> str:
    """Say a number with one decimal, after the point or comma of the language; none if it is 0."""
    rounded = round(number, 1)
    return number_format(rounded, decimal_pos=0 if rounded.is_integer() else 1)
