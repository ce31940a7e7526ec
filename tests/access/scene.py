"""Northwind's case with everything that a case can have, and a plain case of Southgate's.

Every text carries a canary, a word that tells where it came from: `INTERNAL` is for colleagues
alone, `NORTHWIND` for Northwind and the desk.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from dueline.actions import (
    assistance,
    cases,
    drafts,
    held_requests,
    messages,
    policies,
    problems,
    sheets,
    voicemails,
)
from dueline.actions.attachments import keep_files
from dueline.actions.guides import print_edition
from dueline.actions.inbox import keep_raw
from dueline.core.audience import Person
from dueline.core.events import Kind
from dueline.core.inbound import File, Inbound
from dueline.core.inbound import Voicemail as Spoken
from dueline.core.matching import Decision, Verdict
from dueline.models import (
    Account,
    Attachment,
    Case,
    Commitment,
    Contract,
    EmergencySheet,
    GuideEdition,
    HeldRequest,
    InboxItem,
    Installation,
    Mailbox,
    MailWebhook,
    Message,
    OutboxItem,
    PageDestination,
    Paging,
    PagingChain,
    PhoneCall,
    PhoneWebhook,
    ReplyTemplate,
    Voicemail,
    store,
)
from tests.pictures import png
from tests.world import World, utc

INTERNAL = "zwickelnote"
NORTHWIND = "quarrylark"
SOUTHGATE = "fennelbridge"
ARRIVED = utc("2026-11-16T09:00")  # a Monday that has passed, however early the test is run
MINUTE = timedelta(minutes=1)


@dataclass
class Scene:
    world: World
    case: Case  # Cleo's, of Northwind
    eves: Case  # Eve's own, of Southgate
    held: HeldRequest  # of Northwind, waits for a super-user
    file: Attachment  # Northwind's, public within the case
    note_file: Attachment  # on a note
    filled: dict[str, str]

    def address(self, route: str, *, case: Case | None = None) -> str:
        """Fill a route with what belongs to Northwind's case (or with another case's number)."""
        address = route
        for place, value in self.filled.items():
            address = address.replace(place, value)
        if case:
            address = address.replace(self.case.number, case.number)
        assert "<" not in address, f"{route}: say in tests/access/scene.py what to fill in"
        return f"/{address}"


def build_scene(world: World) -> Scene:
    case = _northwinds(world)
    eves = world.case(
        world.eve,
        subject=f"Import stops {SOUTHGATE}",
        text=f"It stops {SOUTHGATE}.",
        at=ARRIVED,
        files=(File("eve.txt", "text/plain", SOUTHGATE.encode()),),
    )
    policies.begin_draft(actor=world.ada, at=ARRIVED)
    item = keep_raw(
        f"From: cleo@northwind.example\nSubject: {NORTHWIND}\n\n{NORTHWIND}\n".encode(),
        door="smtp",
        mail_from="cleo@northwind.example",
        rcpt_to=["support@desk.example"],
        at=ARRIVED,
    )
    InboxItem.objects.filter(pk=item).update(state="held", reason=f"{INTERNAL}: looks odd.")
    message = Message.objects.filter(case=case).latest("id")
    Message.objects.filter(pk=message.pk).update(html=f"<p>{NORTHWIND}</p>")
    response = Commitment.objects.get(case=case, kind="response")
    held = _waiting(world)
    installation = Installation.objects.create(
        organization=world.northwind, product=f"Warehouse {NORTHWIND}"
    )
    file, note_file = (
        Attachment.objects.get(message__case=case),
        Attachment.objects.get(note__case=case),
    )
    picture = _picture(message)
    template = ReplyTemplate.objects.create(name="Look", text="We look.", changed_at=ARRIVED)
    rota = world.rota()
    filled = {
        "<int:template_id>": str(template.pk),
        "<int:draft_id>": "404",
        "<int:position>": "0",
        "draft/files/<int:file_id>": "draft/files/404",
        "watchers/<slug:kind>/<int:person_id>": f"watchers/contact/{world.dag.id}",
        "<case_number:case_id>": case.number,
        "<str:number>": case.number,
        "<slug:kind>": response.kind,
        "<int:ordinal>": str(response.ordinal),
        "<int:voicemail_id>": str(_voicemail(case).pk),
        "<int:question_id>": str(case.questions.latest("id").pk),
        "inbox/<int:item_id>": f"inbox/{item}",
        "outbox/<int:item_id>": f"outbox/{OutboxItem.objects.filter(case=case).latest('id').pk}",
        "<int:held_id>/files/<int:file_id>": f"{held.pk}/files/{held.files.get().pk}",
        "<int:held_id>": str(held.pk),
        "<int:installation_id>": str(installation.pk),
        "pictures/<int:file_id>": f"pictures/{picture.pk}",
        "<int:file_id>/small": f"{picture.pk}/small",
        "<int:file_id>": str(file.pk),
        "<int:message_id>": str(message.pk),
        "<str:token>": "no-such-token",
        "<int:mailbox_id>": str(_mailbox().pk),
        "<int:webhook_id>": str(_webhook().pk),
        "<str:secret>": "no-such-secret",
        "<int:phone_webhook_id>": str(_phone_webhook().pk),
        "<int:phone_call_id>": str(_phone_call().pk),
        "<int:organization_id>": str(world.northwind.pk),
        "<int:agent_id>": str(world.asta.id),
        "<int:rota_id>": str(rota.pk),
        "<int:layer_id>": str(rota.layers.get().pk),
        "<int:override_id>": "404",
        "<str:key>": "no-such-key",
        "<int:contact_id>": str(world.cleo.id),
        "<int:calendar_id>": str(world.desk.calendar_id),
        "<int:number>": "1",
        "<int:edition_id>": str(_edition().pk),
        "<slug:part>": "listener",
        "<int:sheet_id>": str(_sheet(world).pk),
        "<str:plan>": "standard",
        "<int:problem_id>": str(_problem(world, case)),
        "<int:event_id>": str(_second_message(world, case)),
        "<int:chain_id>": str(_chain().pk),
        "<int:paging_id>": str(_paging(case).pk),
        "<int:destination_id>": str(_way(world).pk),
        "<int:contract_id>": str(Contract.objects.get(organization=world.northwind).pk),
    }
    return Scene(world, case, eves, held, file, note_file, filled)


def _chain() -> PagingChain:
    return PagingChain.objects.create(name=f"Night {INTERNAL}", created_at=ARRIVED)


def _paging(case: Case) -> Paging:
    """What is paged about a case, and who was."""
    case.events.create(
        kind=Kind.PAGED,
        happened_at=ARRIVED,
        recorded_at=ARRIVED,
        facts={"paging": 1, "name": INTERNAL},
    )
    return Paging.objects.create(
        case=case,
        why="by_hand",
        occasion="scene",
        chain_name=INTERNAL,
        steps=[{"whom": "everyone", "wait_minutes": 5}],
        rounds=1,
        started_at=ARRIVED,
    )


def _way(world: World) -> PageDestination:
    """A way to wake Bo: his own business, and administrators'."""
    return PageDestination.objects.create(
        agent_id=world.bo.id,
        position=1,
        kind="mail",
        label=f"at home {INTERNAL}",
        address="bo@home.example",
        created_at=ARRIVED,
    )


