"""SPF, DKIM, DMARC and ARC of one mail. Runs in a child process (`checker.py`); no Django.

The sender's policy comes first, before a question that a forger's own name servers could answer
slowly. And only what could prove the sender is looked at: signatures and servers of the same
organization. A valid signature of somebody else proves nothing, and costs a forger nothing.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import dkim
import spf
from dkim.util import InvalidTagValueList, parse_tag_value

from dueline.core.authentication_results import seals_of
from dueline.core.mail_headers import header_lines
from dueline.core.trust import Found, Policy, read_policy
from dueline.intake.mail.domain_names import Names, Unanswered, organization_of, related_to
from dueline.intake.mail.signed_text import opened

_MOST_SIGNATURES = 5
_FROM_LINE = re.compile(rb"(?:\A|[\r\n])from[ \t]*:", re.IGNORECASE)
_HEAD_ENDS = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_SPF_WORDS = {"pass", "fail", "softfail", "neutral", "none", "temperror", "permerror"}

# dkimpy would print what is odd about each mail (i44).
_silent = logging.getLogger("dueline.checks")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


def has_several_senders(raw: bytes) -> bool:
    """Whether there is more than one From header: one could be signed, and the other be shown."""
    end = _HEAD_ENDS.search(raw[: 256 * 1024])
    head = raw[: end.start()] if end else raw[: 256 * 1024]
    return len(_FROM_LINE.findall(head)) > 1


def look(
    raw: bytes,
    *,
    domain: str,
    mail_from: str,
    peer: str,
    helo: str,
    believed: Sequence[str],
    names: Names,
) -> Found:
    """Return what can be found out about a mail that names `domain` as its sender's.

    peer: the public address that brought it, "" if that is not known: then SPF is not asked.
    believed: whose ARC seals count. Raises Unanswered if the policy itself cannot be learned.
    """
    found = Found(domain, policy_of(domain, names))
    found = _with_signatures(found, raw, names)
    if peer and not found.dkim:
        found = _with_servers(found, peer=peer, mail_from=mail_from, helo=helo, names=names)
    if found.policy and not found.dkim and found.spf != "pass":
        found = _with_seals(found, raw, believed, names)
    return found


def policy_of(domain: str, names: Names) -> Policy | None:
    """Return what a domain, or else its organization, publishes. Raises Unanswered."""
    own = read_policy(_words(names.texts(f"_dmarc.{domain}")))
    organization = organization_of(domain)
    if own or organization == domain:
        return own
    return read_policy(_words(names.texts(f"_dmarc.{organization}")), is_subdomain=True)


def _words(records: list[bytes]) -> list[str]:
    return [record.decode("ascii", "replace").strip() for record in records]


# --- DKIM ---------------------------------------------------------------------------------------


def _with_signatures(found: Found, raw: bytes, names: Names) -> Found:
    is_related = related_to(found.domain)
    try:
        signed = opened(raw, dkim.DKIM, logger=_silent)
    except dkim.DKIMException:
        return found  # no mail that a signature could be checked of
    holds: dict[str, None] = {}
    broken: dict[str, None] = {}
    unanswered, looked_at = False, 0
    headers = [value for name, value in signed.headers if name.lower() == b"dkim-signature"]
    for index, value in enumerate(headers):
        signer, is_whole = _signer(value)
        if not signer or looked_at == _MOST_SIGNATURES or not is_related(signer):
            continue
        looked_at += 1
        try:
            right = is_whole and signed.verify(index, dnsfunc=_keys(names))
        except Unanswered:
            unanswered = True
            continue
        except (dkim.DKIMException, ValueError, LookupError, TypeError, AssertionError):
            right = False
        (holds if right else broken)[signer] = None
    return replace(
        found,
        dkim=tuple(holds),
        broken=tuple(name for name in broken if name not in holds),
        is_unanswered=unanswered,
    )


def _signer(value: bytes) -> tuple[str, bool]:
    """Return whose signature it is, and whether it covers the whole body: what comes behind the
    length that `l=` names could have been added by anybody."""
    try:
        tags = parse_tag_value(value)
        return tags[b"d"].decode("ascii").lower().strip("."), b"l" not in tags
    except (InvalidTagValueList, KeyError, UnicodeDecodeError, ValueError):
        return "", False


def _keys(names: Names) -> Any:
    def key(name: bytes, timeout: float = 0) -> bytes:
        records = names.texts(name.decode("ascii", "replace").rstrip("."))
        return next((one for one in records if b"p=" in one), b"")

    return key


# --- SPF ----------------------------------------------------------------------------------------


def _with_servers(found: Found, *, peer: str, mail_from: str, helo: str, names: Names) -> Found:
    """Ask whether the server that sent it may send for its envelope's sender."""
    envelope = (mail_from.rpartition("@")[2] or helo).lower().strip(".")
    if not envelope or not related_to(found.domain)(envelope):
        return replace(found, spf="none")
    spf.DNSLookup = _answers(names)
    try:
        result, *_ = spf.query(i=peer, s=mail_from, h=helo or envelope, querytime=5).check()
    except Unanswered:
        result = "temperror"
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        result = "permerror"
    result = result if result in _SPF_WORDS else "none"
    unanswered = found.is_unanswered or result == "temperror"
    return replace(found, spf=result, spf_domain=envelope, is_unanswered=unanswered)


def _answers(names: Names) -> Any:
    """Return what pyspf asks instead of the resolver that it would look for itself."""
    shape = {
        "A": lambda record: record.address,
        "AAAA": lambda record: record.address,
        "MX": lambda record: (record.preference, record.exchange.to_text(True)),
        "PTR": lambda record: record.target.to_text(True),
        "TXT": lambda record: record.strings,
    }

    def answers(name: str, kind: str, strict: bool = True, timeout: float = 0) -> list[Any]:
        if kind not in shape:
            return []
        return [((name, kind), shape[kind](record)) for record in names.ask(name, kind)]

    return answers


# --- ARC ----------------------------------------------------------------------------------------


def _with_seals(found: Found, raw: bytes, believed: Sequence[str], names: Names) -> Found:
    seals = seals_of(header_lines(raw), believed=believed)
    if not seals.sealer:
        return found
    try:
        result, *_ = opened(raw, dkim.ARC, logger=_silent).verify(dnsfunc=_keys(names))
    except Unanswered:
        return replace(found, is_unanswered=True, sealer=seals.sealer)
    except (dkim.DKIMException, ValueError, LookupError, TypeError, AssertionError):
        result = dkim.CV_Fail
    arc = (result or dkim.CV_Fail).decode("ascii")
    return replace(found, arc=arc, sealer=seals.sealer, sealed=seals.dmarc)
