"""Which bytes are pictures that may be shown, and what bombs cost."""

import time
import tracemalloc

import pytest

from dueline.core.pictures import MOST_POINTS, picture_of, small_picture
from tests.pictures import bomb, gif, jpeg, png, webp

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", SVG, b"<html>", b"MZ\x90", png()[:40]),
        *(b"BM" + b"\0" * 60, b"II*\0" + b"\0" * 60, b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\0\0\x01\0"),
    ],
)
def test_i09_what_is_no_picture_of_four_kinds_is_not_shown(content):
    assert picture_of(content) is None
    assert small_picture(content) is None


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (gif(), "image/gif"),
        (webp(), "image/webp"),
        (png() + b"<script>alert(1)</script>", "image/png"),
    ],
)
def test_a_picture_is_what_its_bytes_say(content, media_type):
    assert picture_of(content) == (media_type, 8, 6)


def test_a_small_picture_is_drawn_anew_and_carries_nothing_else_along():
    small = small_picture(png(800, 600) + b"<script>alert(1)</script>")
    assert small is not None
    assert b"script" not in small
    assert picture_of(small) == ("image/webp", 213, 160)


@pytest.mark.parametrize("size", [(30_000, 30_000), (65_000, 65_000), (40_001, 1_000)])
def test_i47_a_bomb_costs_no_more_than_its_header(size):
    content = bomb(*size)
    tracemalloc.start()
    began = time.perf_counter()
    assert picture_of(content) is None
    assert small_picture(content) is None
    assert time.perf_counter() - began < 0.5
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_i47_what_may_be_shown_is_not_always_drawn_small():
    large = bomb(8_000, 4_999)
    assert MOST_POINTS > 8_000 * 4_999
    assert picture_of(large) == ("image/png", 8_000, 4_999)
    assert small_picture(large) is None
