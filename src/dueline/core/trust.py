"""Whether a mail comes from the domain that it names as its sender's.

A domain publishes how its mails can be told (DMARC, RFC 7489): by a signature (DKIM) or by the
servers that send them (SPF), of a domain that is its own. Who passes a mail on may vouch for what
it saw (ARC). A mail of a domain that publishes nothing proves nothing, either way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

DESK = "desk"  # in `Trust.by`: we looked ourselves


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105 - the domain vouches for it
    FAIL = "fail"  # it does not come from the domain that it names, as far as can be seen
    UNKNOWN = "unknown"  # nobody can say, or nobody looked


@dataclass(frozen=True, slots=True)
class Policy:
    """What a domain publishes. asks: what it wants done with mail that fails."""

    asks: str  # "none", "quarantine", "reject"
    strict_dkim: bool = False
    strict_spf: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was found out about a mail that names `domain` as its sender's.

    spf: the word of RFC 7208, "" if the server that sent it is not known. dkim, broken: domains of
    the signatures that hold, and that do not; like spf_domain only those of the same organization.
    is_unanswered: a name server gave no answer on which the verdict hangs.
    arc: "none", "pass" or "fail"; sealer, sealed: who vouches, and for which DMARC result.
    """

    domain: str
    policy: Policy | None = None
    spf: str = ""
    spf_domain: str = ""
    dkim: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    is_unanswered: bool = False
    arc: str = "none"
    sealer: str = ""
    sealed: str = ""


@dataclass(frozen=True, slots=True)
class Trust:
    """What is known of a mail's sender, and who found it out.

    by: "desk", the name of the server whose word was taken, or "" (nobody looked).
    why: what the verdict rests on, a code; `reason` says it.
    """

    verdict: Verdict = Verdict.UNKNOWN
    by: str = ""
    why: str = "not-checked"
    domain: str = ""
    spf: str = ""
    spf_domain: str = ""
    dkim: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    dmarc: str = ""
    policy: str = ""  # what the domain asks for; "": it publishes nothing, or nobody looked
    arc: str = ""
    sealer: str = ""

    @property
    def is_proven(self) -> bool:
        return self.verdict is Verdict.PASS

    @property
    def has_failed(self) -> bool:
        return self.verdict is Verdict.FAIL

    @property
    def reason(self) -> str:
        """Say what the verdict rests on: the end of a sentence, for people."""
        return _REASONS.get(self.why, "nobody could check it") % {
            "domain": self.domain or "its domain",
            "by": self.by,
            "sealer": self.sealer,
        }

    def as_facts(self) -> dict[str, Any]:
        """Return it as `InboxItem.trust` keeps it; what is empty is left out."""
        told = {
            "verdict": self.verdict.value,
            "by": self.by or "nobody",
            "why": self.why,
            "domain": self.domain,
            "spf": self.spf,
            "spf_domain": self.spf_domain,
            "dkim": list(self.dkim),
            "broken": list(self.broken),
            "dmarc": self.dmarc,
            "policy": self.policy,
            "arc": self.arc,
            "sealer": self.sealer,
            "aligned": self.is_proven,
        }
        return {name: value for name, value in told.items() if value not in ("", [])}


_REASONS = {
    "aligned": "%(domain)s vouches for it",
    "sealed": "%(sealer)s, which passed it on, had checked it",
    "reported": "%(by)s has checked it",
    "not-aligned": "nothing proves that it comes from %(domain)s, whose own mails carry a proof",
    "reported-failure": "%(by)s says that it does not come from %(domain)s",
    "unanswered": "the name servers of %(domain)s do not answer for its signature",
    "several-senders": "it has more than one From header",
    "too-heavy": "its signatures take too long to check",
    "no-policy": "%(domain)s publishes nothing by which its mails can be told",
    "half-seen": "it bears no signature of %(domain)s, and nobody knows which server sent it",
    "no-answer": "the name servers did not answer",
    "no-domain": "it names no domain",
    "not-checked": "nobody has looked",
}

NOT_CHECKED = Trust()


