"""What is known of a sender, as a person is told."""

from django.utils.translation import gettext_noop

from dueline.core.trust import Trust, Verdict
from dueline.wording.language import say as _

_WORDS = {
    Verdict.PASS: gettext_noop("verified"),
    Verdict.FAIL: gettext_noop("not verified"),
    Verdict.UNKNOWN: gettext_noop("nobody could check"),
}
_WHY = {
    "aligned": gettext_noop("%(domain)s vouches for it."),
    "sealed": gettext_noop("%(sealer)s, which passed it on, had checked it."),
    "reported": gettext_noop("%(by)s has checked it."),
    "not-aligned": gettext_noop(
        "Nothing proves that it comes from %(domain)s, whose own mails carry a proof."
    ),
    "unanswered": gettext_noop("The name servers of %(domain)s do not answer for its signature."),
    "reported-failure": gettext_noop("%(by)s says that it does not come from %(domain)s."),
    "several-senders": gettext_noop("It has more than one From header."),
    "too-heavy": gettext_noop("Its signatures take too long to check."),
    "no-policy": gettext_noop("%(domain)s publishes nothing by which its mails can be told."),
    "half-seen": gettext_noop(
        "It bears no signature of %(domain)s, and nobody knows which server sent it."
    ),
    "no-answer": gettext_noop("The name servers did not answer."),
    "no-domain": gettext_noop("It names no domain."),
    "not-checked": gettext_noop("Nobody has looked."),
}


def say_verdict(trust: Trust) -> str:
    """Return the verdict in a word or two."""
    return _(_WORDS[trust.verdict])


def say_why(trust: Trust) -> str:
    """Return the sentence that the verdict rests on; "" if this program does not know it."""
    if trust.why not in _WHY:
        return ""
    names = {"domain": trust.domain or "?", "by": trust.by, "sealer": trust.sealer}
    return _(_WHY[trust.why]) % names


def say_domain_resemblance(known: str, domain: str) -> str:
    return _("Resembles %(known)s, but is %(domain)s.") % {"known": known, "domain": domain}


def say_name_resemblance(name: str, address: str, *, who: str) -> str:
    """who: "agent", "contact" or "desk"."""
    said = {
        "agent": _("Bears the name of our colleague %(name)s, but writes from %(address)s."),
        "contact": _("Bears the name of the contact %(name)s, but writes from %(address)s."),
        "desk": _("Bears the name of this desk, %(name)s, but writes from %(address)s."),
    }[who]
    return said % {"name": name, "address": address}


def say_mixed_scripts(domain: str) -> str:
    return _("Its domain mixes letters of several alphabets: %(domain)s.") % {"domain": domain}
