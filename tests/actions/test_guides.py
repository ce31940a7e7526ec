"""The worker prints the guide whenever it would say anything else, and every edition is kept."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client

from dueline.actions import guides, upkeep
from dueline.actions.calendars import publish_calendar
from dueline.actions.policies import SHIPPED_POLICY, publish_policy
from dueline.models import Desk, GuideEdition, store
from dueline.queries import guide as guide_query
from dueline.queries.guide import guide, pdf_of
from dueline.queries.guide_editions import earlier_editions, edition_for, visible_editions
from dueline.wording import guide_pdf
from dueline.worker.jobs import JOBS
from tests.actions.test_upkeep import age
from tests.world import MONDAY, OFFICE, PASSWORD

DAY = timedelta(days=1)
QUICKER = SHIPPED_POLICY.replace("60 min", "37 min")
LANGUAGES = [code for code, _name in django_settings.LANGUAGES]
PLANS = ("", "standard", "extended")


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    return tmp_path / "files"


@pytest.fixture(autouse=True)
def _set_quickly(monkeypatch):
    """Setting a page takes a while: here a PDF is what it says."""

    def typeset(drawn, *, language):
        return guide_pdf.as_json(drawn, language=language).encode()

    monkeypatch.setattr(guide_pdf, "typeset", typeset)
    yield
    guide_query._set.cache_clear()  # what was set here is no PDF for anybody else


def print_all(at=MONDAY) -> int:
    """Print until nothing is missing; return how many editions were made."""
    before = GuideEdition.objects.count()
    while guides.print_next(at=at):
        pass
    return GuideEdition.objects.count() - before


def newest(plan: str, language: str = "en") -> GuideEdition:
    return GuideEdition.objects.filter(plan=plan, language=language).latest("number")


def test_before_a_desk_is_set_up_nothing_is_printed(db):
    assert not guides.print_next(at=MONDAY)


def test_the_worker_prints():
    assert "print the guide" in [job.name for job in JOBS]


def test_there_is_one_for_every_plan_and_language_and_then_no_more(world):
    assert print_all() == len(PLANS) * len(LANGUAGES)
    made = set(GuideEdition.objects.values_list("plan", "language"))
    assert made == {(plan, language) for plan in PLANS for language in LANGUAGES}
    assert print_all(MONDAY + DAY) == 0


def test_a_published_policy_makes_them_anew_and_the_older_ones_stay(world):
    print_all()
    old = newest("standard")
    before = store.read(old.sha256)
    publish_policy(source=QUICKER, at=MONDAY)
    assert print_all() == len(PLANS) * len(LANGUAGES)
    new = newest("standard")
    assert (new.number, new.policy_version.number) == (2, 2)
    assert b"37 minutes" in store.read(new.sha256)
    assert store.read(old.sha256) == before


def test_a_scheduled_version_is_printed_when_it_begins_to_hold(world):
    print_all()
    publish_policy(source=QUICKER, at=MONDAY, holds_from=MONDAY + DAY)
    assert print_all(MONDAY + DAY - timedelta(seconds=1)) == 0
    assert print_all(MONDAY + DAY) == len(PLANS) * len(LANGUAGES)


def test_new_office_hours_make_them_anew(world):
    print_all()
    publish_calendar(source=OFFICE.replace("08:00-17:00", "09:00-16:00"), at=MONDAY)
    assert print_all() == len(PLANS) * len(LANGUAGES)
    assert newest("").calendar_version.number == 2


def test_another_telephone_and_another_year_make_them_anew_too(world):
    print_all()
    Desk.objects.update(phone_office="+46 13 999 99 99")
    assert print_all() == len(PLANS) * len(LANGUAGES)
    assert print_all(MONDAY + 60 * DAY) == len(PLANS) * len(LANGUAGES)


def test_a_plan_that_is_gone_is_printed_no_more_and_its_editions_stay(world):
    print_all()
    head, _, _ = SHIPPED_POLICY.partition("[plans.extended]")
    publish_policy(source=head, at=MONDAY)
    print_all()
    assert newest("extended").number == 1
    assert newest("standard").number == 2


def test_two_workers_that_print_the_same_make_one_edition(world):
    drawn = guide(at=MONDAY)
    for _ in range(2):
        guides._keep("", "en", drawn, said="said", number=1, at=MONDAY)
    assert GuideEdition.objects.count() == 1


def test_the_page_hands_out_the_edition_and_sets_nothing_itself(world, monkeypatch):
    print_all()
    monkeypatch.setattr(guide_pdf, "typeset", None)
    drawn = guide(at=MONDAY, plan="extended")
    assert pdf_of(drawn, language="en") == store.read(newest("extended").sha256)


def test_an_edition_whose_file_is_lost_is_set_anew(world, folder):
    print_all()
    for path in folder.glob("??/*"):
        path.unlink()
    assert b"Extended" in pdf_of(guide(at=MONDAY, plan="extended"), language="en")


def test_an_edition_stays_however_old(world, folder):
    print_all()
    kept = newest("standard").sha256
    age(folder, kept, days=400)
    upkeep.clean_up(at=MONDAY)
    assert store.read(kept)


# - who may have which -


def test_a_customer_has_the_editions_of_the_own_plan_and_anybody_else_all(world):
    print_all()

    def plans(reader) -> set[str]:
        return set(visible_editions(reader, at=MONDAY).values_list("plan", flat=True))

    assert plans(world.eve) == {"standard"}
    assert plans(world.cleo) == {"extended"}
    assert plans(world.asta) == plans(None) == set(PLANS)


def test_earlier_editions_are_those_before_the_latest_of_each_language(world):
    print_all()
    assert earlier_editions(world.eve, at=MONDAY) == []
    publish_policy(source=QUICKER, at=MONDAY)
    print_all()
    [earlier] = earlier_editions(world.eve, at=MONDAY)
    assert (earlier.plan, earlier.policy_number) == ("standard", 1)
    assert [language for language, _id in earlier.files] == LANGUAGES


def test_an_older_edition_is_downloaded_as_it_was_handed_out(world):
    print_all()
    old = newest("standard")
    publish_policy(source=QUICKER, at=MONDAY)
    print_all()
    client = Client()
    client.post("/sign-in", {"email": world.eve.email, "password": PASSWORD})
    page = client.get("/guide").content.decode()
    assert "Earlier editions" in page
    address = f"/guide/editions/{old.pk}.pdf"
    assert address in page
    answer = client.get(address)
    assert answer.content == store.read(old.sha256)
    assert "support-guide-standard-en-1.pdf" in answer["Content-Disposition"]
    assert client.get(f"/guide/editions/{newest('extended').pk}.pdf").status_code == 404


def test_the_name_of_a_file_is_ascii_whatever_the_plan_is_called(world):
    print_all()
    GuideEdition.objects.filter(plan="standard").update(plan="Gåld “x”\r\n")
    edition = GuideEdition.objects.filter(plan__startswith="G").first()
    name, _pdf = edition_for(None, edition.pk, at=MONDAY)
    assert name == f"support-guide-{edition.language}-1.pdf"
