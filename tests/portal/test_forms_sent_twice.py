"""A browser that heard no answer sends its form again: that makes no second case or message."""

import re

import pytest
from django.test import Client

from dueline.models import Account, Case, Message
from tests.world import World


@pytest.fixture
def cleo(world: World) -> Client:
    client = Client()
    client.force_login(Account.objects.get(email=world.cleo.email))
    return client


def word_in(page: str) -> str:
    (word,) = set(re.findall(r'name="once" value="([^"]+)"', page))
    return word


def test_f1_a_request_sent_twice_is_one_case(world: World, cleo: Client) -> None:
    word = word_in(cleo.get("/help").content.decode())
    form = {"once": word, "priority": "normal", "subject": "Payment page down", "text": "Down."}
    answers = [cleo.post("/help", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Case.objects.count() == 1


def test_f1_an_answer_sent_twice_is_one_message_and_another_answer_another(
    world: World, cleo: Client
) -> None:
    case = world.case()
    word = word_in(cleo.get(f"/cases/{case.number}").content.decode())
    for text in ("Still down.", "Still down.", "Up again."):
        cleo.post(f"/cases/{case.number}/messages", {"once": word, "text": text})
    texts = list(Message.objects.filter(case=case).order_by("id").values_list("text", flat=True))
    assert texts[1:] == ["Still down.", "Up again."]


def test_every_page_draws_another_word(world: World, cleo: Client) -> None:
    first, second = (word_in(cleo.get("/help").content.decode()) for _ in range(2))
    assert first != second
