"""Ask for help: the web form, for customers and for strangers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dueline.actions import attempts, cases, contacts, forms, held_requests
from dueline.actions.addresses import is_address
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.inbound import File
from dueline.core.instants import now
from dueline.core.priorities import DEFAULT, Priority
from dueline.models import Case, Contact, HeldRequest, Installation
from dueline.portal.access import computer_of, person_of
from dueline.portal.files import files_of, sent_of
from dueline.queries.coverage import cover_now
from dueline.queries.entries import entry_of_address, entry_of_contact
from dueline.queries.installations import installations_of
from dueline.queries.policies import promises_now
from dueline.queries.portal import DeskFacts, asked, desk_facts, phone_now, priority_titles
from dueline.wording.portal import say_answer, say_call_back
from dueline.wording.refusals import say_refusal
from dueline.wording.targets import say_every

LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody typed. Everything is kept and shown again when something is missing."""

    name: str
    email: str
    phone: str
    priority: str
    reason: str
    subject: str
    text: str
    wants_call: bool
    installation: str
    trap: str

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> "Request":
        return cls(
            name=" ".join(typed.get("name", "").split()),
            email=typed.get("email", "").strip(),
            phone=typed.get("phone", "").strip(),
            priority=typed.get("priority", DEFAULT.value),
            reason=typed.get("reason", "").strip(),
            subject=" ".join(typed.get("subject", "").split()),
            text=typed.get("text", "").strip(),
            wants_call=typed.get("wants_call") == "yes",
            installation=typed.get("installation", ""),
            trap=typed.get("website", ""),
        )

    @classmethod
    def of(cls, person: Person | None, *, phone: str) -> "Request":
        """An empty form, with what we know of the reader."""
        name, email = (person.name, person.email) if person else ("", "")
        return cls(
            name,
            email,
            phone,
            DEFAULT.value,
            "",
            "",
            "",
            wants_call=False,
            installation="",
            trap="",
        )

    def errors(self, *, is_known: bool) -> dict[str, str]:
        """Return what is missing or wrong, by field."""
        found = {}
        if not is_known and not self.name:
            found["name"] = _("What is your name?")
        if not is_known and not is_address(self.email):
            found["email"] = _("Write the e-mail address at which we reach you.")
        if not is_known and not self.phone:
            found["phone"] = _("At which telephone number do we reach you?")
        if self.wants_call and not self.phone:
            found["phone"] = _("We can only call you if you give us a telephone number.")
        if len(self.phone) > 40:
            found["phone"] = _("This telephone number is too long.")
        if self.priority not in list(Priority):
            found["priority"] = _("Choose how bad it is.")
        if self.priority == Priority.HIGH and not self.reason:
            found["reason"] = _("High is an escalation: say why it needs more attention.")
        if not self.subject and not self.text:
            found["subject"] = _("Tell us in one line what happens.")
        if len(self.text) > LONGEST_TEXT or len(self.subject) > 1000:
            found["text"] = _("This is very long. Please attach it as a file.")
        return found


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    desk = desk_facts()
    if desk is None:
        return HttpResponseRedirect("/")
    person = person_of(request)
    if person is not None and not person.is_contact:
        return HttpResponseRedirect("/")  # colleagues record calls in the console
    if request.method == "POST":
        return _take_in(request, desk, person)
    contact = _contact(person)
    return _form(request, desk, person, Request.of(person, phone=contact.phone if contact else ""))


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """Show the number and the promise once more: only to the session that has just asked."""
    desk, case_id = desk_facts(), request.session.get("asked")
    if desk is not None and request.session.get("asked_held"):
        page = {"desk": desk, "phone_now": phone_now(desk, at=now())}
        return render(request, "portal/held.html", page)
    if desk is None or not isinstance(case_id, int):
        return HttpResponseRedirect(reverse("portal:help"))
    at, zone = now(), _zone(request, desk)
    found = asked(case_id)
    page = {
        "desk": desk,
        "asked": found,
        "promise": say_answer(found.response and found.response.due_at, now=at, zone=zone),
        "call_back": say_call_back(found.call_back and found.call_back.due_at, now=at, zone=zone),
        "phone_now": phone_now(desk, at=at),
    }
    return render(request, "portal/thanks.html", page)


def _take_in(request: HttpRequest, desk: DeskFacts, person: Person | None) -> HttpResponse:
    typed = Request.read(request.POST.dict())
    errors = typed.errors(is_known=person is not None)
    files: list[File] = []
    try:
        files = files_of(request, at=now(), person=person)
        if not errors:
            _refuse_flood(request, typed, person)
            answer = forms.once(
                sent_of(request), lambda: _ask(request, typed, person, files), at=now()
            )
            is_case = isinstance(answer, Case)
            request.session["asked"] = answer.pk if is_case else None
            request.session["asked_held"] = not is_case
            return HttpResponseRedirect(reverse("portal:thanks"))
    except Refusal as refusal:
        errors[_FIELDS.get(refusal.code, "subject")] = say_refusal(refusal)
        status = 429 if refusal.code == "too-many" else 400
        return _form(request, desk, person, typed, errors=errors, status=status)
    if files or request.FILES:
        errors["files"] = _("Please choose your files again: the browser does not keep them.")
    return _form(request, desk, person, typed, errors=errors, status=400)


_FIELDS = {"reason-missing": "reason", "files": "files", "trap": "website"}


