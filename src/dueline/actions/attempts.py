"""What is rationed: tries to sign in, mailed links, requests and acknowledgements of strangers."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.db import transaction

from dueline.models import Attempt


@dataclass(frozen=True, slots=True)
class Ration:
    purpose: str
    limit: int
    within: timedelta


_HOUR = timedelta(hours=1)
SIGN_IN = Ration("sign-in", 10, timedelta(minutes=15))  # by account and address of the computer
SIGN_IN_NETWORK = Ration("sign-in-network", 100, timedelta(minutes=15))
LINK = Ration("link", 3, _HOUR)  # by mail address
LINK_NETWORK = Ration("link-network", 30, _HOUR)
REQUEST_NETWORK = Ration("request-network", 30, _HOUR)  # requests by people who are not signed in
STRANGER = Ration("stranger", 3, _HOUR)  # acknowledgements, by mail address (i38)
STRANGER_NETWORK = Ration("stranger-network", 20, _HOUR)
STRANGERS = Ration("strangers", 200, _HOUR)  # … and all of them together
VOUCHING = Ration("vouching", 10, _HOUR)  # mails that ask a company's super-users for their word
# Calls of a telephone system without a good signature, by webhook and network.
PHONE_FORGERY = Ration("phone-forgery", 60, timedelta(minutes=15))
PAGE_TRIAL = Ration("page-trial", 10, timedelta(minutes=10))  # test pages, by agent
PAGE_LINK = Ration("page-link", 30, _HOUR)  # links of pages that are none, by network
PAGE_CODE = Ration("page-code", 20, _HOUR)  # text messages that answer a page, by number
UPLOAD = Ration("upload", 60, _HOUR)  # messages with files, by person (i14)


def take(ration: Ration, subject: str, *, at: datetime) -> bool:
    """Count one try and say whether it is within the ration. A refused try counts as well."""
    key = _key(ration, subject)
    with transaction.atomic():
        # Written before it is counted: of two at once, none can overlook the other for long.
        Attempt.objects.create(key=key, at=at)
        return Attempt.objects.filter(key=key, at__gt=at - ration.within).count() <= ration.limit


def forget(ration: Ration, subject: str) -> None:
    """Count no more what has turned out to be harmless."""
    Attempt.objects.filter(key=_key(ration, subject)).delete()


def network_of(address: str) -> str:
    """Return the network that a computer belongs to: what one stranger can easily have all of."""
    try:
        ip = ip_address(address)
    except ValueError:  # a unix socket, or nothing at all: they share one ration
        return ""
    return str(ip_network((ip, 24 if ip.version == 4 else 56), strict=False))


def _key(ration: Ration, subject: str) -> str:
    # A digest: addresses of people who were never customers are not kept.
    return f"{ration.purpose} {hashlib.sha256(subject.lower().encode()).hexdigest()}"
