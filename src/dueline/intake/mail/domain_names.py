"""Asking the name servers about one mail, within a bounded time. Imports no Django."""

import time
from collections.abc import Callable
from functools import cache
from typing import Any

import dns.exception
import dns.name
import dns.resolver
from publicsuffixlist import PublicSuffixList

# Five seconds in all: the last of them tell a dead resolver from a sender's own dead servers.
SECONDS = 4.0
_SECONDS_TO_TELL = 1.0
_MOST_QUESTIONS = 40  # SPF alone may need ten, and each of them some more


class Unanswered(Exception):
    """No answer, which says nothing; that a name does not exist is an answer."""


class Names:
    """The questions of one mail. server: "host:port"; "": as the machine is set up."""

    def __init__(self, resolver: dns.resolver.Resolver, *, seconds: float = SECONDS) -> None:
        self._resolver = resolver
        self._until = time.monotonic() + seconds
        self._left = _MOST_QUESTIONS

    def ask(self, name: str, kind: str) -> list[Any]:
        """Return the records of one kind; [] if there are none. Raises Unanswered."""
        seconds = self._until - time.monotonic()
        self._left -= 1
        if seconds <= 0 or self._left < 0:
            raise Unanswered(name)
        try:
            return list(self._resolver.resolve(name, kind, lifetime=seconds, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.name.LabelTooLong, dns.name.EmptyLabel, dns.name.NameTooLong, UnicodeError):
            return []  # no name that anybody could have published
        except (dns.exception.DNSException, OSError) as error:
            raise Unanswered(name) from error

    def texts(self, name: str) -> list[bytes]:
        return [b"".join(record.strings) for record in self.ask(name, "TXT")]

    def is_anybody_there(self) -> bool:
        """Whether the resolver answers at all: it knows where the root is, or it is dead."""
        try:
            self._resolver.resolve(".", "NS", lifetime=_SECONDS_TO_TELL, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.NoNameservers):
            return True
        except (dns.exception.DNSException, OSError):
            return False
        return True


def resolver_of(server: str) -> dns.resolver.Resolver:
    """Return who is asked. Raises dns.exception.DNSException if the machine knows nobody."""
    if server:
        host, _, port = server.rpartition(":")
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [host.strip("[]") or "127.0.0.1"], int(port)
    else:
        resolver = dns.resolver.Resolver()
    resolver.cache = dns.resolver.LRUCache(2000)
    resolver.timeout = 2.0  # then the next server, within the time that is left
    return resolver


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def organization_of(domain: str) -> str:
    """Return the domain that somebody registered: `example.co.uk` of `mail.example.co.uk`."""
    domain = domain.lower().strip(".")
    return _suffixes().privatesuffix(domain) or domain


def related_to(domain: str) -> Callable[[str], bool]:
    """Return whether a domain belongs to the same organization (relaxed alignment)."""
    organization = organization_of(domain)
    return lambda other: organization_of(other) == organization
