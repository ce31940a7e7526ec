"""Doors and services by their names."""

from django.utils.translation import gettext_noop

from dueline.wording.language import say as _

SERVICES = {
    "mailgun": "Mailgun",
    "postmark": "Postmark",
    "sendgrid": "SendGrid",
    "mailjet": "Mailjet",
    "brevo": "Brevo",
}

TELEPHONE_SYSTEMS = {
    "generic": gettext_noop("Any telephone system (Asterisk, FreeSWITCH, 3CX, …)"),
    "twilio": "Twilio",
    "zoom": "Zoom Phone",
}


def say_door(kind: str) -> str:
    """Say by what way mail came: "SMTP", "fetched", …"""
    return {
        "smtp": "SMTP",
        "lmtp": "LMTP",
        "pipe": _("pipe"),
        "imap": _("fetched by IMAP"),
        "webhook": _("webhook"),
        "upload": _("added by a colleague"),
    }.get(kind, kind)
