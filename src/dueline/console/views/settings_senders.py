"""Settings: what is believed of senders, who scans files, how mail out is signed."""

from collections.abc import Mapping

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import mail_settings as acts
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.core.dkim_keys import KeyRefused, read_key
from dueline.core.errors import GiveUp, Refusal
from dueline.intake.clamd import problem_with
from dueline.outlets import dkim_pairs
from dueline.outlets.signing import Signature, why_not
from dueline.queries.desk import desk_row
from dueline.queries.mailboxes import mail_settings
from dueline.wording.refusals import say_refusal

_SENDERS = ("trusted_authserv_id", "checks_senders", "clamd_address")
_OUT = ("undo_seconds", "dkim_domain", "dkim_selector")


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def senders(request: Visit) -> HttpResponse:
    row = mail_settings()
    if request.method != "POST":
        shown = {name: str(row[name]) for name in _SENDERS}
        return _senders(request, {**shown, "checks_senders": "yes" if row[_SENDERS[1]] else ""})
    typed = typed_in(request)
    facts = acts.Senders.read(typed)
    try:
        acts.change_senders(facts, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _senders(request, typed, refusal=refusal)
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:settings_senders"))


@administrators_only
@require_POST
def try_scanner(request: Visit) -> HttpResponse:
    """Ask the scanner whether it is there, with what is typed; nothing is stored."""
    typed = typed_in(request)
    facts = acts.Senders.read(typed)
    try:
        acts.check_senders(facts)
        if not facts.clamd_address:
            raise Refusal("clamd_address", "Write where the scanner listens.")
    except Refusal as refusal:
        return _senders(request, typed, refusal=refusal)
    return _senders(request, typed, tried=True, problem=problem_with(facts.clamd_address))


def _senders(
    request: Visit,
    typed: Mapping[str, str],
    *,
    refusal: Refusal | None = None,
    tried: bool = False,
    problem: str = "",
) -> HttpResponse:
    page = {
        "here": "settings",
        "tab": "mail",
        "typed": {name: typed.get(name, "") for name in _SENDERS},
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
        "tried": tried,
        "problem": problem,
    }
    return render(
        request, "console/settings/mail_senders.html", page, status=400 if refusal else 200
    )


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def outgoing(request: Visit) -> HttpResponse:
    if request.method != "POST":
        row = mail_settings()
        return _outgoing(request, {name: str(row[name]) for name in _OUT})
    return _store_signing(request, typed_in(request))


@administrators_only
@require_POST
def make_key(request: Visit) -> HttpResponse:
    """Make a key for the domain and the selector that are typed, and store all of it."""
    typed = {**typed_in(request)}
    try:
        typed["dkim_key"] = dkim_pairs.make_key()
    except GiveUp:
        refusal = Refusal("dkim_key", "This machine has no OpenSSL that could make one: paste one.")
        return _outgoing(request, typed, refusal=refusal)
    return _store_signing(request, typed)


def _store_signing(request: Visit, typed: Mapping[str, str]) -> HttpResponse:
    facts = acts.Signing.read(typed)
    try:
        acts.check_signing(facts)
        _refuse_what_cannot_sign(facts)
        acts.change_signing(facts, actor=request.person, at=request.now)
    except Refusal as refusal:
        return _outgoing(request, typed, refusal=refusal)
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:settings_outgoing"))


def _refuse_what_cannot_sign(facts: acts.Signing) -> None:
    """Try a new key once before it is kept: a mail with a bad one would leave unsigned."""
    if facts.dkim_key:
        signature = Signature(facts.dkim_domain, facts.dkim_selector, facts.dkim_key)
        if refusal := why_not(signature):
            raise refusal


def _outgoing(
    request: Visit, typed: Mapping[str, str], *, refusal: Refusal | None = None
) -> HttpResponse:
    row = mail_settings()
    page = {
        "here": "settings",
        "tab": "mail",
        "typed": {name: typed.get(name, "") for name in _OUT},
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
        "mail_domain": str(desk_row()["mail_address"]).rpartition("@")[2],
        "smtp_host": row["smtp_host"],
        "stored": _record(row),
        "can_make": dkim_pairs.can_be_made(),
    }
    return render(request, "console/settings/mail_out.html", page, status=400 if refusal else 200)


def _record(row: Mapping[str, object]) -> dict[str, object] | None:
    """Return what to publish for the stored key: its public half, and where."""
    if not row["dkim_domain"] or not row["dkim_key"]:
        return None
    try:
        key = read_key(str(row["dkim_key"]))
    except KeyRefused:
        return None
    name = f"{row['dkim_selector']}._domainkey.{row['dkim_domain']}"
    return {"name": name, "record": key.record, "bits": key.bits}
