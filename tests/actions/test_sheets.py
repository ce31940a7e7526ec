"""Row 70: the emergency sheet, every night, for those who lead and never for a customer."""

from datetime import date, time, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pypdfium2
import pytest

from dueline.actions import cases, messages, sheets, upkeep
from dueline.actions.sheets import SheetSettings
from dueline.core.errors import Refusal
from dueline.models import Agent, Contact, Desk, EmergencySheet, OutboxItem, store
from dueline.outlets.mail_delivery import letter_of
from dueline.queries.sheets import sheet_facts, sheet_file
from dueline.wording import sheet_pdf
from dueline.wording.sheet import compose
from tests.actions.test_upkeep import age
from tests.world import MONDAY, utc

pytestmark = pytest.mark.django_db

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
# 03:30 in Stockholm on a Tuesday in winter.
DUE = utc("2026-11-24T02:30")
HOSTILE = '#panic("x") *bold* $x$ @ref <label> `raw` \\ [a](b) #import "a" "quote" \x1b[0m\u202egpj'


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    return tmp_path / "files"


@pytest.fixture
def quick(monkeypatch):
    """Setting a page takes a while: here a PDF is what it says."""
    monkeypatch.setattr(sheet_pdf, "typeset", lambda sheet, language: repr(sheet).encode())


def read(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def words(pdf: bytes) -> str:
    return " ".join(read(pdf).replace("\ufffe", "").split())


def last_pdf() -> bytes:
    return sheet_file(EmergencySheet.objects.latest("day").pk)[1]


# ---- when ----


def test_before_a_desk_is_set_up_no_sheet_is_made(db):
    assert not sheets.make_tonights(at=DUE)


def test_a_sheet_is_made_once_a_night_at_its_time(world, quick):
    assert not sheets.make_tonights(at=DUE - MINUTE)
    assert sheets.make_tonights(at=DUE)
    assert not sheets.make_tonights(at=DUE + MINUTE)
    assert not sheets.make_tonights(at=DUE + 20 * HOUR)
    assert sheets.make_tonights(at=DUE + DAY)
    days = EmergencySheet.objects.values_list("day", flat=True)
    assert list(days) == [date(2026, 11, 25), date(2026, 11, 24)]


def test_after_a_night_in_which_nobody_worked_it_is_made_late_and_only_for_that_day(world, quick):
    assert sheets.make_tonights(at=DUE)
    assert sheets.make_tonights(at=DUE + 3 * DAY + 9 * HOUR)
    assert not sheets.make_tonights(at=DUE + 3 * DAY + 10 * HOUR)
    assert EmergencySheet.objects.count() == 2


@pytest.mark.parametrize(
    ("day", "at", "due"),
    [
        ("2026-03-29", time(2, 30), "2026-03-29T01:00"),  # the clock jumps from 02:00 to 03:00
        ("2026-10-25", time(2, 30), "2026-10-25T00:30"),  # 02:30 is there twice: the first
        ("2026-10-25", time(3, 30), "2026-10-25T02:30"),
    ],
)
def test_f9_on_the_days_on_which_the_clock_changes_it_is_made_once(world, quick, day, at, due):
    Desk.objects.update(sheet_at=at)
    made = []
    instant = utc(f"{day}T00:00") - 3 * HOUR
    while instant < utc(f"{day}T00:00") + 27 * HOUR:
        if sheets.make_tonights(at=instant):
            made.append(instant)
        instant += 10 * MINUTE
    of_the_day = [
        instant
        for instant in made
        if instant.astimezone(ZoneInfo("Europe/Stockholm")).date().isoformat() == day
    ]
    assert of_the_day == [utc(due)]


def test_of_two_workers_one_makes_and_sends_it(world, quick, monkeypatch):
    make = sheet_pdf.typeset

    def while_the_other_makes_it(sheet, language):
        monkeypatch.setattr(sheet_pdf, "typeset", make)
        assert sheets.make_tonights(at=DUE)
        return make(sheet, language)

    monkeypatch.setattr(sheet_pdf, "typeset", while_the_other_makes_it)
    assert not sheets.make_tonights(at=DUE)
    assert OutboxItem.objects.filter(purpose="sheet").count() == 1


def test_a_sheet_made_by_hand_before_its_time_keeps_nobody_from_getting_the_nights(world, quick):
    sheets.make_now(actor=world.asta, at=DUE - HOUR)
    assert not OutboxItem.objects.exists()
    assert sheets.make_tonights(at=DUE)
    assert OutboxItem.objects.filter(purpose="sheet").count() == 1
    sheets.make_now(actor=world.asta, at=DUE + HOUR)
    assert OutboxItem.objects.count() == 1
    sheet = EmergencySheet.objects.get()
    assert (sheet.made_at, sheet.sent_to) == (DUE + HOUR, ["ada@desk.example"])


def test_a_sheet_made_by_hand_in_the_place_of_the_nights_goes_out_as_it_would_have(world, quick):
    sheets.make_now(actor=world.asta, at=DUE + 5 * HOUR)
    assert OutboxItem.objects.filter(purpose="sheet").count() == 1
    assert not sheets.make_tonights(at=DUE + 6 * HOUR)


def test_no_customer_makes_one(world):
    with pytest.raises(Refusal) as refused:
        sheets.make_now(actor=world.cleo, at=DUE)
    assert refused.value.code == "not-found"


# ---- to whom ----


def test_it_goes_to_those_who_lead_and_to_the_addresses_of_the_settings(world, quick):
    Agent.objects.filter(pk=world.bo.id).update(is_manager=True)
    Agent.objects.filter(pk=world.tove.id).update(is_manager=True)
    tove = Agent.objects.get(pk=world.tove.id).account
    tove.is_active = False
    tove.save()
    Desk.objects.update(sheet_to=["night@elsewhere.example", "ada@desk.example"])
    assert sheets.make_tonights(at=DUE)
    sent = OutboxItem.objects.filter(purpose="sheet")
    to = ["ada@desk.example", "bo@desk.example", "night@elsewhere.example"]
    assert sorted(sent.values_list("to_address", flat=True)) == to
    assert sorted(EmergencySheet.objects.get().sent_to) == to


def test_it_never_goes_to_a_customer(world, quick):
    with pytest.raises(Refusal) as refused:
        sheets.change_settings(
            SheetSettings(time(3), ("cleo@northwind.example",)), actor=world.ada, at=MONDAY
        )
    assert refused.value.code == "sheet_to"
    # Somebody of that address may become one later.
    Desk.objects.update(sheet_to=["cleo@northwind.example"])
    assert sheets.make_tonights(at=DUE)
    assert not OutboxItem.objects.filter(to_address="cleo@northwind.example").exists()


@pytest.mark.parametrize("who", ["asta", "tove", "cleo"])
def test_only_an_administrator_says_when_and_to_whom(world, who):
    with pytest.raises(Refusal) as refused:
        sheets.change_settings(SheetSettings(time(3), ()), actor=getattr(world, who), at=MONDAY)
    assert refused.value.code == "not-found"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"sheet_at": "25:00"}, "sheet_at"),
        ({"sheet_at": "03:30+01:00"}, "sheet_at"),
        ({"sheet_at": ""}, "sheet_at"),
        ({"sheet_at": "03:30", "sheet_to": "nobody"}, "sheet_to"),
        (
            {"sheet_at": "03:30", "sheet_to": " ".join(f"{n}@a.example" for n in range(21))},
            "sheet_to",
        ),
    ],
)
def test_settings_that_are_none_are_refused(world, typed, field):
    with pytest.raises(Refusal) as refused:
        sheets.change_settings(SheetSettings.read(typed), actor=world.ada, at=MONDAY)
    assert refused.value.code == field


