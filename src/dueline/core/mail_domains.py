"""Mail domains: which belong to a company, and which to everybody."""

from functools import cache
from importlib.resources import files


def domain_of(address: str) -> str:
    """Return the domain by which a colleague can be recognized; "" for a public one."""
    domain = address.lower().rpartition("@")[2]
    return "" if "." not in domain or domain in _public() else domain


@cache
def _public() -> frozenset[str]:
    """Where anybody can have an address: it says nothing about the company one works for."""
    text = (files("dueline.core") / "public_mail_domains.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
