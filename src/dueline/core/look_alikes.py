"""Addresses and names that are made to be taken for others. Takes linear time."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Letters of other scripts, digits and pairs that the eye takes for Latin letters.
_LOOKS_LIKE = str.maketrans(
    {
        **dict(zip("0135$", "oless", strict=True)),
        **dict(zip("абвгеёзікмнорсстухѕјԁԛԝһѵ", "abbreezikmhopcctyxsjdqwhv", strict=True)),
        **dict(zip("αβγεηικνορτυχω", "abyeniknoptuxw", strict=True)),
        **dict(zip("łøđħıæß", "lodhiab", strict=True)),
        "i": "l",  # and both are "1"
        "|": "l",
    }
)
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_LONGEST = 253
_SHORTEST = 8  # one letter more or less tells "ibm.com" from "ibn.com", and both are honest


def resembled_domain(domain: str, known: Iterable[str]) -> str:
    """Return which of the known domains somebody would take this one for; "" for none.

    A known domain, and what lies below one, resembles nothing: it is what it says.
    """
    domain = _readable(domain)
    known = [one.lower() for one in known]
    if any(domain == one or domain.endswith(f".{one}") for one in known):
        return ""
    shape = _shape(domain)
    for one in known:
        if shape == _shape(one) or domain.startswith(f"{one}."):
            return one
        if len(one) >= _SHORTEST and _is_one_edit(domain, one):
            return one
    return ""


def mixes_scripts(domain: str) -> bool:
    """Whether a part of a domain has letters of several alphabets, as no word has."""
    return any(len(_scripts(label)) > 1 for label in _readable(domain).split("."))


def is_same_name(one: str, other: str) -> bool:
    """Whether two names read the same."""
    return bool(one.strip()) and _shape(" ".join(one.split())) == _shape(" ".join(other.split()))


def readable_domain(domain: str) -> str:
    """Return a domain as a person would read it: `xn--…` written out."""
    return _readable(domain)


@lru_cache(maxsize=4096)
def _readable(domain: str) -> str:
    labels = domain.lower()[:_LONGEST].strip(".").split(".")
    return ".".join(_written_out(label) for label in labels)


def _written_out(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode").lower()
    except (UnicodeError, ValueError, OverflowError):
        return label


@lru_cache(maxsize=4096)
def _shape(text: str) -> str:
    """Return a text as the eye takes it in."""
    plain = unicodedata.normalize("NFKD", text[:_LONGEST].casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = plain.translate(_LOOKS_LIKE)
    for pair, letter in _PAIRS:
        plain = plain.replace(pair, letter)
    return plain


def _scripts(label: str) -> set[str]:
    names = (unicodedata.name(letter, "") for letter in label if letter.isalpha())
    return {name.split(" ")[0] for name in names if name}


def _is_one_edit(one: str, other: str) -> bool:
    """Whether a letter more, less, or other, or two that changed places, make one the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = 0
    shorter = min(len(one), len(other))
    while start < shorter and one[start] == other[start]:
        start += 1
    if len(one) > len(other):
        return one[start + 1 :] == other[start:]
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    is_other_letter = one[start + 1 :] == other[start + 1 :]
    is_swapped = one[start : start + 2] == other[start : start + 2][::-1]
    return is_other_letter or (is_swapped and one[start + 2 :] == other[start + 2 :])
