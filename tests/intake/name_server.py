"""A small real name server, and mails that are signed for real."""

import socket
import threading
from collections.abc import Mapping
from pathlib import Path

import dkim
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Records = Mapping[tuple[str, str], list[str]]


class NameServer:
    """Answers from a table: {("example.org", "TXT"): ["…"]}. silent: names it never answers."""

    def __init__(self, records: Records, *, silent: tuple[str, ...] = ()) -> None:
        self.records = dict(records)
        self.silent = silent
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            wire, client = self._socket.recvfrom(4096)
            if not wire:
                return
            query = dns.message.from_wire(wire)
            name = query.question[0].name.to_text().rstrip(".").lower()
            self.asked.append(name)
            if any(name == one or name.endswith(f".{one}") for one in self.silent):
                continue
            self._socket.sendto(self._answer(query, name).to_wire(), client)

    def _answer(self, query: dns.message.Message, name: str) -> dns.message.Message:
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        question = query.question[0]
        kind = dns.rdatatype.to_text(question.rdtype)
        if not name:  # the root
            answer.answer.append(dns.rrset.from_text(".", 60, "IN", "NS", "a.root.example."))
        elif (name, kind) in self.records:
            values = [_quoted(one) if kind == "TXT" else one for one in self.records[name, kind]]
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
        elif not any(known == name for known, _ in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer


def _quoted(text: str) -> str:
    pieces = [text[start : start + 200] for start in range(0, len(text), 200)]
    return " ".join(f'"{piece}"' for piece in pieces)


# --- signatures ---

PRIVATE_KEY = (Path(__file__).parent / "signing.pem").read_bytes()
PUBLIC_KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAptgtL+jvZpktZZdMM3pMRnoSKcM2R17Qwkxbfe/GGq/r"
    "tUBIylo5nWvBNcx0snc6Ablx5Hw+UmZhNYKtetAWYjEGMXbvw1sG1guAGkooOe+Oj2A37zTDLzV8lcRFOUHs38yx"
    "Rg+7EtiXLCHQuTN3mBibGpko50gus0ezSlnxfBXgXbCLoRE1jWAkp/gW8bI11JTj4l2UKAdr1088T4+VsOuZTY1a"
    "HVu5ZuxfqW1j5R24Z0c027PzzILLle/VhTGlYOU0bSJJlz4uu+483LKopnKowGK1b82JiEovBmeAs1c62/tJpbIR"
    "rf6tJFQby84jxwQdTlQX7upumPgGuCjFywIDAQAB"
)
KEY_RECORD = f"v=DKIM1; k=rsa; p={PUBLIC_KEY}"


def signed(raw: bytes, *, domain: str, length: bool = False, expires: int = 0) -> bytes:
    """Return a mail with a DKIM signature of a domain in front. expires: seconds since 1970."""

    class Signer(dkim.DKIM):
        def gen_header(self, fields, *rest, **more):
            dates = [(b"t", b"1600000000"), (b"x", str(expires).encode())] if expires else []
            kept = [field for field in fields if not dates or field[0] != b"t"]
            return super().gen_header([*kept[:4], *dates, *kept[4:]], *rest, **more)

    header = Signer(raw).sign(
        b"s1",
        domain.encode(),
        PRIVATE_KEY,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[b"from", b"to", b"subject", b"date"],
        length=length,
    )
    return header + raw


def sealed(raw: bytes, *, domain: str, dmarc: str, authserv_id: str = "mx.lists.example") -> bytes:
    """Return a mail with an ARC set in front: a domain says what it saw when the mail came."""
    said = f"Authentication-Results: {authserv_id}; dmarc={dmarc}\r\n".encode()
    lines = dkim.arc_sign(
        said + raw,
        b"s1",
        domain.encode(),
        PRIVATE_KEY,
        authserv_id.encode(),
        include_headers=[b"from", b"to", b"subject", b"date"],
    )
    return b"".join(lines) + raw
