"""What customers write about themselves is found; what they did not write is not guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dueline.core.inbound import File, Particulars, digest_of
from dueline.core.mail_text import clean_line, clean_text, file_name, particulars
from dueline.core.priorities import Priority


def found(text, *, subject="", region="SE"):
    return particulars(subject=subject, text=text, region=region)


@pytest.mark.parametrize(
    ("line", "priority"),
    [
        ("Prioritet: Critical", Priority.CRITICAL),
        ("Severity: high", Priority.HIGH),
        ("Priority = Low", Priority.LOW),
        ("**Priority:** Critical!", Priority.CRITICAL),
        ("Allvarlighet: kritisk", Priority.CRITICAL),
        ("Allvarlighetsgrad: Hög – allt står still", Priority.HIGH),
        ("Prioritet: låg", Priority.LOW),
        ("Alvorlighetsgrad: Høy", Priority.HIGH),
        ("Prioritet: Høj", Priority.HIGH),
        ("Priorität: Kritisch", Priority.CRITICAL),
        ("Schweregrad: niedrig", Priority.LOW),
        ("  - Prio: normal", Priority.NORMAL),
        ("Prioritet: Critical (kritisk)", Priority.CRITICAL),
    ],
)
def test_a_labelled_priority_is_found(line, priority):
    assert found(f"Hej!\n\n{line}\n\nMvh").priority is priority


@pytest.mark.parametrize(
    "text",
    [
        "This is critical for us!!!",
        "CRITICAL CRITICAL CRITICAL",
        "It is a critical: page is down",
        "Priority: Critical / High / Normal / Low",
        "Priority: not critical",
        "Priority:",
        "Priority: asap",
        "Severity: 1",
        "Priority meeting: critical path",
        "the critical part of severity is high",
    ],
)
def test_a_priority_is_never_guessed(text):
    assert found(text).priority is None


def test_a_labelled_priority_in_the_subject_counts():
    assert found("Hej", subject="Prioritet: Critical").priority is Priority.CRITICAL


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("Telefon: 070-123 45 67", "+46701234567"),
        ("Tel. nr: 070-123 45 67", "+46701234567"),
        ("Mobil: +46 70 123 45 67", "+46701234567"),
        ("Phone number: 0046701234567", "+46701234567"),
        ("Tlf: +47 22 12 34 56", "+4722123456"),
        ("Hej\n\nMed vänlig hälsning\nDag Ek\n08-123 456 78", "+46812345678"),
        ("Regards\nDag\n+44 20 7946 0958", "+442079460958"),
        ("Phone: 12-34 56, ask for Dag", "12-34 56"),
    ],
)
def test_a_telephone_number_is_found_in_a_label_or_a_signature(text, phone):
    assert found(text).phone == phone


@pytest.mark.parametrize(
    "text",
    ["Order 8912345678", "10042-7", "2026-11-20 10:00", "Phone: none", "Error 0x80070005", ""],
)
def test_other_numbers_are_no_telephone_numbers(text):
    assert found(text).phone == ""


def test_a_national_number_is_read_in_the_desks_country():
    assert found("Telefon: 030 1234567", region="DE").phone == "+49301234567"


def test_a_number_far_above_the_signature_needs_a_label():
    text = "Call me on 070-123 45 67\n" + "more words\n" * 20
    assert found(text).phone == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Namn: Dag Ek", "Dag Ek"),
        ("Your name: Cleo Dahl", "Cleo Dahl"),
        ("Ansprechpartner: Jörg Weiß", "Jörg Weiß"),
        ("Company name: Northwind", ""),
        ("Name: cleo@northwind.example", ""),
        ("Name: 12345", ""),
    ],
)
def test_a_name_is_found_in_a_label_of_its_own(text, name):
    assert found(text).name == name


def test_nothing_is_found_in_nothing():
    assert found("") == Particulars()


# --- what comes from headers ---


def test_i13_a_file_name_is_one_visible_line_without_a_path():
    assert file_name("../../etc/passwd") == "passwd"
    assert file_name("C:\\temp\\a.txt") == "a.txt"
    assert file_name("a\r\nX: y.pdf") == "a X_ y.pdf"
    assert file_name("\u202efdp.exe") == "fdp.exe"
    assert file_name("...") == file_name("/") == file_name("\0") == "file"
    assert len(file_name("å" * 500 + ".pdf")) == 200
    assert file_name("å" * 500 + ".pdf").endswith(".pdf")


@given(st.text(max_size=400))
def test_i13_no_file_name_has_a_control_or_a_separator(name):
    cleaned = file_name(name)
    assert 0 < len(cleaned) <= 200
    assert not set(cleaned) & set('/\\\r\n\0<>"')
    assert cleaned == clean_line(cleaned)


@given(st.text())
def test_i50_a_line_has_no_line_break(text):
    assert len(clean_line(text).splitlines()) <= 1


@given(st.text())
def test_a_text_can_be_stored_everywhere(text):
    cleaned = clean_text(text)
    cleaned.encode()
    assert "\0" not in cleaned
    assert "\r" not in cleaned


# --- the digest ---


def test_f11_the_digest_is_of_what_was_written():
    def digest(**changes):
        written = {
            "sender": "a@b.example",
            "subject": "s",
            "date": "d",
            "bodies": ["one", "two"],
            "files": [File("a.txt", "text/plain", b"x")],
        }
        return digest_of(**{**written, **changes})

    assert digest() == digest()
    others = [
        digest(sender="c@d.example"),
        digest(subject="t"),
        digest(date="e"),
        digest(bodies=["onet", "wo"]),
        digest(files=[File("a.txt", "text/plain", b"y")]),
        digest(files=[]),
    ]
    assert len({digest(), *others}) == 7
