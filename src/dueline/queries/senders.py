"""Whom the sender of a mail could be taken for: known companies, contacts, agents, the desk."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Value
from django.db.models.functions import Lower, StrIndex, Substr

from dueline.core.look_alikes import is_same_name, mixes_scripts, resembled_domain
from dueline.core.mail_domains import domain_of
from dueline.models import Agent, Contact, Desk, Mailbox


class Sender(NamedTuple):
    """How a sender calls themselves ("": in no way), and from where they write."""

    name: str
    address: str


class Resemblance(NamedTuple):
    """kind: "domain" (what: the known one), "name" (whose; who: "agent", "contact", "desk"), or
    "script" (the domain mixes alphabets)."""

    kind: str
    what: str = ""
    who: str = ""


def resemblances(senders: Iterable[Sender]) -> dict[Sender, Resemblance]:
    """Return which of these senders could be taken for somebody else, and for whom.

    At most six statements, however many they are; none if all are contacts of a company.
    """
    asked = {one for one in senders if "@" in one.address}
    addresses = {one.address.lower() for one in asked}
    known = Contact.objects.filter(email__in=addresses, organization__isnull=False)
    listed = set(known.values_list("email", flat=True)) if addresses else set()
    strange = {one for one in asked if one.address.lower() not in listed}
    if not strange:
        return {}
    knowledge = _Knowledge(strange)
    found = {one: knowledge.resembled_by(one) for one in strange}
    return {one: resemblance for one, resemblance in found.items() if resemblance}


class _Knowledge:
    """What is known of everybody, as far as these senders could resemble it."""

    def __init__(self, senders: Iterable[Sender]) -> None:
        desk = Desk.objects.values_list("name", "mail_address").first() or ("", "")
        boxes = list(Mailbox.objects.values_list("name", "address"))
        agents = list(Agent.objects.values_list("name", "account__email"))
        self._own = {address for _, address in (desk, *boxes, *agents)}
        self._domains = sorted({*_company_domains(), *filter(None, map(domain_of, self._own))})
        self._names = [(name, "desk") for name, _ in (desk, *boxes) if name]
        self._names += [(name, "agent") for name, _ in agents]
        self._names += [(name, "contact") for name in _contacts_called(senders)]

    def resembled_by(self, sender: Sender) -> Resemblance | None:
        if sender.address.lower() in self._own:
            return None
        domain = sender.address.rpartition("@")[2]
        if what := resembled_domain(domain, self._domains):
            return Resemblance("domain", what)
        for name, who in self._names:
            if is_same_name(sender.name, name):
                return Resemblance("name", name, who)
        return Resemblance("script") if mixes_scripts(domain) else None


def _company_domains() -> set[str]:
    """Return the domains from which the people of companies write; not those that all share."""
    domain = Substr("email", StrIndex("email", Value("@")) + 1)
    listed = Contact.objects.filter(
        organization__isnull=False, left_at=None, email__isnull=False
    ).order_by()
    found = listed.annotate(domain=domain).values_list("domain", flat=True).distinct()
    return {one for one in found if domain_of(f"x@{one}")}


def _contacts_called(senders: Iterable[Sender]) -> list[str]:
    """Return the names of contacts of companies that one of these senders bears."""
    names = {one.name.lower() for one in senders if one.name}
    listed = Contact.objects.filter(organization__isnull=False, left_at=None).order_by()
    called = listed.annotate(called=Lower("name")).filter(called__in=names)
    return list(called.values_list("name", flat=True).distinct())
