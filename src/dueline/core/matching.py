"""Which case a message belongs to. A Case Number alone opens no door: a token does, or a sender
whom their own domain vouches for, and who may see that case anyway.

A reply carries the token that we put into our mail, in the address it goes to and in the
Message-ID it refers to. Both name a case and a contact, and both are signed.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from dueline.core.case_numbers import parse_case_number
from dueline.core.entitlement import Entry, Held
from dueline.core.errors import Refusal
from dueline.core.inbound import Inbound, Machine
from dueline.core.trust import NOT_CHECKED, Trust

_MAC_BYTES = 15  # 120 bits: 24 letters, and no padding in base32
_SHAPE = re.compile(r"([1-9]\d{0,17})\.([1-9]\d{0,17})\.(?:([a-z0-9-]{1,64})\.)?([a-z2-7]{24})")
_BOUNCE = re.compile(r"b([1-9]\d{0,17})\.([a-z2-7]{24})")
_PAGE = re.compile(r"p([1-9]\d{0,17})\.([a-z2-7]{24})")
_MOST_CANDIDATES = 200  # references of one mail that are looked at
MOST_CASES_AN_HOUR = 100  # of one sender; what comes beyond them is held (i38)


@dataclass(frozen=True, slots=True)
class Token:
    """Somebody answers a mail that we sent to this contact about this case."""

    case_id: int
    contact_id: int


@dataclass(frozen=True, slots=True)
class Who:
    """A known contact."""

    contact_id: int
    organization_id: int | None
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """An earlier mail with the same Message-ID."""

    item_id: int
    digest: str
    case_id: int | None


@dataclass(frozen=True, slots=True)
class Left:
    """What the desk knows of a voicemail that one of its own telephone systems tells of.

    is_known: the recording came before, and is in `known_case_id` if a case came of it.
    joins_case_id: the one open case in which this caller waits for a call back. entry: in whose
    name the caller asks, if the number is one contact's.
    """

    is_known: bool = False
    known_case_id: int | None = None
    joins_case_id: int | None = None
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the desk knows about a mail, looked up once.

    token_contact, token_case_organization_id: of the token's case and contact, if they exist.
    is_own: a mail of ours came back. entry: in whose name a request would be made, if the sender
    belongs to a company. trust: whether the mail comes from its sender's domain.
    numbered_case_id: of the case whose number the subject names, if the sender may see it.
    is_agent: the sender's address is an agent's; looked up where the check failed. is_storm: the
    sender has opened as many cases within the hour as anybody may. left: of a voicemail; None for
    any other message, and for one that somebody else's system claims to bring. page_id,
    page_case_id: it answers a page, and the case that the page is about.
    """

    token: Token | None = None
    token_contact: Who | None = None
    token_case_organization_id: int | None = None
    sender: Who | None = None
    seen: tuple[Seen, ...] = ()
    is_own: bool = False
    entry: Entry | None = None
    trust: Trust = NOT_CHECKED
    numbered_case_id: int | None = None
    is_agent: bool = False
    is_storm: bool = False
    left: Left | None = None
    page_id: int | None = None
    page_case_id: int | None = None


class Verdict(StrEnum):
    OPEN = "open"
    ADD = "add"
    VOUCH = "vouch"  # held, until a super-user of the company vouches for it
    HOLD = "hold"
    RECORD = "record"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a message, and why.

    case_id: the case it is added to, or is about. reason: a sentence for people.
    acknowledge: whether the sender may be told at all; how often is rationed elsewhere.
    is_storm: held because its sender sends too many; Tier One is told, once. is_voicemail: it is
    taken in as one. page_id: the page that it acknowledges.
    """

    verdict: Verdict
    reason: str
    case_id: int | None = None
    acknowledge: bool = False
    machine: Machine = Machine.NONE
    warnings: tuple[str, ...] = field(default=())
    is_storm: bool = False
    is_voicemail: bool = False
    page_id: int | None = None


# --- Tokens ---------------------------------------------------------------------------------


def reply_address(secret: str, *, mail_address: str, case_id: int, contact_id: int) -> str:
    """Return the address that a contact's answer about a case goes to: `desk+TOKEN@domain`."""
    local, _, domain = mail_address.rpartition("@")
    mac = _mac(secret, "reply", case_id, contact_id)
    return f"{local}+{case_id}.{contact_id}.{mac}@{domain}"


