import socket

import pytest


def test_a_test_cannot_reach_another_machine():
    with socket.socket() as door, pytest.raises(AssertionError, match="must not reach"):
        door.connect(("192.0.2.1", 80))


def test_a_test_reaches_this_machine():
    with socket.socket() as desk, socket.socket() as visitor:
        desk.bind(("127.0.0.1", 0))
        desk.listen()
        visitor.connect(desk.getsockname())
