import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def asta(world, enter):
    return enter(world.asta)


@pytest.mark.parametrize("form", ["{n}", "#{n}", "[{n}]", "{bare}"])
def test_a_case_number_opens_the_case(world, asta, now, form):
    case = world.case(at=now)
    typed = form.format(n=case.number, bare=case.number.replace("-", ""))

    assert asta.get("/console/search", {"q": typed})["Location"] == f"/console/cases/{case.number}"


def test_a_misheard_number_is_said_to_be_one(world, asta, now):
    world.case(at=now)

    page = asta.get("/console/search", {"q": "10001-5"}).content.decode()

    assert "a digit is wrong, or two are swapped" in page


def test_words_find_the_case(world, asta, now):
    world.case(at=now, subject="Payment page down")

    assert "Payment page down" in asta.get("/console/search", {"q": "payment"}).content.decode()


def test_nothing_found_says_so(world, asta):
    assert "Nothing was found" in asta.get("/console/search", {"q": "zebra"}).content.decode()


def test_a_customer_is_found_and_can_be_called(asta):
    page = asta.get("/console/search", {"q": "Cleo"}).content.decode()

    assert "Cleo Dahl" in page
    assert "/console/calls/new?contact=" in page


def test_what_was_searched_cannot_write_into_the_page(asta):
    page = asta.get("/console/search", {"q": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in page