def message_id(secret: str, *, case_id: int, contact_id: int, unique: str, domain: str) -> str:
    """Return a Message-ID that proves that a mail is ours, `<…>` included.

    unique: letters, digits and hyphens that tell this mail from all others.
    """
    mac = _mac(secret, "message", case_id, contact_id, unique)
    return f"<{case_id}.{contact_id}.{unique}.{mac}@{domain}>"


def bounce_address(secret: str, *, mail_address: str, item_id: int, mail_id: str) -> str:
    """Return the address that a bounce of one mail goes to: `desk+bROW.SIGNATURE@domain`.

    item_id: of its row in the outbox; short, since a local part has 64 letters. mail_id: signed
    with it: a row that takes the place of a lost one after a restore is another mail.
    """
    local, _, domain = mail_address.rpartition("@")
    return f"{local}+b{item_id}.{_mac(secret, 'bounce', item_id, 0, mail_id)}@{domain}"


def read_bounce_address(address: str) -> int | None:
    """Return the row of the outbox that an address claims to be of; nothing is proved by it."""
    match = _BOUNCE.fullmatch(_behind_plus(address))
    return int(match[1]) if match else None


def is_bounce_address(secret: str, address: str, *, item_id: int, mail_id: str) -> bool:
    """Whether an address was made by `bounce_address` for this mail."""
    match = _BOUNCE.fullmatch(_behind_plus(address))
    expected = _mac(secret, "bounce", item_id, 0, mail_id)
    return bool(secret and match) and hmac.compare_digest(match[2] if match else "", expected)


def page_address(secret: str, *, mail_address: str, page_id: int, token: str) -> str:
    """Return the address to which any answer acknowledges a page: `desk+pROW.SIGNATURE@domain`.

    token: of the page, signed with it: a row that takes the place of a lost one is another page.
    """
    local, _, domain = mail_address.rpartition("@")
    return f"{local}+p{page_id}.{_mac(secret, 'page', page_id, 0, token)}@{domain}"


def read_page_address(addresses: Iterable[str]) -> tuple[int, str] | None:
    """Return the page that the first such address claims to be of, and the address itself."""
    for address in list(addresses)[:_MOST_CANDIDATES]:
        if match := _PAGE.fullmatch(_behind_plus(address)):
            return int(match[1]), address
    return None


def is_page_address(secret: str, address: str, *, page_id: int, token: str) -> bool:
    """Whether an address was made by `page_address` for this page."""
    match = _PAGE.fullmatch(_behind_plus(address))
    expected = _mac(secret, "page", page_id, 0, token)
    return bool(secret and match) and hmac.compare_digest(match[2] if match else "", expected)


def _behind_plus(address: str) -> str:
    local = address.strip().strip("<>").lower().rpartition("@")[0]
    return local.rpartition("+")[2]


def read_token(secret: str, text: str) -> Token | None:
    """Return the token in an address or a Message-ID that came back, or None.

    Both the length and every letter must fit; there is no older or shorter form.
    """
    local = text.strip().strip("<>").lower().rpartition("@")[0]
    match = _SHAPE.fullmatch(local.rpartition("+")[2])
    if not match or not secret:
        return None
    case_id, contact_id, unique, mac = int(match[1]), int(match[2]), match[3], match[4]
    # A Message-ID never stands behind a "+", an address always does.
    if ("+" in local) == (unique is not None):
        return None
    if unique is None:
        expected = _mac(secret, "reply", case_id, contact_id)
    else:
        expected = _mac(secret, "message", case_id, contact_id, unique)
    return Token(case_id, contact_id) if hmac.compare_digest(mac, expected) else None


def is_own_message_id(secret: str, text: str) -> bool:
    return "+" not in text and read_token(secret, text) is not None


def find_token(secret: str, inbound: Inbound, *, rcpt_to: Iterable[str] = ()) -> Token | None:
    """Return the token that a message carries. The address counts before older references."""
    candidates = (
        *rcpt_to,
        *inbound.to,
        *inbound.cc,
        *inbound.in_reply_to,
        *reversed(inbound.references),
        *inbound.returned_ids,
    )
    return next(filter(None, (read_token(secret, c) for c in candidates[:_MOST_CANDIDATES])), None)


