"""Signing in and out. Nothing here changes by GET: mail programs open links before people do."""

from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dueline.actions import accounts
from dueline.core.errors import Refusal
from dueline.core.instants import now
from dueline.models import Account
from dueline.portal.access import computer_of, safe_path
from dueline.wording.refusals import say_refusal

_STATUS = {"too-many": 429}


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _form(request, then=request.GET.get("next", ""))
    then = request.POST.get("next", "")
    email = request.POST.get("email", "")
    try:
        account = accounts.try_password(
            request,
            email=email,
            password=request.POST.get("password", ""),
            computer=computer_of(request),
            at=now(),
        )
    except Refusal as refusal:
        return _form(request, then=then, email=email, refusal=refusal)
    return enter(request, account, then=then)


@require_POST
def mail_link(request: HttpRequest) -> HttpResponse:
    """Mail a link that works once. The answer is the same whether we know the address or not."""
    then = request.POST.get("next", "")
    email = request.POST.get("email", "")
    try:
        accounts.mail_sign_in_link(
            email=email, computer=computer_of(request), then=safe_path(then), at=now()
        )
    except Refusal as refusal:
        return _form(request, then=then, email=email, refusal=refusal)
    return HttpResponseRedirect(reverse("portal:link-sent"))


@require_safe
def link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/link_sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    purpose = accounts.Purpose.SIGN_IN
    try:
        if request.method != "POST":
            found = accounts.look_at_link(token, purpose=purpose, at=now())
            facts = {"email": found.account.email if found.account else ""}
            then = safe_path(request.GET.get("next", ""))
            return _private(render(request, "portal/link.html", {**facts, "then": then}))
        found = accounts.use_link(token, purpose=purpose, at=now())
    except Refusal:
        return _private(render(request, "portal/link_gone.html", status=404))
    if found.account is None:
        raise Http404
    return enter(request, found.account, then=request.POST.get("next", ""))


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, token: str) -> HttpResponse:
    """Let a new colleague choose a password."""
    at, error = now(), ""
    try:
        found = accounts.look_at_link(token, purpose=accounts.Purpose.INVITE, at=at)
        if request.method == "POST":
            password = request.POST.get("password", "")
            return enter(request, accounts.accept_invite(token, password=password, at=at))
    except Refusal as refusal:
        if refusal.code != "weak":
            return _private(render(request, "portal/link_gone.html", status=404))
        error = say_refusal(refusal)
    email = found.account.email if found.account else ""
    page = render(
        request,
        "portal/invite.html",
        {"email": email, "errors": {"password": error} if error else {}},
        status=400 if error else 200,
    )
    return _private(page)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect("/")


def enter(request: HttpRequest, account: Account, *, then: str = "") -> HttpResponse:
    """Sign an account in: a new session id (i56), then on to a path of ours, or home."""
    login(request, account, backend="dueline.site.people.AccountBackend")
    return HttpResponseRedirect(safe_path(then) or "/")


def _form(
    request: HttpRequest, *, then: str, email: str = "", refusal: Refusal | None = None
) -> HttpResponse:
    errors = {}
    if refusal is not None:
        errors = {"password" if refusal.code == "wrong" else "email": say_refusal(refusal)}
    return render(
        request,
        "portal/sign_in.html",
        {"email": email, "next": safe_path(then), "errors": errors},
        status=_STATUS.get(refusal.code, 400) if refusal else 200,
    )


def _private(response: HttpResponse) -> HttpResponse:
    """Keep a page whose address is a key out of caches."""
    response.headers["Cache-Control"] = "no-store"
    return response
