"""A customer's own messages, shown as they wrote them."""

import pytest
from django.test import Client

from dueline.actions import messages
from dueline.core.html import sanitise
from dueline.core.inbound import File
from dueline.models import Account, Attachment, Case, Message
from tests.pictures import png
from tests.world import MONDAY

pytestmark = pytest.mark.django_db

HTML = '<p>See:</p><img src="cid:shot@1"><img src="https://t.example/pixel.gif">'


def signed_in(person) -> Client:
    client = Client()
    client.force_login(Account.objects.get(contact__id=person.id))
    return client


@pytest.fixture
def message(world) -> Message:
    case = world.case(at=MONDAY)
    messages.receive(
        case.pk,
        text="See:",
        html=sanitise(HTML)[0],
        contact=world.contact(world.cleo),
        actor=world.cleo,
        channel="mail",
        happened_at=MONDAY,
        at=MONDAY,
        files=(File("shot.png", "image/png", png(), "shot@1", True),),
    )
    return Message.objects.latest("id")


def test_i11_another_company_gets_neither_the_message_nor_its_pictures(world, message):
    picture = f"/messages/{message.pk}/pictures/{Attachment.objects.get().pk}"
    for person in (world.eve, world.dag):
        assert signed_in(person).get(f"/messages/{message.pk}/html").status_code == 404
        assert signed_in(person).get(picture).status_code == 404


def test_a_message_stands_in_its_frame_with_the_pictures_that_came_with_it(world, message):
    cleo = signed_in(world.cleo)
    page = cleo.get(f"/cases/{Case.objects.get().number}").content.decode()
    assert f'src="/messages/{message.pk}/html"' in page

    frame = cleo.get(f"/messages/{message.pk}/html")
    picture = f"/messages/{message.pk}/pictures/{Attachment.objects.get().pk}"

    assert f'src="{picture}"' in frame.content.decode()
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert frame["Cache-Control"] == "private, no-cache"
    assert cleo.get(picture).content == png()


def test_pictures_from_outside_stay_out_however_one_asks(world, message):
    for address in (
        f"/messages/{message.pk}/html",
        f"/messages/{message.pk}/html?pictures=outside",
    ):
        frame = signed_in(world.cleo).get(address)
        assert "Pictures from outside are not shown." in frame.content.decode()
        assert "t.example" not in frame.content.decode()
        assert "https:" not in frame["Content-Security-Policy"]