def test_the_mail_brings_the_sheet_itself(world):
    assert sheets.make_tonights(at=DUE)
    item = OutboxItem.objects.get(purpose="sheet")
    letter = letter_of(item, Desk.objects.get())
    (file,) = letter.files
    assert (file.name, file.media_type) == ("emergency-sheet-2026-11-24.pdf", "application/pdf")
    assert "Emergency sheet" in words(file.content)
    assert letter.auto_submitted == "auto-generated"
    assert "do not pass it on" in item.text


# ---- what ----


def test_it_says_who_is_on_call_now_and_in_the_coming_days_with_their_numbers(world):
    Agent.objects.filter(pk=world.bo.id).update(phone="+46 70 111 11 11")
    Agent.objects.filter(pk=world.asta.id).update(phone="+46 70 222 22 22")
    world.rota(world.bo, world.asta)
    facts = sheet_facts(at=MONDAY)
    (rota,) = facts.rotas
    assert rota.duties[0].starts_at == MONDAY
    assert rota.duties[-1].ends_at == MONDAY + 2 * DAY
    assert (rota.duties[0].who, rota.duties[0].phones) == ("Bo Ström", "+46 70 111 11 11")
    assert "Bo Ström" in words(sheet_pdf.typeset(compose(facts), language="en"))


def test_where_nobody_is_on_call_it_says_so(world):
    facts = sheet_facts(at=MONDAY)
    text = words(sheet_pdf.typeset(compose(facts), language="en"))
    assert "No rota is set up: nobody is on call by plan." in text
    assert "There was none when this sheet was made." in text


