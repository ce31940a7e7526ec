"""Ways in, and all the ways that must stay shut."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from dueline.actions import accounts, attempts
from dueline.core.errors import Refusal
from dueline.models import Account, Contact, OutboxItem, SignInLink
from dueline.portal.access import safe_path
from tests.portal.conftest import NOW
from tests.world import MONDAY, PASSWORD

Purpose = SignInLink.Purpose


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str):
    return client.post("/sign-in", {"email": email, "password": password, **more})


def ask_for_link(client: Client, email: str, **more: str):
    return client.post("/sign-in/link", {"email": email, **more})


def mailed_path() -> str:
    text = OutboxItem.objects.filter(purpose="sign_in").latest("id").text
    found = re.search(r"http://desk\.example(/link/\S+)", text)
    assert found, text
    return found[1]


# --- passwords ---------------------------------------------------------------------------------


def test_a_wrong_password_lets_nobody_in(world, client):
    answer = sign_in(client, world.cleo.email, "a short walk")
    assert answer.status_code == 400
    assert "sessionid" not in client.cookies


def test_an_account_that_was_closed_lets_nobody_in(world, client):
    Account.objects.filter(email=world.asta.email).update(is_active=False)
    assert sign_in(client, world.asta.email).status_code == 400


def test_a_closed_account_ends_its_open_sessions(world, client):
    sign_in(client, world.cleo.email)
    assert client.get("/cases").status_code == 200
    Account.objects.filter(email=world.cleo.email).update(is_active=False)
    assert client.get("/cases").status_code == 302


def test_i29_the_answer_is_the_same_for_an_unknown_address(world, client):
    known = sign_in(client, world.cleo.email, "wrong")
    unknown = sign_in(client, "nobody@nowhere.example", "wrong")
    drawn = [re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in (known, unknown)]
    assert drawn[0] == drawn[1]
    assert known.status_code == unknown.status_code


def test_i29_a_password_is_hashed_also_when_there_is_no_such_account(world, client, settings):
    hasher = settings.PASSWORD_HASHERS[0]
    hashed = []

    def watch(monkeypatch: pytest.MonkeyPatch) -> None:
        from django.contrib.auth import hashers

        original = hashers.get_hasher("default").__class__.encode

        def encode(self, password, salt, *rest):
            hashed.append(password)
            return original(self, password, salt, *rest)

        monkeypatch.setattr(hashers.get_hasher("default").__class__, "encode", encode)

    with pytest.MonkeyPatch.context() as monkeypatch:
        watch(monkeypatch)
        sign_in(client, "nobody@nowhere.example", "some password")
    assert hashed == ["some password"], hasher


def test_the_eleventh_try_in_a_quarter_of_an_hour_is_refused_also_with_the_right_password(
    world, client
):
    for _ in range(10):
        assert sign_in(client, world.cleo.email, "wrong").status_code == 400
    assert sign_in(client, world.cleo.email).status_code == 429
    assert sign_in(client, world.dag.email).status_code == 302  # nobody else is shut out


def test_who_signs_in_rightly_again_and_again_is_never_shut_out(world, client):
    for _ in range(12):
        assert sign_in(client, world.cleo.email).status_code == 302


def test_a_forwarded_address_is_believed_only_behind_a_proxy_that_we_were_told_of(
    world, client, settings
):
    def tries(n: int, **headers: str) -> int:
        for m in range(n):
            forged = {"X-Forwarded-For": f"10.0.0.{m}, 192.0.2.7", **headers}
            answer = client.post(
                "/sign-in", {"email": world.cleo.email, "password": "wrong"}, headers=forged
            )
        return answer.status_code

    for m in range(11):
        answer = client.post(
            "/sign-in",
            {"email": world.dag.email, "password": "wrong"},
            headers={"X-Forwarded-For": f"10.0.0.{m}"},
        )
    assert answer.status_code == 429
    settings.HTTPS = True
    assert tries(11) == 429  # the part that the proxy wrote is the same each time
    other = {"X-Forwarded-For": "192.0.2.8"}
    assert tries(1, **other) == 400


def test_tries_are_forgotten_after_a_quarter_of_an_hour(world):
    for _ in range(11):
        attempts.take(attempts.SIGN_IN, "cleo 10.0.0.1", at=MONDAY)
    later = MONDAY + timedelta(minutes=15, seconds=1)
    assert not attempts.take(attempts.SIGN_IN, "cleo 10.0.0.1", at=MONDAY)
    assert attempts.take(attempts.SIGN_IN, "cleo 10.0.0.1", at=later)


def test_a_customer_and_a_colleague_come_to_their_own_pages(world, client):
    sign_in(client, world.cleo.email)
    assert client.get("/")["Location"] == "/cases"
    client.post("/sign-out")
    sign_in(client, world.asta.email)
    assert client.get("/")["Location"] == "/console/queue"


def test_i56_signing_in_gives_a_new_session_id(world, client):
    case = world.case()
    client.post("/help", {})  # a stranger's session, should there be one
    session = client.session
    session["left by a stranger"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client, world.cleo.email)
    assert client.cookies["sessionid"].value != before
    stolen = Client()
    stolen.cookies["sessionid"] = before
    assert stolen.get(f"/cases/{case.number}").status_code == 302


def test_i56_a_new_password_asks_for_the_old_one(world, client):
    sign_in(client, world.cleo.email)
    answer = client.post("/account/password", {"old": "wrong", "new": "another walk by the sea"})
    assert answer.status_code == 400
    account = Account.objects.get(email=world.cleo.email)
    assert account.check_password(PASSWORD)


def test_i56_a_new_password_ends_all_other_sessions_and_renews_this_one(world, client):
    other = Client()
    sign_in(other, world.cleo.email)
    sign_in(client, world.cleo.email)
    before = client.cookies["sessionid"].value
    client.post("/account/password", {"old": PASSWORD, "new": "another walk by the sea"})
    assert client.cookies["sessionid"].value != before
    assert client.get("/cases").status_code == 200
    assert other.get("/cases").status_code == 302


def test_i58_nobody_changes_more_of_themselves_than_the_page_offers(world, client):
    sign_in(client, world.dag.email)
    client.post(
        "/account/zone",
        {"zone": "UTC", "is_super_user": "1", "sees_company": "1", "organization": "2"},
    )
    contact = Contact.objects.get(pk=world.dag.id)
    assert contact.zone == "UTC"
    assert not contact.is_super_user
    assert not contact.sees_company


@pytest.mark.parametrize(
    "then",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "///evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        " //evil.example",
        "cases",
        "",
        "/" + "a" * 600,
    ],
)
def test_i54_nobody_is_sent_to_another_site(world, client, then):
    assert safe_path(then) == ""
    assert sign_in(client, world.cleo.email, next=then)["Location"] == "/"


def test_i54_a_path_of_ours_is_where_the_reader_wanted_to_go(world, client):
    wanted = client.get("/cases?show=closed")["Location"]
    assert wanted == "/sign-in?next=%2Fcases%3Fshow%3Dclosed"
    answer = sign_in(client, world.cleo.email, next="/cases?show=closed")
    assert answer["Location"] == "/cases?show=closed"


def test_signing_out_takes_a_form_and_no_link(world, client):
    sign_in(client, world.cleo.email)
    assert client.get("/sign-out").status_code == 405
    client.post("/sign-out")
    assert client.get("/cases").status_code == 302


def test_a_form_without_its_token_is_refused(world):
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, world.cleo.email).status_code == 403


# --- links -------------------------------------------------------------------------------------


def test_i39_the_answer_for_an_unknown_address_is_the_same_and_nothing_is_sent(world, client):
    unknown = ask_for_link(client, "nobody@nowhere.example")
    assert not OutboxItem.objects.filter(purpose="sign_in").exists()
    assert not Account.objects.filter(email="nobody@nowhere.example").exists()
    assert not SignInLink.objects.exists()
    known = ask_for_link(client, world.cleo.email)
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_i39_an_unknown_address_costs_the_same_work(world, client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(email: str) -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            ask_for_link(client, email)
        return [query["sql"].split()[0] for query in seen.captured_queries]

    # A contact who was never in gets an account on the way; so does, for a moment, nobody at all.
    Contact.objects.filter(pk=world.dag.id).update(account=None)
    Account.objects.filter(email=world.dag.email).delete()
    known = statements(world.dag.email)
    unknown = statements("nobody@nowhere.example")
    assert known.count("INSERT") == unknown.count("INSERT")
    # The undoing lies inside a transaction that is kept: both wait for the disk alike.
    assert known[-2:] == ["RELEASE", "RELEASE"]
    assert unknown[-3:] == ["ROLLBACK", "RELEASE", "RELEASE"]
    assert abs(len(known) - len(unknown)) <= 2  # the account put into its contact; the undoing


def test_i39_links_are_rationed_by_address_and_alike_for_unknown_ones(world, client):
    for email in (world.cleo.email, "nobody@nowhere.example"):
        for _ in range(3):
            assert ask_for_link(client, email).status_code == 302
        assert ask_for_link(client, email.upper()).status_code == 429
    assert OutboxItem.objects.filter(purpose="sign_in").count() == 3


def test_i39_links_are_rationed_by_network(world, client):
    for n in range(30):
        assert ask_for_link(client, f"somebody{n}@nowhere.example").status_code == 302
    assert ask_for_link(client, world.cleo.email).status_code == 429


def test_i27_opening_a_link_signs_nobody_in_and_does_not_use_it_up(world, client):
    ask_for_link(client, world.cleo.email)
    path = mailed_path()
    for _ in range(3):  # a mail scanner, a preview, the person
        assert client.get(path).status_code == 200
    assert client.get("/cases").status_code == 302
    assert client.post(path).status_code == 302
    assert client.get("/cases").status_code == 200


def test_i28_a_link_works_once(world, client):
    ask_for_link(client, world.cleo.email)
    path = mailed_path()
    client.post(path)
    thief = Client()
    assert thief.post(path).status_code == 404
    assert thief.get(path).status_code == 404
    assert thief.get("/cases").status_code == 302


def test_i28_a_link_ends_after_a_quarter_of_an_hour(world):
    accounts.mail_sign_in_link(email=world.cleo.email, computer="", then="", at=MONDAY)
    token = mailed_path().removeprefix("/link/")
    too_late = MONDAY + timedelta(minutes=15)
    with pytest.raises(Refusal):
        accounts.use_link(token, purpose=Purpose.SIGN_IN, at=too_late)
    in_time = too_late - timedelta(seconds=1)
    assert accounts.use_link(token, purpose=Purpose.SIGN_IN, at=in_time).account is not None


@pytest.mark.parametrize("token", ["", "a", "x" * 42, "x" * 44, "é" * 43, "x" * 43])
def test_i28_an_empty_or_cut_off_token_matches_nothing(world, token):
    SignInLink.objects.create(
        purpose=Purpose.SIGN_IN,
        token_hash="",
        account=Account.objects.get(email=world.cleo.email),
        created_at=MONDAY,
        expires_at=MONDAY + timedelta(days=1),
    )
    with pytest.raises(Refusal):
        accounts.look_at_link(token, purpose=Purpose.SIGN_IN, at=MONDAY)


def test_i28_only_the_digest_of_a_token_is_stored(world):
    path = accounts.mail_sign_in_link(email=world.cleo.email, computer="", then="", at=MONDAY)
    token = mailed_path().removeprefix("/link/")
    assert path is None
    assert not SignInLink.objects.filter(token_hash__contains=token).exists()
    assert len(token) == 43


def test_i28_a_link_for_one_purpose_is_none_for_another(world, client):
    account = Account.objects.get(email=world.asta.email)
    token = accounts.mail_invite(account, name="Asta", at=NOW).removeprefix("/invite/")
    assert client.post(f"/link/{token}").status_code == 404
    assert client.post(f"/setup/{token}").status_code == 404


def test_i28_an_invitation_ends_after_seven_days(world):
    account = Account.objects.get(email=world.asta.email)
    token = accounts.mail_invite(account, name="Asta", at=MONDAY).removeprefix("/invite/")
    with pytest.raises(Refusal):
        accounts.accept_invite(token, password=PASSWORD, at=MONDAY + timedelta(days=7))


def test_a_new_invitation_ends_the_older_one(world, client):
    account = Account.objects.get(email=world.asta.email)
    older = accounts.mail_invite(account, name="Asta", at=NOW)
    newer = accounts.mail_invite(account, name="Asta", at=NOW)
    assert client.get(older).status_code == 404
    assert client.get(newer).status_code == 200


def test_a_weak_password_is_refused_and_the_invitation_stays_good(world, client):
    account = Account.objects.get(email=world.asta.email)
    path = accounts.mail_invite(account, name="Asta", at=NOW)
    assert client.post(path, {"password": "password"}).status_code == 400
    assert client.post(path, {"password": "a walk in the hills"})["Location"] == "/"
    assert client.get("/")["Location"] == "/console/queue"
    assert client.post(path, {"password": "a walk in the woods"}).status_code == 404


def test_the_link_of_a_closed_account_is_worth_nothing(world, client):
    ask_for_link(client, world.cleo.email)
    path = mailed_path()
    Account.objects.filter(email=world.cleo.email).update(is_active=False)
    assert client.post(path).status_code == 404


def test_i35_a_look_alike_address_gets_no_mail(world, client):
    ask_for_link(client, "cleo@northwınd.example")  # a dotless i
    assert not OutboxItem.objects.filter(purpose="sign_in").exists()


def test_i54_a_link_leads_on_to_a_path_of_ours_alone(world, client):
    ask_for_link(client, world.cleo.email, next="/cases?show=closed")
    path = mailed_path()
    assert path.endswith("?next=%2Fcases%3Fshow%3Dclosed")
    assert client.post(path, {"next": "//evil.example"})["Location"] == "/"


def test_i26_a_case_number_and_the_right_address_open_nothing(world, client):
    case = world.case()
    client.post("/sign-in/link", {"email": world.cleo.email, "number": case.number})
    assert client.get(f"/cases/{case.number}?email={world.cleo.email}").status_code == 302
    assert client.get("/cases").status_code == 302


def test_a_contact_who_was_never_in_gets_in_by_a_mailed_link(world, client):
    Contact.objects.filter(pk=world.dag.id).update(account=None)
    Account.objects.filter(email=world.dag.email).delete()
    ask_for_link(client, world.dag.email)
    client.post(mailed_path())
    assert client.get("/cases").status_code == 200


# --- setting up --------------------------------------------------------------------------------

FORM = {
    "name": "Harbour Support",
    "zone": "Europe/Stockholm",
    "country": "ZONE",
    "region": "",
    "mail_address": "support@desk.example",
    "public_url": "http://localhost:8000",
    "phone_office": "+46 13 000 00 00",
    "phone_other": "",
    "smtp_host": "",
    "smtp_port": "587",
    "smtp_security": "starttls",
    "admin_name": "Ada Sund",
    "admin_email": "Ada@Desk.example",
    "admin_password": "a long walk by the sea",
    "monday": "08:00-12:00, 13:00-17:00",
    "friday": "08:00-16:00",
}


def test_nobody_sets_up_a_desk_that_is_open(world):
    with pytest.raises(Refusal):
        accounts.make_setup_link(at=MONDAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", " "),
        ("zone", "Europe/Atlantis"),
        ("zone", "../../etc/passwd"),
        ("mail_address", "support"),
        ("public_url", "javascript:alert(1)"),
        ("smtp_port", "99999"),
        ("monday", "8 to 5"),
        ("monday", "' ] \n[dates]"),
        ("country", "XX"),
        ("admin_email", "ada"),
        ("admin_password", "short"),
    ],
)
def test_a_set_up_with_something_wrong_stores_nothing_and_keeps_what_was_typed(
    client, field, typed
):
    path = accounts.make_setup_link(at=NOW)
    answer = client.post(path, {**FORM, field: typed})
    assert answer.status_code == 400
    assert "Ada Sund" in answer.content.decode()
    assert not Account.objects.exists()
    assert client.post(path, FORM).status_code == 302


@pytest.mark.django_db
def test_the_first_administrator_opens_the_desk_and_is_signed_in(client):
    from dueline.models import Agent, CalendarVersion, Desk, PolicyVersion

    path = accounts.make_setup_link(at=NOW)
    assert client.get(path).status_code == 200
    assert client.post(path, FORM)["Location"] == "/"
    assert client.get("/")["Location"] == "/console/queue"
    desk = Desk.objects.get()
    assert (desk.zone, desk.mail_address) == ("Europe/Stockholm", "support@desk.example")
    assert Agent.objects.get().is_administrator
    assert Account.objects.get().email == "ada@desk.example"
    source = CalendarVersion.objects.get().source
    assert 'monday = ["08:00-12:00", "13:00-17:00"]' in source
    assert "Christmas Day" in source  # of Sweden, as the zone says
    assert PolicyVersion.objects.get().policy_id == desk.policy_id
    assert Client().get(path).status_code == 404


@pytest.mark.django_db
def test_another_set_up_link_dies_when_the_desk_is_open(client):
    first = accounts.make_setup_link(at=NOW)
    second = accounts.make_setup_link(at=NOW)
    client.post(first, FORM)
    assert Client().post(second, FORM).status_code == 404
    assert Account.objects.count() == 1


@pytest.mark.django_db
def test_before_it_is_set_up_the_desk_says_so(client):
    assert b"dueline setup-link" in client.get("/").content
    for path in ("/help", "/guide", "/guide.pdf"):
        assert client.get(path)["Location"] == "/"
