"""The page of the emergency sheet."""

from datetime import date, time, timedelta

import pytest

from dueline.models import AuditEntry, Desk, EmergencySheet, store

PAGE = "/console/emergency-sheet"


def body(response) -> str:
    return response.content.decode()


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def sheet(world, now):
    return EmergencySheet.objects.create(
        day=date(2026, 11, 23), made_at=now, sha256=store.save(b"%PDF-"), open_critical=3
    )


@pytest.mark.parametrize("who", ["cleo", "dag", "eve"])
def test_no_customer_finds_a_sheet(world, enter, sheet, who):
    client = enter(getattr(world, who))
    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}/{sheet.pk}").status_code == 404
    assert client.post(f"{PAGE}/making").status_code == 404


def test_without_signing_in_nobody_gets_one(client, sheet):
    answer = client.get(f"{PAGE}/{sheet.pk}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in")


def test_before_the_first_one_the_page_says_so(world, enter):
    told = body(enter(world.asta).get(PAGE))
    assert "No sheet has been made yet." in told
    assert "When, and to whom besides" not in told


def test_an_engineer_makes_one_and_takes_it_away(world, enter):
    client = enter(world.asta)
    Desk.objects.update(sheet_at=time(23, 59, 59))
    assert client.post(f"{PAGE}/making").status_code == 302
    made = EmergencySheet.objects.get()
    assert f"{PAGE}/{made.pk}" in body(client.get(PAGE))
    answer = client.get(f"{PAGE}/{made.pk}")
    assert answer.content.startswith(b"%PDF-")
    name = f"emergency-sheet-{made.day.isoformat()}.pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "no-store" in answer["Cache-Control"]


def test_a_sheet_whose_file_is_gone_is_not_there(world, enter, sheet):
    EmergencySheet.objects.update(sha256="0" * 64)
    client = enter(world.asta)
    assert client.get(f"{PAGE}/{sheet.pk}").status_code == 404
    assert client.get(f"{PAGE}/{sheet.pk + 1}").status_code == 404


def test_only_an_administrator_changes_its_settings(world, enter):
    typed = {"sheet_at": "04:15", "sheet_to": "a@elsewhere.example\nB@elsewhere.example, "}
    assert enter(world.asta).post(f"{PAGE}/settings", typed).status_code == 404
    assert enter(world.ada).post(f"{PAGE}/settings", typed).status_code == 302
    desk = Desk.objects.get()
    assert desk.sheet_at == time(4, 15)
    assert desk.sheet_to == ["a@elsewhere.example", "b@elsewhere.example"]
    assert AuditEntry.objects.get().what == "sheet"


def test_what_was_typed_comes_back_with_what_is_wrong(world, enter):
    typed = {"sheet_at": "04:15", "sheet_to": "cleo@northwind.example"}
    answer = enter(world.ada).post(f"{PAGE}/settings", typed)
    assert answer.status_code == 400
    assert "is a customer&#39;s" in body(answer)
    assert "cleo@northwind.example</textarea>" in body(answer)
    assert Desk.objects.get().sheet_to == []


def test_the_sheets_of_the_last_month_are_listed_the_newest_first(world, enter, sheet, now):
    EmergencySheet.objects.create(
        day=sheet.day - timedelta(days=1),
        made_at=now,
        sha256="1" * 64,
        open_critical=0,
        sent_to=["a@b.example"],
    )
    told = body(enter(world.asta).get(PAGE))
    assert told.index("23 November 2026") < told.index("22 November 2026")
    assert "3 open Critical cases" in told
    assert "Sent to 1 address." in told
