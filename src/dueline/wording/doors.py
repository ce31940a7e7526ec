"""Doors and services by their names."""

from dueline.wording.language import say as _

SERVICES = {
    "mailgun": "Mailgun",
    "postmark": "Postmark",
    "sendgrid": "SendGrid",
    "mailjet": "Mailjet",
    "brevo": "Brevo",
}


def say_door(kind: str) -> str:
    """Say by what way mail came: "SMTP", "fetched", …"""
    return {
        "smtp": "SMTP",
        "lmtp": "LMTP",
        "pipe": _("pipe"),
        "imap": _("fetched by IMAP"),
        "webhook": _("webhook"),
    }.get(kind, kind)
