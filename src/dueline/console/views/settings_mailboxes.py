"""Settings: the mailboxes, each with a trial before it is stored, and the permission to read it."""

import secrets
from collections.abc import Mapping

from django.contrib import messages as flashes
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dueline.actions import mailboxes as acts
from dueline.console.access import Visit
from dueline.console.administration import administrators_only, typed_in
from dueline.console.refusals import status_of
from dueline.core.errors import Refusal
from dueline.intake.mail import oauth
from dueline.intake.mail.trial import Trial, try_mailbox
from dueline.models import Mailbox
from dueline.queries.desk import desk_row
from dueline.queries.mailboxes import is_on_company_domain, mailbox_page
from dueline.wording.refusals import say_refusal

_NEW = {
    "imap_port": "993",
    "imap_security": "tls",
    "sign_in": "password",
    "folder": "INBOX",
    "afterwards": "seen",
}
_SHOWN = (
    *("address", "name", "product", "language", "signature", "imap_host", "imap_port"),
    *("imap_security", "imap_username", "sign_in", "oauth_tenant", "oauth_client_id"),
    *("folder", "afterwards", "done_folder"),
)
_ASKING = "mailbox-permission"  # in the session, while a provider is asked


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    if request.method != "POST":
        return _page(request, typed=_NEW)
    typed = typed_in(request)
    try:
        mailbox = acts.add_mailbox(acts.Facts.read(typed), actor=request.person, at=request.now)
    except Refusal as refusal:
        return _page(request, typed=typed, refusal=refusal)
    return _saved(request, mailbox)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Visit, mailbox_id: int) -> HttpResponse:
    if request.method != "POST":
        return _page(request, mailbox_id)
    typed = typed_in(request)
    try:
        mailbox = acts.change_mailbox(
            mailbox_id, acts.Facts.read(typed), actor=request.person, at=request.now
        )
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return _page(request, mailbox_id, typed=typed, refusal=refusal)
    return _saved(request, mailbox)


def _saved(request: Visit, mailbox: Mailbox) -> HttpResponse:
    flashes.success(request, _("Saved."))
    asks = mailbox.imap_host and mailbox.sign_in != Mailbox.SignIn.PASSWORD
    if asks and not mailbox.oauth_refresh_token:
        return HttpResponseRedirect(reverse("console:settings_connect", args=[mailbox.pk]))
    return HttpResponseRedirect(reverse("console:settings_mail"))


# --- the trial -------------------------------------------------------------------------------


@administrators_only
@require_POST
def try_new(request: Visit) -> HttpResponse:
    return _try(request, None)


@administrators_only
@require_POST
def try_one(request: Visit, mailbox_id: int) -> HttpResponse:
    return _try(request, mailbox_id)


def _try(request: Visit, mailbox_id: int | None) -> HttpResponse:
    """Try what is typed. With script the form stays as it is, and only the finding comes back."""
    typed = typed_in(request)
    try:
        mailbox = acts.as_typed(mailbox_id, acts.Facts.read(typed), actor=request.person)
        trial = try_mailbox(mailbox)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        if not _is_part(request):
            return _page(request, mailbox_id, typed=typed, refusal=refusal)
        trial = Trial(False, (say_refusal(refusal),))
    if _is_part(request):
        return render(request, "console/settings/mailbox_trial.html", {"trial": trial})
    return _page(request, mailbox_id, typed=typed, trial=trial)


def _is_part(request: Visit) -> bool:
    return "HX-Request" in request.headers


# --- on, off, away ---------------------------------------------------------------------------


@administrators_only
@require_POST
def activity(request: Visit, mailbox_id: int) -> HttpResponse:
    is_active = typed_in(request).get("is_active") == "yes"
    acts.set_active(mailbox_id, is_active=is_active, actor=request.person, at=request.now)
    flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:settings_mailbox", args=[mailbox_id]))


