from __future__ import annotations

import socket

import pytest

from cat_server.domain.refusals import Refusal
from cat_server.runtime import addresses
from cat_server.runtime.addresses import bind, is_loopback, lan_addresses
from scripts.free_ports import free_ports


def test_one_port_on_several_addresses() -> None:
    sockets = bind(("127.0.0.1", "127.0.0.2"), 0)
    try:
        names = [each.getsockname() for each in sockets]
        assert [host for host, _ in names] == ["127.0.0.1", "127.0.0.2"]
        assert names[0][1] == names[1][1] != 0
    finally:
        for each in sockets:
            each.close()


def test_a_port_that_is_free_on_one_address_alone_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    (held,) = free_ports(1)
    (taken,) = bind(("127.0.0.2",), held)
    listen, asked = addresses._listen, list[int]()

    def first_the_held_one(address: str, port: int) -> socket.socket:
        asked.append(port)
        return listen(address, held if len(asked) == 1 else port)

    monkeypatch.setattr(addresses, "_listen", first_the_held_one)
    sockets = bind(("127.0.0.1", "127.0.0.2"), 0)
    assert asked[:2] == [0, held]
    assert {each.getsockname()[1] for each in sockets} == {asked[-1]} != {held}
    for each in (taken, *sockets):
        each.close()


def test_a_busy_port_is_named_and_leaves_nothing_bound() -> None:
    (port,) = free_ports(1)  # none that a connection of another process may come from meanwhile
    (taken,) = bind(("127.0.0.2",), port)
    with pytest.raises(Refusal) as refused:
        bind(("127.0.0.1", "127.0.0.2"), port)
    assert (refused.value.code, refused.value.params["port"]) == ("PORT_BUSY", port)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
    taken.close()


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        bind(("203.0.113.9",), 0)
    assert refused.value.code == "ADDRESS_UNKNOWN"


def test_loopback_is_told_from_the_lan() -> None:
    assert is_loopback("127.0.0.3")
    assert not is_loopback("0.0.0.0")
    assert not any(is_loopback(each) for each in lan_addresses())