def _refuse_flood(request: HttpRequest, typed: Request, person: Person | None) -> None:
    if typed.trap:
        raise Refusal("trap", _("Please leave the field “Website” empty."))
    if person is not None:
        return
    network = attempts.network_of(computer_of(request))
    if not attempts.take(attempts.REQUEST_NETWORK, network, at=now()):
        raise Refusal(
            "too-many",
            _("Too many requests came from your network. Please call us, or try again later."),
        )


def _ask(
    request: HttpRequest, typed: Request, person: Person | None, files: list[File]
) -> Case | HeldRequest:
    """Open a case, or keep the request until a super-user of the company vouches for it."""
    at, known = now(), _contact(person)
    entry = (
        entry_of_contact(known, at=at) if known else entry_of_address(typed.email.lower(), at=at)
    )
    if entry is None or entry.why_held is None:
        return _open(request, typed, known, files, at=at)
    held = HeldRequest(
        organization_id=entry.organization_id,
        contact=known,
        why=entry.why_held,
        name=known.name if known else typed.name[:200],
        email=(known.email or "") if known else typed.email.lower(),
        phone=typed.phone,
        channel="web",
        subject=_subject(typed),
        text=_text(typed, known),
        priority=typed.priority,
        escalation_reason=typed.reason,
        call_back_phone=typed.phone if typed.wants_call else "",
        is_verified=known is not None,
        installation=_installation(typed, entry.organization_id) if known else None,
        arrived_at=at,
    )
    tells_sender = known is not None or _may_acknowledge(request, typed)
    held_requests.hold(held, files=files, tells_sender=tells_sender, at=at)
    return held


def _open(
    request: HttpRequest,
    typed: Request,
    known: Contact | None,
    files: list[File],
    *,
    at: datetime,
) -> Case:
    contact = known or contacts.find_or_create(
        email=typed.email, name=typed.name, phone=typed.phone, at=at
    )
    return cases.open_case(
        contact=contact,
        subject=_subject(typed),
        text=_text(typed, known, record=contact),
        priority=Priority(typed.priority),
        channel="web",
        happened_at=at,
        at=at,
        actor=contact.as_person(),
        files=files,
        escalation_reason=typed.reason,
        call_back_phone=typed.phone if typed.wants_call else "",
        acknowledge=known is not None or _may_acknowledge(request, typed),
        verified=known is not None,
        installation=_installation(typed, contact.organization_id) if known else None,
    )


def _subject(typed: Request) -> str:
    return typed.subject or typed.text.splitlines()[0][:200]


def _installation(typed: Request, organization_id: int | None) -> Installation | None:
    """Return what was chosen, if it is the company's own."""
    chosen = typed.installation
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 18):
        return None
    of_company = Installation.objects.filter(organization_id=organization_id or 0)
    return of_company.filter(pk=int(chosen)).first()


def _text(typed: Request, known: Contact | None, *, record: Contact | None = None) -> str:
    """Keep what the form said and the contact's record does not: nothing that was written is lost.

    A stranger may write under a customer's address; the record stays as it was, and the message
    says that nobody has vouched for it (i32).
    """
    said, record = [], known or record
    if not known:
        said.append(_("Sent by the public form, without signing in: the address is not verified."))
    if not known and typed.name != (record.name if record else ""):
        said.append(_("Name on the form: %(name)s") % {"name": typed.name})
    if typed.phone and typed.phone != (record.phone if record else ""):
        said.append(_("Telephone: %(phone)s") % {"phone": typed.phone})
    return "\n\n".join(part for part in (typed.text or typed.subject, "\n".join(said)) if part)


def _may_acknowledge(request: HttpRequest, typed: Request) -> bool:
    """A stranger's form must not make us flood somebody else's mailbox (i38)."""
    at = now()
    network = attempts.network_of(computer_of(request))
    rations = (
        (attempts.STRANGER, typed.email.lower()),
        (attempts.STRANGER_NETWORK, network),
        (attempts.STRANGERS, ""),
    )
    # All of them are counted, also when the first one refuses.
    granted = [attempts.take(ration, subject, at=at) for ration, subject in rations]
    return all(granted)


def _form(
    request: HttpRequest,
    desk: DeskFacts,
    person: Person | None,
    typed: Request,
    *,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    at = now()
    organization_id = person.organization_id if person else None
    choices = promises_now(organization_id, at=at)
    page = {
        "coverage": cover_now(organization_id, at=at),
        "installations": [(one.id, one.title) for one in installations_of(organization_id)],
        "holds": _why_held(person, at=at),
        "desk": desk,
        "typed": typed,
        "errors": errors or {},
        "choices": choices,
        "every": {
            choice.priority.value: say_every(choice.feedback.target)
            for choice in choices
            if choice.feedback
        },
        "titles": priority_titles(at=at),
        "phone_now": phone_now(desk, at=at),
        "now": at,
        "zone": _zone(request, desk),
    }
    return render(request, "portal/help.html", page, status=status)


def _why_held(person: Person | None, *, at: datetime) -> str:
    """Say to somebody who signed in why their request would wait for a super-user."""
    contact = _contact(person)
    entry = entry_of_contact(contact, at=at) if contact else None
    return entry.why_held or "" if entry else ""


def _contact(person: Person | None) -> Contact | None:
    return Contact.objects.filter(pk=person.id).first() if person else None


def _zone(request: HttpRequest, desk: DeskFacts) -> str:
    person = person_of(request)
    return (person.zone if person else "") or desk.zone
