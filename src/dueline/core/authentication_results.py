"""What our own mail server says of a sender (RFC 8601), and whose word it is.

Anybody can write such a header. Ours are those that bear the name which the administrator gave,
and stand above the first line that another server wrote; the rest was there when the mail came.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from dueline.core import trust
from dueline.core.trust import Found, Policy, Trust, Verdict

_LONGEST = 20_000
_MOST_RESULTS = 50
_BY = re.compile(r"(?:^|\s)by\s+([^\s;()]{1,255})", re.IGNORECASE)
_RESULT = re.compile(r"\s*([a-z0-9-]{1,40})\s*(?:/\s*\d+\s*)?=\s*([a-z]{1,40})", re.IGNORECASE)
_PROPERTY = re.compile(
    r"([a-z0-9-]{1,40})\s*\.\s*([a-z0-9_-]{1,60})\s*=\s*([^\s;\"]{1,300})", re.IGNORECASE
)
_ASKS = re.compile(r"\bp=(none|quarantine|reject)\b", re.IGNORECASE)
_LIKE_OURS = (".local", ".lan", ".internal", ".localdomain", ".localhost")

IsRelated = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result: `dkim=pass header.d=example.org`. note: the comments beside it."""

    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)
    note: str = ""


def results_of(value: str) -> tuple[str, list[Result]]:
    """Return the name in an Authentication-Results header, in lower case, and its results."""
    first, *pieces = _pieces(value[:_LONGEST])
    name = first.text.split()[0].strip('"').lower() if first.text.split() else ""
    results = []
    for piece in pieces[:_MOST_RESULTS]:
        if match := _RESULT.match(piece.text):
            properties = {
                f"{kind}.{what}".lower(): said.lower()
                for kind, what, said in _PROPERTY.findall(piece.text)
            }
            results.append(Result(match[1].lower(), match[2].lower(), properties, piece.note))
    return name, results


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    note: str


def _pieces(value: str) -> list[_Piece]:
    """Split at semicolons, with the comments (they nest) apart and quoted words whole."""
    pieces, text, note, depth, is_quoted = [], [], [], 0, False
    for letter in value:
        if letter == '"' and not depth:
            is_quoted = not is_quoted
        elif is_quoted:
            text.append(letter)
        elif letter == "(":
            depth += 1
            text.append(" ")
        elif letter == ")" and depth:
            depth -= 1
        elif depth:
            note.append(letter)
        elif letter == ";":
            pieces.append(_Piece("".join(text), "".join(note)))
            text, note = [], []
        else:
            text.append(letter)
    return [*pieces, _Piece("".join(text), "".join(note))]


def reported(headers: Sequence[tuple[str, str]], *, authserv_id: str) -> list[Result]:
    """Return what the server of this name found out, each method's first result first.

    headers: as `core.mail_headers` gives them, the topmost first.
    """
    ours = authserv_id.strip().lower()
    found: list[Result] = []
    for name, value in headers:
        if name == "received" and (found or not _is_our_hop(value, ours)):
            break
        if name == "authentication-results":
            by, results = results_of(value)
            if ours and by == ours:
                found += results
    return found


def _is_our_hop(received: str, ours: str) -> bool:
    """Whether a Received line was written by a server on our side of the door."""
    match = _BY.search(received[:2000])
    host = match[1].strip("[].").lower() if match else ""
    if "." not in host or host.endswith(_LIKE_OURS) or re.fullmatch(r"[\d.]+", host):
        return True
    home = ours if ours.count(".") < 2 else ours.partition(".")[2]
    return host in (ours, home) or host.endswith(f".{home}")


def trust_reported(
    results: Iterable[Result], *, by: str, domain: str, is_related: IsRelated, seals: "Seals"
) -> Trust:
    """Return what a server's word is worth for a mail that names `domain` as its sender's."""
    results = list(results)
    dmarc = _first(results, "dmarc")
    found = _found(results, domain=domain, is_related=is_related)
    arc = _first(results, "arc")
    if arc:
        found = replace(found, arc=arc.result, sealer=seals.sealer, sealed=seals.dmarc)
    said = dmarc.properties.get("header.from", domain) if dmarc else domain
    if dmarc is None or dmarc.result not in ("pass", "fail") or said != domain:
        # No word on the whole: what it says of the parts may be enough, and is never too little.
        told = trust.judge(replace(found, policy=None), by=by)
        return replace(told, dmarc=dmarc.result if dmarc else "")
    if dmarc.result == "pass":
        return replace(_as_told(found, dmarc, by=by), verdict=Verdict.PASS, why="reported")
    if found.arc == "pass" and found.sealed == "pass":
        return replace(_as_told(found, dmarc, by=by), verdict=Verdict.PASS, why="sealed")
    return replace(_as_told(found, dmarc, by=by), verdict=Verdict.FAIL, why="reported-failure")


def _as_told(found: Found, dmarc: Result, *, by: str) -> Trust:
    match = _ASKS.search(dmarc.note)
    asks = match[1].lower() if match else dmarc.properties.get("policy.dmarc", "")
    told = trust.judge(replace(found, policy=Policy(asks) if asks else None), by=by)
    return replace(told, dmarc=dmarc.result)


def _found(results: Sequence[Result], *, domain: str, is_related: IsRelated) -> Found:
    signed: dict[str, dict[str, None]] = {"pass": {}, "fail": {}}
    for one in results:
        signer = one.properties.get("header.d") or _domain(one.properties.get("header.i", ""))
        if one.method == "dkim" and signer and is_related(signer):
            signed["pass" if one.result == "pass" else "fail"][signer] = None
    spf = _first(results, "spf")
    envelope = ""
    if spf:
        told = spf.properties.get("smtp.mailfrom") or spf.properties.get("smtp.helo", "")
        envelope = _domain(told)
    return Found(
        domain,
        spf=spf.result if spf else "",
        spf_domain=envelope if envelope and is_related(envelope) else "",
        dkim=tuple(signed["pass"]),
        broken=tuple(signed["fail"]),
    )


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip("<>")


def _first(results: Iterable[Result], method: str) -> Result | None:
    return next((one for one in results if one.method == method), None)


# --- ARC (RFC 8617) -----------------------------------------------------------------------------

_INSTANCE = re.compile(r"(?:^|;)\s*i\s*=\s*(\d{1,2})\s*(?:;|$)")
_SIGNER = re.compile(r"(?:^|;)\s*d\s*=\s*([^\s;]{1,253})\s*(?:;|$)")


@dataclass(frozen=True, slots=True)
class Seals:
    """Who of those we believe saw the mail first, with only believed ones after it.

    dmarc: what they found then; "" if nobody is believed. It counts only where the chain holds.
    """

    sealer: str = ""
    dmarc: str = ""


def seals_of(headers: Iterable[tuple[str, str]], *, believed: Iterable[str]) -> Seals:
    """believed: domains whose seals count, in lower case."""
    signers: dict[int, str] = {}
    results: dict[int, list[Result]] = {}
    for name, value in headers:
        value = value[:_LONGEST]
        match = _INSTANCE.search(value)
        if name == "arc-seal" and match and (signer := _SIGNER.search(value)):
            signers.setdefault(int(match[1]), signer[1].lower())
        elif name == "arc-authentication-results" and match:
            results.setdefault(int(match[1]), results_of(value.partition(";")[2])[1])
    believed, seals = set(believed), Seals()
    for instance in sorted(signers, reverse=True):
        if signers[instance] not in believed:
            break
        dmarc = _first(results.get(instance, ()), "dmarc")
        seals = Seals(signers[instance], dmarc.result if dmarc else "")
    return seals