def test_it_says_everything_about_an_open_critical_case_and_nothing_of_others(world):
    case = world.case(priority="critical", at=MONDAY, subject="Payment page down")
    cases.own(case.pk, actor=world.bo, at=MONDAY + MINUTE)
    messages.reply(
        case.pk, text="We have found the switch.", actor=world.bo, at=MONDAY + 2 * MINUTE
    )
    messages.add_note(case.pk, text="A secret.", actor=world.bo, at=MONDAY + 3 * MINUTE)
    world.case(subject="A plain question", at=MONDAY)
    solved = world.case(priority="critical", at=MONDAY, subject="Solved long ago")
    messages.reply(solved.pk, text="Done.", actor=world.bo, at=MONDAY + 2 * MINUTE)
    cases.resolve(solved.pk, text="Done.", actor=world.bo, at=MONDAY + 3 * MINUTE)

    assert sheets.make_tonights(at=DUE)

    text = words(last_pdf())
    assert EmergencySheet.objects.get().open_critical == 1
    assert f"{case.number} Payment page down" in text
    for said in (
        "Northwind",
        "Cleo Dahl, +46 70 123 45 67",
        "Bo Ström",
        "Activation by 10:17 on Monday 23 November (CET)",
        "We have found the switch.",
        "+46 13 000 00 01",
        "support@desk.example",
        "Asta Lind",
    ):
        assert said in text
    for unsaid in ("A secret.", "A plain question", "Solved long ago"):
        assert unsaid not in text


def test_customers_around_the_clock_stand_on_it_with_their_super_users(world):
    facts = sheet_facts(at=MONDAY)
    (customer,) = facts.customers
    assert (customer.name, customer.people) == ("Northwind", (("Cleo Dahl", "+46 70 123 45 67"),))
    Contact.objects.filter(pk=world.cleo.id).update(super_until=date(2026, 11, 22))
    assert sheet_facts(at=MONDAY).customers[0].people == ()


def test_what_people_write_stays_text_on_paper(world):
    Contact.objects.filter(pk=world.cleo.id).update(name=HOSTILE[:150], phone="#panic()")
    Desk.objects.update(name=HOSTILE[:150])
    world.case(priority="critical", at=MONDAY, subject=HOSTILE, text=HOSTILE + "\n\n= heading")
    text = read(sheet_pdf.typeset(compose(sheet_facts(at=MONDAY)), language="en"))
    flat = "".join(text.replace("\ufffe", "").split())
    assert '#panic("x")*bold*$x$@ref<label>`raw`\\[a](b)#import"a"' in flat
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_names_in_any_script_and_very_long_subjects_have_their_place(world):
    world.case(
        priority="critical", at=MONDAY, subject="支払い " + "长" * 2000, text="متوقف 🔥 " * 500
    )
    pdf = sheet_pdf.typeset(compose(sheet_facts(at=MONDAY)), language="en")
    assert len(pypdfium2.PdfDocument(BytesIO(pdf))) <= 3


def test_two_hundred_cases_have_their_place(world):
    for n in range(200):
        world.case(priority="critical", at=MONDAY, subject=f"Plant {n} " * 20, acknowledge=False)
    facts = sheet_facts(at=MONDAY)
    text = words(sheet_pdf.typeset(compose(facts), language="en"))
    assert "200 open Critical cases" in text
    assert all(case.number in text for case in facts.cases)


@pytest.mark.parametrize("language", ["en", "sv"])
def test_it_opens_without_the_network_and_refers_to_nothing(world, language):
    Desk.objects.update(language=language)
    world.case(priority="critical", at=MONDAY, subject="see http://evil.example/x.png")
    assert sheets.make_tonights(at=DUE)
    pdf = last_pdf()
    for word in (b"/URI", b"/Launch", b"/GoToR", b"/JavaScript", b"/EmbeddedFile", b"/XObject"):
        assert word not in pdf
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    assert "Inter" in pdf.decode("latin-1")  # its letters come with it
    assert len(document) >= 1


# ---- how long ----


def test_after_thirty_days_it_is_swept_away_with_its_file(world, quick, folder):
    assert sheets.make_tonights(at=DUE)
    sha256 = EmergencySheet.objects.get().sha256
    OutboxItem.objects.update(state="sent")
    age(folder, sha256, days=2)
    upkeep.clean_up(at=DUE + 29 * DAY)
    assert store.read(sha256)
    upkeep.clean_up(at=DUE + 31 * DAY)
    assert not EmergencySheet.objects.exists()
    with pytest.raises(FileNotFoundError):
        store.read(sha256)


def test_a_mail_that_still_waits_keeps_the_file_of_a_sheet_that_was_replaced(world, quick, folder):
    assert sheets.make_tonights(at=DUE)
    mailed = OutboxItem.objects.get().file_sha256
    world.case(priority="critical", at=DUE)
    sheets.make_now(actor=world.ada, at=DUE + HOUR)
    assert EmergencySheet.objects.get().sha256 != mailed
    age(folder, mailed, days=2)
    upkeep.clean_up(at=DUE + DAY)
    assert store.read(mailed)


def test_a_desk_that_was_opened_today_has_no_sheet_of_last_night(world):
    noon = utc("2026-11-24T11:00")
    Desk.objects.update(set_up_at=noon - timedelta(hours=1))
    assert not sheets.make_tonights(at=noon)
    assert sheets.make_tonights(at=noon + timedelta(days=1))