def is_for_desk(address: str, mail_address: str) -> bool:
    """Whether mail to `address` is ours: the desk's own address, or with `+anything` behind it."""
    local, _, domain = address.lower().rpartition("@")
    own_local, _, own_domain = mail_address.lower().rpartition("@")
    is_ours = local == own_local or local.startswith(own_local + "+")
    return bool(own_local) and domain == own_domain and is_ours


def own_address_of(address: str, own: Iterable[str]) -> str:
    """Return which of our own addresses mail to `address` is for; "" if for none."""
    return next((one for one in own if is_for_desk(address, one)), "")


def _mac(secret: str, purpose: str, case_id: int, contact_id: int, unique: str = "") -> str:
    said = f"dueline {purpose} {case_id} {contact_id} {unique}".encode()
    mac = hmac.new(secret.encode(), said, hashlib.sha256).digest()[:_MAC_BYTES]
    return base64.b32encode(mac).decode().lower()


# --- The decision ---------------------------------------------------------------------------


def decide(inbound: Inbound, facts: Facts) -> Decision:
    """Return what becomes of a message. Nothing is ever dropped: the doubtful is held."""
    if facts.is_own:
        return Decision(
            Verdict.RECORD, "A mail of our own came back.", _case(facts), machine=Machine.LOOP
        )
    if facts.left:
        return _voicemail(inbound, facts, facts.left)
    earlier = next((seen for seen in facts.seen if seen.digest == inbound.digest), None)
    if earlier:
        return Decision(
            Verdict.DUPLICATE,
            "The same message came before.",
            earlier.case_id,
            machine=inbound.machine,
        )
    decision = _by_writer(inbound, facts)
    return _marked(decision, facts) if facts.seen else decision


def _voicemail(inbound: Inbound, facts: Facts, left: Left) -> Decision:
    """A machine wrote the mail, and a person has spoken: what that person wants is decided."""
    if facts.trust.has_failed:
        return _unverified(inbound, facts)
    if left.is_known:
        reason = "The same recording came before."
        return Decision(Verdict.DUPLICATE, reason, left.known_case_id, is_voicemail=True)
    if left.joins_case_id is not None:
        reason = "A voicemail from somebody who waits for a call back about this case."
        return Decision(Verdict.ADD, reason, left.joins_case_id, is_voicemail=True)
    held = left.entry.why_held if left.entry else None
    if held:
        reason = f"A voicemail that waits for a super-user. {_WHY_HELD[held]}"
        return Decision(Verdict.VOUCH, reason, acknowledge=True, is_voicemail=True)
    return Decision(Verdict.OPEN, "A voicemail.", acknowledge=True, is_voicemail=True)


_CALLS_FOR_NOTHING = (
    Machine.AUTO_REPLY,
    Machine.BOUNCE,
    Machine.RECEIPT,
    Machine.CALENDAR,
    Machine.REPORT,
)


def _by_writer(inbound: Inbound, facts: Facts) -> Decision:
    if inbound.machine is Machine.CODE:
        # Whoever reads it owns an account in our name: agents alone do (i31).
        reason = f"Only agents see this: {inbound.machine_because}."
        return Decision(Verdict.HOLD, reason, _case(facts), machine=Machine.CODE)
    if inbound.machine in _CALLS_FOR_NOTHING:
        return Decision(
            Verdict.RECORD,
            f"A machine wrote this: {inbound.machine_because}.",
            _case(facts),
            machine=inbound.machine,
        )
    if facts.page_id is not None:
        return _page_answer(inbound, facts)
    if "@" not in inbound.sender_address:
        return Decision(Verdict.HOLD, "It names no sender that could be answered.")
    if facts.trust.has_failed and _speaks_for_somebody(facts):
        return _unverified(inbound, facts)
    if facts.token:
        return _answer(inbound, facts)
    is_there = facts.sender is not None and not facts.sender.has_left
    if facts.numbered_case_id is not None and is_there and facts.trust.is_proven:
        return Decision(
            Verdict.ADD,
            f"Its subject names {mentioned_number(inbound.subject)}. A number alone joins no case; "
            f"but {facts.trust.domain} vouches for its sender, who may see that case anyway.",
            facts.numbered_case_id,
            machine=inbound.machine,
        )
    return _request(inbound, facts)