def _picture(message: Message) -> Attachment:
    """A picture that came with the HTML of a message."""
    keep_files([File("logo.png", "image/png", png(), "logo@1", True)], message=message)
    return Attachment.objects.get(content_id="logo@1")


def _waiting(world: World) -> HeldRequest:
    """A request of somebody at Northwind who is not on the list."""
    held = HeldRequest(
        organization=world.northwind,
        why="unlisted",
        name=f"Nora {NORTHWIND}",
        email="nora@northwind.example",
        channel="mail",
        subject=f"Scanners stand still {NORTHWIND}",
        text=f"Nothing scans {NORTHWIND}.",
        priority="normal",
        is_verified=False,
        arrived_at=ARRIVED,
    )
    file = File(f"{NORTHWIND}.log", "text/plain", NORTHWIND.encode())
    held_requests.hold(held, files=[file], tells_sender=True, at=ARRIVED)
    return held


def _mailbox() -> Mailbox:
    return Mailbox.objects.create(
        address="billing@desk.example",
        imap_host="127.0.0.1",
        imap_port=9,  # nobody listens there
        sign_in="google",
        oauth_client_id="client",
        created_at=ARRIVED,
    )


def _webhook() -> MailWebhook:
    return MailWebhook.objects.create(
        provider="mailgun", secret="a-secret-address", signing_key="key", created_at=ARRIVED
    )


