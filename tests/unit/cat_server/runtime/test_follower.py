"""Whoever follows the ledger gets each chain in order, and no chain has to wait for another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from cat_server.domain.events import EventKind, Recorded
from cat_server.runtime.follower import Follower

PIECE = 10


def event(chain: str, number: int) -> Recorded:
    return Recorded(
        chain=chain,
        number=number,
        kind=EventKind.SITTING_STARTED,
        at_ms=number,
        clock_ms=None,
        actor_kind="server",
        actor_id="",
        approver="",
        body={},
        private={},
    )


class Chains:
    """Chains of so many events each, which a test may lengthen while they are read."""

    def __init__(self, **lengths: int) -> None:
        self.lengths = lengths
        self.follower = Follower(lambda: dict(self.lengths), self.since)
        self.told: list[tuple[str, int]] = []
        self.follower.subscribe(lambda events: self.told.extend((each.chain, each.number) for each in events))

    def since(self, chain: str, after: int) -> Sequence[Recorded]:
        last = min(after + PIECE, self.lengths[chain])
        return [event(chain, number) for number in range(after + 1, last + 1)]


def test_each_chain_comes_whole_and_in_order() -> None:
    chains = Chains(long=35, short=3)
    asyncio.run(chains.follower.poll())
    for chain, length in chains.lengths.items():
        assert [number for of, number in chains.told if of == chain] == list(range(1, length + 1))


def test_news_of_one_chain_are_told_while_a_long_one_is_being_read() -> None:
    chains = Chains(long=100, short=1)
    since = chains.since

    def read(chain: str, after: int) -> Sequence[Recorded]:
        if (chain, after) == ("long", 2 * PIECE):
            chains.lengths["short"] = 2
        return since(chain, after)

    chains.follower = Follower(lambda: dict(chains.lengths), read)
    chains.follower.subscribe(lambda events: chains.told.extend((each.chain, each.number) for each in events))
    asyncio.run(chains.follower.poll())
    assert chains.told.index(("short", 2)) < chains.told.index(("long", 50))


def test_a_poll_ends_though_events_never_stop_coming() -> None:
    chains = Chains(busy=1)
    since = chains.since

    def read(chain: str, after: int) -> Sequence[Recorded]:
        chains.lengths[chain] += 1
        return since(chain, after)

    follower = Follower(lambda: dict(chains.lengths), read)
    asyncio.run(asyncio.wait_for(follower.poll(), 60))
    assert follower.position["busy"] >= 1


def test_a_chain_can_be_read_again_from_its_first_event() -> None:
    chains = Chains(old=12)
    chains.follower.position["old"] = 12
    asyncio.run(chains.follower.poll())
    assert chains.told == []
    chains.follower.read_again("old")
    asyncio.run(chains.follower.poll())
    assert chains.told == [("old", number) for number in range(1, 13)]