def _page_answer(inbound: Inbound, facts: Facts) -> Decision:
    """An answer to a page joins no case: what is said in the night is for no customer."""
    case_id = facts.page_case_id
    if inbound.machine is not Machine.NONE:
        reason = f"It answers a page, but by itself: {inbound.machine_because}."
        return Decision(Verdict.RECORD, reason, case_id, machine=inbound.machine)
    reason = "It answers a page, and acknowledges it."
    return Decision(Verdict.RECORD, reason, case_id, page_id=facts.page_id)


def _speaks_for_somebody(facts: Facts) -> bool:
    """Whether a forger would gain by this sender's name: a place in a case, a company, a desk."""
    in_a_company = facts.sender is not None and facts.sender.organization_id is not None
    return bool(facts.token) or in_a_company or facts.entry is not None or facts.is_agent


def _unverified(inbound: Inbound, facts: Facts) -> Decision:
    return Decision(
        Verdict.HOLD,
        f"Its sender could not be verified: {facts.trust.reason}. "
        "Release it if you know it is theirs.",
        _case(facts) or facts.numbered_case_id,
        machine=inbound.machine,
    )


def _answer(inbound: Inbound, facts: Facts) -> Decision:
    """A valid token came: it counts together with a sender who belongs to the case."""
    if _belongs(facts):
        reason = "It answers a mail that we sent about this case."
        return Decision(Verdict.ADD, reason, _case(facts), machine=inbound.machine)
    if facts.sender and facts.sender.has_left:
        reason = "It answers a mail of ours, but its sender has left the company."
    else:
        reason = (
            "It answers a mail of ours, but its sender is not known as a contact of that customer."
        )
    return Decision(Verdict.HOLD, reason, _case(facts), machine=inbound.machine)


def _belongs(facts: Facts) -> bool:
    sender, addressee = facts.sender, facts.token_contact
    if sender is None or addressee is None or sender.has_left:
        return False
    if sender.contact_id == addressee.contact_id:
        return True
    organization = facts.token_case_organization_id
    return organization is not None and sender.organization_id == organization


_WHY_HELD = {
    Held.NOT_SUPER_USER: "Its sender is no super-user, and on this plan only they open cases.",
    Held.UNLISTED: "Its sender is not on the company’s list, and only super-users open cases.",
    Held.EXPIRED: "The company has not confirmed for too long that its sender works there.",
    Held.LEFT: "Its sender has left the company.",
}


def _request(inbound: Inbound, facts: Facts) -> Decision:
    if facts.is_storm:
        return Decision(
            Verdict.HOLD,
            f"A storm: its sender has opened {MOST_CASES_AN_HOUR} cases within an hour.",
            machine=inbound.machine,
            is_storm=True,
        )
    held = facts.entry.why_held if facts.entry else None
    reason = (
        f"A request that waits for a super-user. {_WHY_HELD[held]}" if held else "A new request."
    )
    number = mentioned_number(inbound.subject)
    if number:
        reason += f" Its subject names {number}; a number alone joins no case."
    # Who fails the check may be anybody: an acknowledgement would go to whom the forger named.
    may_tell = inbound.machine is Machine.NONE and not facts.trust.has_failed
    if inbound.machine is not Machine.NONE:
        reason += f" Nobody is told: {inbound.machine_because}."
    elif not may_tell:
        reason += f" Nobody is told, for its sender is not verified: {facts.trust.reason}."
    return Decision(
        Verdict.VOUCH if held else Verdict.OPEN,
        reason,
        acknowledge=may_tell,
        machine=inbound.machine,
    )


def mentioned_number(subject: str) -> str:
    """Return a Case Number that a subject names, as it was written; "" if it names none."""
    for match in re.finditer(r"(?<![\d-])\d{5,17}-?\d(?![\d-])", subject[:1000]):
        try:
            parse_case_number(match[0])
        except Refusal:
            continue
        return match[0]
    return ""


def _marked(decision: Decision, facts: Facts) -> Decision:
    # F11: a sender's program that reuses its Message-IDs must not make us lose the second text.
    warning = "Another message with the same Message-ID, but another content, came before."
    return replace(decision, reason=f"{decision.reason} {warning}", warnings=(warning,))


def _case(facts: Facts) -> int | None:
    return facts.token.case_id if facts.token else None