def _phone_webhook() -> PhoneWebhook:
    return PhoneWebhook.objects.create(
        provider="generic", secret="a-phone-address", signing_key="key", created_at=ARRIVED
    )


def _phone_call() -> PhoneCall:
    """A call of Northwind's that nobody has answered, with a recording."""
    return PhoneCall.objects.create(
        call_id="c1",
        from_number="+46701234567",
        caller_name=NORTHWIND,
        state="missed",
        rang_at=ARRIVED,
        changed_at=ARRIVED,
        recording_url=f"https://pbx.example/{INTERNAL}.wav",
    )


def _edition() -> GuideEdition:
    """The guide of Standard, which is Southgate's plan and not Northwind's."""
    print_edition("standard", "en", at=ARRIVED)
    return GuideEdition.objects.get(plan="standard")


def _voicemail(case: Case) -> Voicemail:
    """A recording of Northwind's, with what a telephone system says of it to colleagues alone."""
    item = keep_raw(
        f"Subject: {INTERNAL}\n\n".encode(), door="upload", mail_from="", rcpt_to=[], at=ARRIVED
    )
    InboxItem.objects.filter(pk=item).update(state="taken", case=case)
    voicemails.take(
        InboxItem.objects.get(pk=item),
        Inbound(
            channel="voicemail",
            files=(File(f"{NORTHWIND}.wav", "audio/wav", NORTHWIND.encode()),),
            voicemail=Spoken(
                source="upload",
                recording_id=INTERNAL,
                from_number="+46701234567",
                to_number=INTERNAL,
                caller_name=INTERNAL,
                hung_up_at=ARRIVED + 30 * MINUTE,
                transcript=f"They sound angry {INTERNAL}.",
                audio=File(f"{NORTHWIND}.wav", "audio/wav", NORTHWIND.encode()),
            ),
        ),
        Decision(Verdict.ADD, "A voicemail.", case.pk, is_voicemail=True),
        at=ARRIVED + 31 * MINUTE,
    )
    Voicemail.objects.update(playable_sha256=store.save(NORTHWIND.encode()))
    return Voicemail.objects.get()


def _sheet(world: World) -> EmergencySheet:
    """The emergency sheet, which names every customer."""
    sheets.make_now(actor=world.asta, at=ARRIVED)
    return EmergencySheet.objects.get()


