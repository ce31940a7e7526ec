"""What a message's HTML becomes in a frame, and when a page shows it first."""

import pytest

from dueline.core.html import sanitise
from dueline.core.shown_html import (
    Place,
    frame,
    frame_with_outside,
    says_more,
    with_outside,
    without_outside,
)

PLACE = Place("https://desk.example", "/console/messages/7", "/static/message.css")
OUTSIDE = '<p>Hi</p><img src="https://t.example/pixel.gif?cleo" alt="A logo">'


def stored(html: str) -> str:
    return sanitise(html)[0]


def test_a_picture_from_outside_is_kept_in_a_form_that_loads_nothing():
    assert 'src="outside:https://t.example/pixel.gif?cleo"' in stored(OUTSIDE)
    assert sanitise(OUTSIDE)[1]


def test_a_frame_has_no_address_from_outside_in_it_until_somebody_asks():
    shown = frame(stored(OUTSIDE), pictures=[], place=PLACE, told="Not shown.", asks="Show")

    assert "t.example" not in shown.page
    assert 'alt="A logo"' in shown.page
    assert "https:;" not in shown.headers["Content-Security-Policy"]
    assert '/console/messages/7/html?pictures=outside"' in shown.page


def test_who_asks_gets_the_pictures_for_this_one_view():
    shown = frame_with_outside(stored(OUTSIDE), pictures=[], place=PLACE)

    assert 'src="https://t.example/pixel.gif?cleo"' in shown.page
    assert "/pictures/ https:; " in shown.headers["Content-Security-Policy"]
    assert shown.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "address",
    [
        *("http://t.example/x.gif", "//t.example/x", "outside:http://t.example/", "/sign-out"),
        *("outside:javascript:alert(1)", "outside:data:text/html,x", "ftp://t.example/x", "x.gif"),
        *("https:t.example", "https://t.example/a b", "https://t.example/\\x", "outside:"),
    ],
)
def test_what_is_no_plain_https_address_is_never_loaded(address):
    html = stored(f'<img src="{address}">')
    assert "src" not in html
    assert "src" not in with_outside(f'<img src="{address}">', pictures={})


def test_a_picture_that_came_with_it_is_shown_in_its_place():
    html = stored('<img src="CID:logo%40x"><img src="cid:gone">')
    shown = without_outside(html, pictures={"logo@x": "/console/messages/7/pictures/3"})

    assert shown.html == '<img src="/console/messages/7/pictures/3"><img>'
    assert not shown.waits_outside


def test_i01_what_an_older_version_let_through_goes_through_todays_list_once_more():
    old = "<p onclick=alert(1)>x<script>alert(1)</script><img src=/sign-out></p>"
    shown = frame(old, pictures=[], place=PLACE, told="", asks="")
    assert "alert" not in shown.page
    assert "sign-out" not in shown.page


def test_i08_a_frame_has_its_origin_or_its_scripts_and_we_take_the_origin():
    policy = frame("x", pictures=[], place=PLACE, told="", asks="").headers[
        "Content-Security-Policy"
    ]
    assert "allow-same-origin" in policy
    assert "allow-scripts" not in policy
    assert "allow-forms" not in policy
    assert "allow-top-navigation" not in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(
    "html",
    [
        "<p>Hello</p><p><b>Cleo</b></p>",
        "<div><table><tr><td><table><tr><td>All in a table of one cell</td></tr></table></table>",
        '<p><a href="https://www.northwind.example/">www.northwind.example</a></p>',
        '<p>See <a href="mailto:cleo@northwind.example">Cleo</a></p>',
        "<p>Yes.</p><blockquote><table><tr><td>1</td><td>2</td></tr></table></blockquote>",
        '<img src="https://t.example/pixel.gif">',
        "",
    ],
)
def test_html_that_says_no_more_than_its_text_stays_a_fold_away(html):
    assert not says_more(stored(html))


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><th>Line</th><th>Count</th></tr></table>",
        "<p>Two things:</p><ul><li>one</li><li>two</li></ul>",
        '<p>It is <a href="https://northwind.example/log/17">here</a>.</p>',
        '<p><a href="https://elsewhere.example/">https://northwind.example/</a></p>',
        '<p>See:</p><img src="cid:screenshot">',
        "<p>Do <del>not</del> restart it.</p>",
        "<p>x</p>" + "<ul><li>one</ul>" + "<p>y</p>" * 100_000,
    ],
)
def test_html_that_says_more_than_its_text_is_shown_first(html):
    assert says_more(html if len(html) > 500_000 else stored(html))
