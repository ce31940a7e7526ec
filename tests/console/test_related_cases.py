"""Acts that concern several cases, and those behind the menu of one."""

from datetime import timedelta

import pytest

from dueline.actions import cases, enhancements, merging, messages, problems, watchers
from dueline.models import Agent, Case, OutboxItem, Problem

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def case(world, now) -> Case:
    return world.case(at=now - HOUR)


@pytest.fixture
def asta(world, enter):
    return enter(world.asta)


def post(client, case, act, **typed):
    return client.post(f"/console/cases/{case.number}/{act}", typed)


def page_of(client, case) -> str:
    return client.get(f"/console/cases/{case.number}").content.decode()


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


# --- merge --------------------------------------------------------------------------------------


def test_a_merge_needs_a_case_that_goes_on(asta, case):
    for typed in ({}, {"number": "10042-9"}, {"number": "tomorrow"}, {"number": "10999-3"}):
        response = post(asta, case, "merge", **typed)
        assert response.status_code == 400, typed
        assert 'id="act"' in response.content.decode()
    assert fresh(case).state == "new"


def test_the_dialog_offers_open_cases_of_the_same_company_and_says_who_will_read(
    world, asta, case, now
):
    same = world.case(world.dag, subject="Shop shows an error", at=now)
    world.case(world.eve, subject="Of another company", at=now)
    page = asta.get(f"/console/cases/{case.number}/merge").content.decode()
    assert same.number in page
    assert "Of another company" not in page
    assert "Cleo Dahl can read the other case, too" in page


@pytest.mark.parametrize("how", ["chosen", "typed"])
def test_a_merged_case_says_where_it_goes_on_and_the_merge_is_undone(world, asta, case, now, how):
    other = world.case(world.dag, subject="Shop shows an error", at=now - HOUR)
    typed = {"into": str(other.pk)} if how == "chosen" else {"number": other.number}
    assert post(asta, case, "merge", **typed).status_code == 302
    page = page_of(asta, case)
    assert "This case goes on in" in page
    assert other.number in page
    assert 'id="write"' not in page

    assert post(asta, case, "merge/end").status_code == 302
    assert fresh(case).state == "new"
    assert "This case goes on in" not in page_of(asta, case)


def test_cases_of_two_companies_are_not_merged_and_the_page_says_why(world, asta, case, now):
    eves = world.case(world.eve, at=now)
    response = post(asta, case, "merge", number=eves.number)
    assert response.status_code == 400
    assert "different customers" in response.content.decode()


def test_the_surviving_case_tells_the_history_of_both_each_marked(world, asta, case, now):
    other = world.case(world.dag, text="Same here, error 502.", at=now - HOUR)
    messages.add_note(other.pk, text="Sounds alike.", actor=world.bo, at=now)
    merging.merge(other.pk, into=case.pk, actor=world.asta, at=now)
    page = page_of(asta, case)
    assert "Same here, error 502." in page
    assert "Sounds alike." in page
    assert page.count(f'class="entry-of" href="/console/cases/{other.number}"') >= 2
    assert f"merged {other.number} into this case" in page


# --- extension ----------------------------------------------------------------------------------


def test_only_who_may_extend_is_offered_it(world, enter, asta, case):
    assert "/extension" not in page_of(asta, case)
    Agent.objects.filter(pk=world.bo.id).update(is_manager=True)
    assert "/promises/response/1/extension" in page_of(enter(world.bo), case)
    response = post(
        asta, case, "promises/response/1/extension", until="2099-01-01T10:00", reason="!", note="!"
    )
    assert response.status_code == 400
    assert "Only a support manager" in response.content.decode()


