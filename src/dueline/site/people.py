"""Who is asking: from the session to `request.person`."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse

from dueline.core.audience import Person
from dueline.core.instants import now
from dueline.models import Account, Contact
from dueline.queries.desk import day_at

View = Callable[[HttpRequest], HttpResponse]


class AccountBackend(ModelBackend):
    """Django's own, but reads the account together with its agent or contact."""

    def get_user(self, user_id: int) -> Account | None:
        account = Account.objects.select_related("agent", "contact").filter(pk=user_id).first()
        return account if account is not None and self.user_can_authenticate(account) else None


class PersonMiddleware:
    """Set `request.person`: a Person, or None for somebody who has not signed in.

    Two statements for somebody who has (session, account), none for anybody else; one more to
    learn what day it is at the desk, for a super-user by dates.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.person = _person(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def _person(request: HttpRequest) -> Person | None:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    account = get_user(request)
    if not isinstance(account, Account):
        return None
    # An account belongs to one of them; should it ever belong to both, the lesser rights hold.
    holder = getattr(account, "contact", None) or getattr(account, "agent", None)
    if holder is None:
        return None
    if isinstance(holder, Contact) and holder.left_at is not None:
        return None
    request.user = account
    person: Person = _customer(holder) if isinstance(holder, Contact) else holder.as_person()
    return person


def _customer(contact: Contact) -> Person:
    listed = contact.listed
    if listed.super_from is None and listed.super_until is None:
        return contact.as_person()
    return contact.as_person(on=day_at(now()))
