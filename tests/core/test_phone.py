import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dueline.core.phone import dial_link, is_dial_address, is_real, normal, spoken

CLEO = "+46701234567"


@pytest.mark.parametrize(
    "written",
    [
        "+46701234567",
        "+46 70 123 45 67",
        "+46 (0)70-123 45 67",
        "0046701234567",
        "00 46 70 123 45 67",
        "0701234567",
        "070-123 45 67",
        "(070) 123 45 67",
        "(+46) 70 123 45 67",
        "+46 70 123 45 67 ext. 12",
        "070-123 45 67 ankn 12",
        "070/1234567",
        "46701234567",
        "tel:+46-70-123-45-67",
        "TEL:0701234567",
        "sip:+46701234567@pbx.example",
        "sip:0701234567@10.0.0.5:5060;user=phone",
        "sips:%2B46701234567@pbx.example",
        "sip:+46701234567;phone-context=example@pbx.example",
        '"Cleo Dahl" <sip:+46701234567@pbx.example>',
        "  +46\u00a070 123 45 67 ",
    ],
)
def test_every_spelling_of_a_number_is_one_number(written):
    assert normal(written, "SE") == CLEO
    assert spoken(written, "SE") == "+46 70 123 45 67"


@pytest.mark.parametrize(
    "written",
    ["", "anonymous", "Anonymous", "sip:anonymous@anonymous.invalid", "Withheld", "UNKNOWN"],
)
def test_a_withheld_number_is_no_number(written):
    assert normal(written, "SE") == ""


@pytest.mark.parametrize("written", ["204", "reception", "sip:alice@pbx.example", "12345", "+46"])
def test_what_is_no_number_stays_as_it_was_written(written):
    said = normal(written, "SE")

    assert said == written.removeprefix("sip:").partition("@")[0]
    assert not is_real(said)
    assert dial_link(written, region="SE") == ""


def test_a_national_number_belongs_to_the_country_of_the_desk():
    assert normal("0701 234567", "SE") != normal("0701 234567", "DE")
    assert normal("22 33 44 55", "NO") == "+4722334455"


@given(
    region=st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)),
    kind=st.sampled_from(["MOBILE", "FIXED_LINE"]),
    spelling=st.sampled_from(["e164", "international", "rfc3966", "00", "national", "sip"]),
)
def test_any_number_in_any_spelling_is_the_same(region, kind, spelling):
    type_ = getattr(phonenumbers.PhoneNumberType, kind)
    number = phonenumbers.example_number_for_type(region, type_)
    assume(number is not None)
    whole = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    styles = phonenumbers.PhoneNumberFormat
    written, home = {
        "e164": (whole, "SE"),
        "international": (phonenumbers.format_number(number, styles.INTERNATIONAL), "SE"),
        "rfc3966": (phonenumbers.format_number(number, styles.RFC3966), "SE"),
        "00": (f"00{whole[1:]}", "SE"),
        "national": (phonenumbers.format_number(number, styles.NATIONAL), region),
        "sip": (f"sip:{whole}@pbx.example", "SE"),
    }[spelling]

    assert normal(written, home) == whole
    assert normal(whole, home) == whole
    assert is_real(whole)


@given(text=st.text(max_size=300), region=st.sampled_from(["SE", "US", "ZZ", ""]))
def test_any_text_at_all_is_read_and_what_is_read_reads_the_same_again(text, region):
    said = normal(text, region)

    assert normal(said, region) == said
    spoken(text, region)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "tel:",
        "javascript:alert('{number}')",
        "data:text/html,{number}",
        "tel:{number}{number}",
        "https://{number}.example/",
        "https:///call?to={number}",
        'sip:{number}@pbx.example" onclick="',
        "sip:{number}@pbx example",
        "//phone.example/{number}",
        "https://[bad/{number}",
    ],
)
def test_a_number_is_no_link_to_whatever_somebody_types(address):
    assert not is_dial_address(address)


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("tel:{number}", "tel:+46701234567"),
        ("sip:{number}@pbx.example", "sip:+46701234567@pbx.example"),
        ("https://phone.example/call?to={number}", "https://phone.example/call?to=%2B46701234567"),
    ],
)
def test_a_number_is_a_link_to_what_the_desk_calls_with(address, link):
    assert is_dial_address(address)
    assert dial_link("070-123 45 67", region="SE", address=address) == link


def test_a_number_is_dialled_by_the_telephone_where_nothing_else_is_said():
    assert dial_link("070-123 45 67", region="SE") == "tel:+46701234567"