def test_an_extension_shows_what_it_was_and_keeps_what_was_typed(world, enter, case):
    ada = enter(world.ada)
    act = "promises/response/1/extension"
    due_at = case.commitments.get(kind="response").due_at
    too_soon = post(ada, case, act, until="2020-01-01T10:00", reason="The part", note="Friday.")
    assert too_soon.status_code == 400
    assert "The part</textarea>" in too_soon.content.decode()

    until = (due_at + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert post(ada, case, act, until=until, reason="The part", note="Friday.").status_code == 302
    page = page_of(ada, case)
    assert "Extended: until then it was due" in page
    assert "approved by Ada Sund: The part" in page
    letter = OutboxItem.objects.get(case=case, purpose="letter")
    assert "Friday." in letter.text
    assert "The part" not in letter.text


def test_a_promise_without_such_a_kind_cannot_be_extended(world, enter, case):
    path = f"/console/cases/{case.number}/promises/nothing/1/extension"
    assert enter(world.ada).get(path).status_code == 404


def test_an_escalation_shows_both_promises(world, asta, case, now):
    cases.escalate(case.pk, reason="Quarter end", actor=world.cleo, at=now)
    page = page_of(asta, case)
    assert "Until the escalation it was due" in page


# --- waiting, watching, product, enhancement -----------------------------------------------------


def test_a_wait_for_a_third_party_is_begun_and_stopped(asta, case):
    assert post(asta, case, "third-party", whom="").status_code == 400
    post(asta, case, "third-party", whom="the carrier")
    assert fresh(case).state == "third_party"
    assert "waits for a third party: the carrier" in page_of(asta, case)

    post(asta, case, "information-requests/end")
    assert fresh(case).state == "new"


def test_who_watches_is_named_and_counted_where_one_writes(world, asta, case):
    assert post(asta, case, "watchers", who="").status_code == 400
    assert post(asta, case, "watchers", who=f"contact-{world.eve.id}").status_code == 400
    post(asta, case, "watchers", who=f"contact-{world.dag.id}")
    post(asta, case, "watchers", who=f"agent-{world.bo.id}")
    page = page_of(asta, case)
    assert "Send to Cleo and 1 more" in page
    assert "Dag Ek, Bo Ström" in page

    post(asta, case, f"watchers/contact/{world.dag.id}/end")
    post(asta, case, f"watchers/agent/{world.bo.id}/end")
    assert not fresh(case).watchers.exists()


def test_the_fate_of_a_reply_is_that_of_each_copy_the_worst_first(world, asta, case, now):
    watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=now)
    messages.reply(case.pk, text="We look.", actor=world.asta, at=now)
    OutboxItem.objects.filter(purpose="reply").update(state="sent")
    assert "sent to cleo@northwind.example · sent to dag@northwind.example" in page_of(asta, case)
    OutboxItem.objects.filter(to_address="dag@northwind.example").update(
        state="failed", last_error="550 no"
    )
    assert "refused by the mail server of dag@northwind.example" in page_of(asta, case)


def test_product_version_and_environment_are_set_and_found(asta, world, case, now):
    other = world.case(subject="Something else", at=now)
    typed = {"product": "Shop", "product_version": "6.1", "environment": "production"}
    assert post(asta, case, "installation", **typed).status_code == 302
    assert post(asta, case, "installation", **typed).status_code == 409
    assert post(asta, case, "installation", product="x" * 101).status_code == 400
    assert "Shop 6.1, production" in page_of(asta, case)
    for query in ("product=Shop", "product=Shop&version=6.1", "environment=production"):
        page = asta.get(f"/console/cases?{query}").content.decode()
        assert case.number in page
        assert other.number not in page
    assert case.number not in asta.get("/console/cases?product=Shop&version=7").content.decode()


def test_enhancements_have_a_list_of_their_own(asta, world, now):
    low = world.case(priority="low", subject="Dark mode", at=now)
    world.case(subject="Not one", at=now)
    assert post(asta, low, "enhancement").status_code == 302
    page = asta.get("/console/cases?only=enhancements").content.decode()
    assert "Dark mode" in page
    assert "Not one" not in page
    post(asta, low, "enhancement/end")
    assert "Dark mode" not in asta.get("/console/cases?only=enhancements").content.decode()


def test_what_is_not_low_is_refused_as_an_enhancement_and_the_page_says_why(asta, case):
    response = post(asta, case, "enhancement")
    assert response.status_code == 400
    assert "Only a Low case can be an enhancement" in response.content.decode()


def test_the_next_page_of_a_list_keeps_what_was_asked_for(asta, world, now):
    for n in range(51):
        low = world.case(priority="low", subject=f"Idea {n}", at=now, acknowledge=False)
        enhancements.mark(low.pk, actor=world.asta, at=now)
    assert "only=enhancements" in asta.get("/console/cases?only=enhancements").content.decode()


