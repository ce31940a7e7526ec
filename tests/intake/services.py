"""How mail services call us: the forms and the JSON of each, made up, and signed for real."""

import base64
import hashlib
import hmac
import json
from datetime import datetime

KEY = "key-of-our-mailgun-account"
RAW = (
    b"Return-Path: <cleo@northwind.example>\r\n"
    b"From: Cleo Dahl <cleo@northwind.example>\r\n"
    b"To: support@desk.example\r\n"
    b"Subject: Betalningarna\r\n"
    b"Message-ID: <service-1@northwind.example>\r\n"
    b"Date: Mon, 23 Nov 2026 10:00:00 +0100\r\n"
    b"Content-Type: text/plain; charset=iso-8859-1\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n"
    b"\r\n"
    b"Hj\xe4lp! Inget g\xe5r.\r\n"
)
LOG = b"\x00\xffsince 08:50 nothing\r\n"
_BOUNDARY = "----of-a-form-7d1"


def form(fields: dict[str, bytes | str], files: dict[str, tuple[str, str, bytes]] | None = None):
    """Return the body and the type of a multipart form. files: name, media type, content."""
    body = b""
    for name, value in fields.items():
        content = value.encode() if isinstance(value, str) else value
        body += _part(f'form-data; name="{name}"', content)
    for name, (file_name, media_type, content) in (files or {}).items():
        disposition = f'form-data; name="{name}"; filename="{file_name}"'
        body += _part(disposition, content, media_type)
    return body + f"--{_BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={_BOUNDARY}"


def _part(disposition: str, content: bytes, media_type: str = "") -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Disposition: {disposition}\r\n"
    head += f"Content-Type: {media_type}\r\n" if media_type else ""
    return head.encode() + b"\r\n" + content + b"\r\n"


def mailgun_signature(at: datetime, *, key: str = KEY, token: str = "a" * 50) -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256)
    return {"timestamp": timestamp, "token": token, "signature": signature.hexdigest()}


def mailgun_whole(at: datetime, *, key: str = KEY, raw: bytes = RAW):
    return form(
        {
            "recipient": "support@desk.example",
            "sender": "cleo@northwind.example",
            "from": "Cleo Dahl <cleo@northwind.example>",
            "subject": "Betalningarna",
            "body-mime": raw,
            **mailgun_signature(at, key=key),
        }
    )


def mailgun_in_pieces(at: datetime):
    headers = [
        ["From", "Cleo Dahl <cleo@northwind.example>"],
        ["To", "support@desk.example"],
        ["Subject", "Betalningarna"],
        ["Message-Id", "<service-1@northwind.example>"],
    ]
    fields = {
        "recipient": "support@desk.example",
        "sender": "cleo@northwind.example",
        "message-headers": json.dumps(headers),
        "body-plain": "Hjälp! Inget går.\r\n",
        "attachment-count": "1",
        **mailgun_signature(at),
    }
    return form(fields, {"attachment-1": ("fel.log", "application/octet-stream", LOG)})


def sendgrid_whole(at: datetime, *, raw: bytes = RAW):
    envelope = {"to": ["support@desk.example"], "from": "cleo@northwind.example"}
    return form({"email": raw, "envelope": json.dumps(envelope), "spam_score": "0.01"})


def sendgrid_in_pieces(at: datetime):
    headers = (
        "From: Cleo Dahl <cleo@northwind.example>\nTo: support@desk.example\n"
        "Subject: Betalningarna\nMessage-ID: <service-1@northwind.example>\n"
    )
    fields = {
        "headers": headers,
        "text": "Hjälp! Inget går.\n",
        "envelope": json.dumps({"to": ["support@desk.example"], "from": "cleo@northwind.example"}),
        "charsets": json.dumps({"to": "UTF-8", "text": "utf-8"}),
        "attachments": "1",
        "attachment-info": json.dumps({"attachment1": {"filename": "fel.log"}}),
    }
    return form(fields, {"attachment1": ("fel.log", "application/octet-stream", LOG)})


_WHO = {"Email": "cleo@northwind.example", "Name": "Cleo Dahl", "MailboxHash": ""}


def postmark_whole(at: datetime, *, raw: bytes = RAW):
    told = {
        "FromFull": _WHO,
        "OriginalRecipient": "support@desk.example",
        "Headers": [{"Name": "Return-Path", "Value": "<cleo@northwind.example>"}],
        "RawEmail": raw.decode("latin-1").encode().decode(),
        "MessageID": "22c74902-a0c1-4511-804f2-341342852c90",
    }
    return json.dumps(told).encode(), "application/json; charset=utf-8"


def postmark_in_pieces(at: datetime):
    told = {
        "FromFull": _WHO,
        "ToFull": [{"Email": "support@desk.example", "Name": "", "MailboxHash": ""}],
        "OriginalRecipient": "support@desk.example",
        "Subject": "Betalningarna",
        "Date": "Mon, 23 Nov 2026 10:00:00 +0100",
        "Headers": [
            {"Name": "Return-Path", "Value": "<cleo@northwind.example>"},
            {"Name": "Message-ID", "Value": "<service-1@northwind.example>"},
        ],
        "TextBody": "Hjälp! Inget går.\n",
        "HtmlBody": "",
        "Attachments": [
            {
                "Name": "fel.log",
                "Content": base64.b64encode(LOG).decode(),
                "ContentType": "application/octet-stream",
                "ContentLength": len(LOG),
            }
        ],
    }
    return json.dumps(told).encode(), "application/json; charset=utf-8"


def mailjet(at: datetime):
    told = {
        "Sender": "cleo@northwind.example",
        "Recipient": "support@desk.example",
        "Date": "20261123T100000",
        "From": "Cleo Dahl <cleo@northwind.example>",
        "Subject": "Betalningarna",
        "Headers": {
            "From": "Cleo Dahl <cleo@northwind.example>",
            "To": "support@desk.example",
            "Subject": "Betalningarna",
            "Message-ID": "<service-1@northwind.example>",
            "Received": ["from a.example by b.example", "from c.example by a.example"],
        },
        "Parts": [
            {"Headers": {"Content-Type": "text/plain; charset=utf-8"}, "ContentRef": "Text-part"},
            {
                "Headers": {
                    "Content-Type": "application/octet-stream",
                    "Content-Disposition": 'attachment; filename="fel.log"',
                },
                "ContentRef": "Attachment1",
            },
        ],
        "Text-part": "Hjälp! Inget går.\n",
        "Attachment1": base64.b64encode(LOG).decode(),
        "SpamAssassinScore": "0.1",
    }
    return json.dumps(told).encode(), "application/json"


def brevo(at: datetime, *, with_file: bool = True):
    file = {
        "Name": "fel.log",
        "ContentType": "application/octet-stream",
        "ContentLength": len(LOG),
        "ContentID": "",
        "DownloadToken": "token/of..the file",
    }
    one = {
        "Uuid": ["8d79f2b1-20ae-4939-8d0b-d2517331a9e5"],
        "Headers": {
            "Return-Path": "<cleo@northwind.example>",
            "Delivered-To": "support@desk.example",
            "From": "Cleo Dahl <cleo@northwind.example>",
            "To": "support@desk.example",
            "Subject": "Betalningarna",
            "Message-ID": "<service-1@northwind.example>",
            "Received": ["from a.example", "from b.example"],
        },
        "RawTextBody": "Hjälp! Inget går.\n",
        "RawHtmlBody": "",
        "SpamScore": 1.4,
        "Attachments": [file] if with_file else [],
    }
    return json.dumps({"items": [one]}).encode(), "application/json"