@administrators_only
@require_POST
def remove(request: Visit, mailbox_id: int) -> HttpResponse:
    try:
        acts.remove_mailbox(mailbox_id, actor=request.person, at=request.now)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return _page(request, mailbox_id, refusal=refusal)
    flashes.success(request, _("Removed."))
    return HttpResponseRedirect(reverse("console:settings_mail"))


# --- permission of a provider ----------------------------------------------------------------


@administrators_only
@require_safe
def connect(request: Visit, mailbox_id: int) -> HttpResponse:
    """Lead to the provider. A link and no form: no form of ours may lead out of the house."""
    try:
        mailbox = acts.connectable(mailbox_id, actor=request.person)
        kept = oauth.new_secrets()
        address = oauth.authorize_url(mailbox, redirect_url=_came_back(), kept=kept)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return _page(request, mailbox_id, refusal=refusal)
    request.session[_ASKING] = {
        "mailbox": mailbox_id,
        "state": kept.state,
        "verifier": kept.verifier,
    }
    page = {
        "here": "settings",
        "tab": "mail",
        "mailbox": mailbox_page(mailbox_id),
        "provider": _provider(mailbox),
        "leads_to": address,
        "comes_back": _came_back(),
    }
    response = render(request, "console/settings/mailbox_connect.html", page)
    response["Cache-Control"] = "no-store"
    return response


@administrators_only
@require_safe
def connected(request: Visit) -> HttpResponse:
    """The provider has sent the administrator back, with a code or with a no."""
    asked = request.session.pop(_ASKING, None)
    state = request.GET.get("state", "")
    if asked is None or not secrets.compare_digest(
        str(asked["state"]).encode(), state.encode("utf-8", "replace")
    ):
        flashes.error(request, _("This answer belongs to no question of ours. Connect once more."))
        return HttpResponseRedirect(reverse("console:settings_mail"))
    back = HttpResponseRedirect(reverse("console:settings_mailbox", args=[asked["mailbox"]]))
    if "code" not in request.GET:
        flashes.error(request, _("The provider gave no permission."))
        return back
    try:
        _keep_permission(request, asked, code=request.GET["code"])
    except oauth.NotPermitted as why:
        flashes.error(request, str(why))
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        flashes.error(request, say_refusal(refusal))
    else:
        flashes.success(request, _("Connected. The mailbox is read from now on."))
    return back


def _keep_permission(request: Visit, asked: Mapping[str, object], *, code: str) -> None:
    mailbox = acts.connectable(int(str(asked["mailbox"])), actor=request.person)
    kept = oauth.Secrets(state=str(asked["state"]), verifier=str(asked["verifier"]))
    token = oauth.exchange(mailbox, code=code, redirect_url=_came_back(), kept=kept)
    acts.keep_permission(mailbox.pk, refresh_token=token, actor=request.person, at=request.now)


def _came_back() -> str:
    return f"{desk_row()['public_url']}{reverse('console:settings_connected')}"


def _provider(mailbox: Mailbox) -> str:
    return "Google" if mailbox.sign_in == Mailbox.SignIn.GOOGLE else "Microsoft"


# --- the page --------------------------------------------------------------------------------


def _page(
    request: Visit,
    mailbox_id: int | None = None,
    *,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
    trial: Trial | None = None,
) -> HttpResponse:
    """Show the form as it was typed, but for its secrets: those are in no page."""
    stored = mailbox_page(mailbox_id) if mailbox_id is not None else None
    if mailbox_id is not None and stored is None:
        raise Http404
    shown = typed if typed is not None else stored.typed if stored else _NEW
    address = shown.get("address", "")
    page = {
        "here": "settings",
        "tab": "mail",
        "mailbox": stored,
        "typed": {name: shown.get(name, "") for name in _SHOWN},
        "errors": {refusal.code: say_refusal(refusal)} if refusal else {},
        "trial": trial,
        "is_risky": bool(address) and is_on_company_domain(address),
        "comes_back": _came_back(),
        "secret_is_gone": typed is not None
        and bool(typed.get("imap_password") or typed.get("oauth_client_secret")),
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "console/settings/mailbox.html", page, status=status)