# --- split --------------------------------------------------------------------------------------


def test_a_message_becomes_a_case_of_its_own_and_both_say_so(world, asta, case, now):
    messages.receive(
        case.pk,
        text="And the export stops.",
        contact=world.contact(world.cleo),
        actor=world.cleo,
        channel="web",
        happened_at=now,
        at=now,
    )
    event = case.events.get(kind="message_received")
    act = f"messages/{event.pk}/case"
    assert f"/{act}" in page_of(asta, case)
    assert (
        "And the export stops." in asta.get(f"/console/cases/{case.number}/{act}").content.decode()
    )
    assert post(asta, case, act, subject="").status_code == 400
    assert post(asta, case, act, subject="Export stops").status_code == 302

    new = Case.objects.latest("id")
    page = page_of(asta, case)
    assert "Became" in page
    assert new.number in page
    assert f"/{act}" not in page
    assert "Was a message of" in page_of(asta, new)
    assert asta.get(f"/console/cases/{new.number}/{act}").status_code == 404


# --- known problems -----------------------------------------------------------------------------


def test_a_problem_is_named_from_a_case_and_chosen_in_the_next(world, asta, case, now):
    other = world.case(world.eve, at=now)
    assert post(asta, case, "problem").status_code == 400
    post(asta, case, "problem", title="Proxies refuse")
    problem = Problem.objects.get()
    assert "Proxies refuse" in asta.get(f"/console/cases/{other.number}/problem").content.decode()
    post(asta, other, "problem", problem=str(problem.pk))
    page = asta.get(f"/console/problems/{problem.pk}").content.decode()
    assert "Send to 2 customers, each alone" in page
    post(asta, other, "problem/end")
    assert fresh(other).problem is None


def test_an_announcement_goes_to_the_cases_that_were_seen_or_to_none(world, asta, case, now):
    problem = problems.link_to_new(case.pk, title="Proxies", actor=world.asta, at=now)
    other = world.case(world.eve, at=now)
    address = f"/console/problems/{problem.pk}/messages"
    problems.link(other.pk, problem_id=problem.pk, actor=world.bo, at=now)

    stale = asta.post(address, {"text": "Mended tonight.", "case": [case.pk]})
    assert stale.status_code == 409
    assert "Mended tonight.</textarea>" in stale.content.decode()
    assert not OutboxItem.objects.filter(purpose="reply").exists()

    assert asta.post(address, {"text": "Tonight.", "case": [case.pk, other.pk]}).status_code == 302
    assert OutboxItem.objects.filter(purpose="reply").count() == 2


def test_a_problem_ends_with_its_cases_and_is_taken_up_again(world, asta, case, now):
    problem = problems.link_to_new(case.pk, title="Proxies", actor=world.asta, at=now)
    address = f"/console/problems/{problem.pk}"
    asta.post(f"{address}/solution/cases", {"text": "Mended in 6.1.2.", "case": [case.pk]})
    assert fresh(case).state == "resolved"
    assert asta.post(f"{address}/solution").status_code == 409
    asta.post(f"{address}/reopening")
    assert asta.post(f"{address}/solution").status_code == 302
    assert "solved" in asta.get("/console/problems").content.decode()


def test_a_problem_is_listed_named_and_renamed(asta):
    assert "No known problems" in asta.get("/console/problems").content.decode()
    assert asta.post("/console/problems", {"title": ""}).status_code == 400
    asta.post("/console/problems", {"title": "Proxies", "text": "See 4711."})
    problem = Problem.objects.get()
    assert asta.post(f"/console/problems/{problem.pk}", {"title": ""}).status_code == 400
    asta.post(f"/console/problems/{problem.pk}", {"title": "Old proxies", "text": "See 4712."})
    page = asta.get(f"/console/problems/{problem.pk}").content.decode()
    assert "Old proxies" in page
    assert "See 4712." in page


@pytest.mark.parametrize(
    "form", ["third-party", "watchers", "problem", "installation", "merge", "contract"]
)
def test_every_form_of_the_menu_is_a_page_of_its_own(asta, case, form):
    response = asta.get(f"/console/cases/{case.number}/{form}")
    assert response.status_code == 200
    assert 'id="act"' in response.content.decode()
