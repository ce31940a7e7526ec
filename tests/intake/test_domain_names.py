import pytest

from dueline.intake.mail.domain_names import organization_of, related_to


@pytest.mark.parametrize(
    ("domain", "organization"),
    [
        ("example.com", "example.com"),
        ("Mail.Example.COM.", "example.com"),
        ("mail.example.co.uk", "example.co.uk"),
        ("a.github.io", "a.github.io"),  # each tenant is somebody else
        ("one.example", "one.example"),
        ("mail.one.example", "one.example"),  # a top level that nobody lists
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_the_organization_is_what_somebody_registered(domain, organization):
    assert organization_of(domain) == organization


def test_two_customers_of_one_registry_are_not_related():
    is_related = related_to("mail.northwind.co.uk")
    assert is_related("northwind.co.uk")
    assert not is_related("southgate.co.uk")