def _northwinds(world: World) -> Case:
    """A case with a public and an internal conversation, files, calls, questions, a miss."""
    case = world.case(
        world.cleo,
        priority="critical",
        subject=f"Payment page down {NORTHWIND}",
        text=f"Every payment fails {NORTHWIND}.",
        at=ARRIVED,
        call_back_phone=f"+46 13 {NORTHWIND}",
        files=(File(f"{NORTHWIND}.log", "text/plain", NORTHWIND.encode()),),
    )
    at = ARRIVED + 5 * MINUTE
    asta = world.asta
    cases.own(case.pk, actor=asta, at=at)
    messages.add_note(
        case.pk,
        text=f"Their contract runs out soon {INTERNAL}.",
        actor=asta,
        at=at,
        files=(File(f"{INTERNAL}.txt", "text/plain", INTERNAL.encode()),),
    )
    messages.reply(case.pk, text=f"We look into {NORTHWIND}.", actor=asta, at=at + MINUTE)
    cases.activate(case.pk, actor=asta, at=at + 2 * MINUTE)
    messages.log_call(
        case.pk,
        reached=True,
        direction="out",
        happened_at=at + 3 * MINUTE,
        phone="+46701234567",
        summary=f"Sounded angry {INTERNAL}.",
        actor=asta,
        at=at + 4 * MINUTE,
    )
    drafts.keep(
        case.pk,
        text=f"They write too much {INTERNAL}.",
        actor=world.bo,
        at=at,
        cc=[f"{INTERNAL}@desk.example"],
    )
    _ask_tier_two(world, case, at=at)
    messages.ask_customer(
        case.pk, text=f"Which browser {NORTHWIND}?", actor=asta, at=at + 8 * MINUTE
    )
    return case


def _ask_tier_two(world: World, case: Case, *, at: datetime) -> None:
    """Two questions: one with all that can be said about it, answered; one that is open."""
    asta, tove = world.asta, world.tove
    secret = File(f"{INTERNAL}.trace", "text/plain", INTERNAL.encode())
    question = assistance.ask(
        case.pk,
        text=f"Is it the cache {INTERNAL}?",
        tried=f"Restarted it {INTERNAL}.",
        files=[secret],
        actor=asta,
        at=at + 5 * MINUTE,
    )
    at += 6 * MINUTE
    assistance.take(question.pk, actor=tove, at=at)
    assistance.ask_back(
        question.pk, text=f"Which node {INTERNAL}?", files=[secret], actor=tove, at=at
    )
    assistance.add(question.pk, text=f"The second {INTERNAL}.", files=[secret], actor=asta, at=at)
    assistance.answer(
        question.pk,
        text=f"It is the cache {INTERNAL}.",
        checklist=[f"Clear it {INTERNAL}", f"Tell them nothing {INTERNAL}"],
        files=[secret],
        actor=tove,
        at=at,
    )
    assistance.tick(question.pk, place=0, is_done=True, actor=asta, at=at)
    assistance.ask(
        case.pk, text=f"Since when {INTERNAL}?", actor=asta, at=at + MINUTE, within="30 min"
    )


def _problem(world: World, case: Case) -> int:
    """A known problem, of which no customer may learn so much as its name."""
    at = ARRIVED + 15 * MINUTE
    problem = problems.create(
        title=f"The cache {INTERNAL}", text=f"Ask Tove {INTERNAL}.", actor=world.asta, at=at
    )
    problems.link(case.pk, problem_id=problem.pk, actor=world.asta, at=at)
    return problem.pk


def _second_message(world: World, case: Case) -> int:
    """Cleo's answer. Return its event."""
    at = ARRIVED + 16 * MINUTE
    messages.receive(
        case.pk,
        text=f"Firefox {NORTHWIND}.",
        contact=world.contact(world.cleo),
        actor=world.cleo,
        channel="web",
        happened_at=at,
        at=at,
    )
    messages.await_third_party(case.pk, whom=f"the carrier {INTERNAL}", actor=world.asta, at=at)
    return case.events.filter(kind=Kind.MESSAGE_RECEIVED).latest("id").pk


def sign_in(person: Person | None) -> Client:
    client = Client()
    if person is not None:
        holder = {"agent__id": person.id} if person.is_agent else {"contact__id": person.id}
        client.force_login(Account.objects.get(**holder))
    return client


def every_route() -> list[str]:
    """Return every route of the product, as it stands in the URL configuration."""
    return sorted(_routes(get_resolver().url_patterns, ""))


def _routes(patterns: list[URLPattern | URLResolver], before: str) -> list[str]:
    found = []
    for pattern in patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            found += _routes(pattern.url_patterns, route)
        else:
            found.append(route)
    return found