def read_trust(facts: Mapping[str, Any]) -> Trust:
    """Return what `InboxItem.trust` keeps; {} is a mail that nobody has looked at."""
    by = facts.get("by", "")
    return Trust(
        verdict=Verdict(facts.get("verdict", Verdict.UNKNOWN)),
        by="" if by == "nobody" else by,
        why=facts.get("why", "not-checked"),
        domain=facts.get("domain", ""),
        spf=facts.get("spf", ""),
        spf_domain=facts.get("spf_domain", ""),
        dkim=tuple(facts.get("dkim", ())),
        broken=tuple(facts.get("broken", ())),
        dmarc=facts.get("dmarc", ""),
        policy=facts.get("policy", ""),
        arc=facts.get("arc", ""),
        sealer=facts.get("sealer", ""),
    )


def unknown(why: str, *, domain: str = "", by: str = "") -> Trust:
    return Trust(Verdict.UNKNOWN, by=by, why=why, domain=domain)


def failed(why: str, *, domain: str = "", by: str = DESK) -> Trust:
    return Trust(Verdict.FAIL, by=by, why=why, domain=domain)


def judge(found: Found, *, by: str = DESK) -> Trust:
    """Return the verdict on what was found: RFC 7489, 6.6.2, with ARC where the domain fails."""
    policy = found.policy
    if _is_aligned(found):
        return _told(found, Verdict.PASS, "aligned", by=by)
    if found.arc == "pass" and found.sealed == "pass":
        return _told(found, Verdict.PASS, "sealed", by=by)
    if policy is None:
        why = "no-answer" if found.is_unanswered else "no-policy"
        return _told(found, Verdict.UNKNOWN, why, by=by)
    # Who forges a signature chooses whose key is asked for: also one that nobody will ever give.
    if found.is_unanswered:
        return _told(found, Verdict.FAIL, "unanswered", by=by)
    # Mail was fetched, or came by a server of ours: nobody can say whether SPF would have held. A
    # domain that asks for nothing may well rely on it; one that asks for rejection signs.
    if policy.asks == "none" and not found.spf:
        return _told(found, Verdict.UNKNOWN, "half-seen", by=by)
    return _told(found, Verdict.FAIL, "not-aligned", by=by)


def _is_aligned(found: Found) -> bool:
    policy = found.policy or Policy("none")
    signed = any(not policy.strict_dkim or one == found.domain for one in found.dkim)
    if signed:
        return True
    is_near = bool(found.spf_domain) and (not policy.strict_spf or found.spf_domain == found.domain)
    return found.spf == "pass" and is_near


def _told(found: Found, verdict: Verdict, why: str, *, by: str) -> Trust:
    if found.policy is None:
        dmarc = "none"
    elif _is_aligned(found):
        dmarc = "pass"
    else:
        dmarc = "fail" if verdict is not Verdict.UNKNOWN else "unknown"
    return Trust(
        verdict,
        by=by,
        why=why,
        domain=found.domain,
        spf=found.spf,
        spf_domain=found.spf_domain,
        dkim=found.dkim,
        broken=found.broken,
        dmarc=dmarc,
        policy=found.policy.asks if found.policy else "",
        arc=found.arc,
        sealer=found.sealer,
    )


# --- what a domain publishes --------------------------------------------------------------------

_ASKS = ("none", "quarantine", "reject")


def read_policy(records: Iterable[str], *, is_subdomain: bool = False) -> Policy | None:
    """Return the policy in the TXT records of `_dmarc.…`; None if there is none, or more than one.

    is_subdomain: the records are those of the organization, and the mail names a part of it.
    """
    ours = [record for record in records if record[:8].upper() == "V=DMARC1"]
    if len(ours) != 1:
        return None
    tags = dict(_tags(ours[0]))
    asks = tags.get("p", "")
    if is_subdomain:
        asks = tags.get("sp", asks)
    if asks not in _ASKS:
        # RFC 7489, 6.6.3: with an address for reports it counts as one that asks for nothing.
        if "rua" not in tags:
            return None
        asks = "none"
    return Policy(asks, tags.get("adkim") == "s", tags.get("aspf") == "s")


def _tags(record: str) -> Iterable[tuple[str, str]]:
    for piece in record[:4000].split(";"):
        name, _, value = piece.partition("=")
        yield name.strip().lower(), value.strip().lower()
