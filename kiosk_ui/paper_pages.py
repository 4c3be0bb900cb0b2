"""Papers as compressed pages: made once, before the start where there is time, so that a start only sends bytes.

A page is kept with what it follows from, and made again where that has changed. Nothing here decides who may see a paper.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from cat_server.domain.log_entries import PaperNotReady
from cat_server.queries.paper import PaperSource, paper_source
from kiosk_ui.paper_media import PaperMedia
from kiosk_ui.paper_order import PaperOrder
from kiosk_ui.paper_view import PAPER_TEXTS, PaperView, paper_items, paper_sections
from kiosk_ui.screens import Screens
from question_bank.items import Bank, Item

MOST_BYTES = 192 * 1024 * 1024
"""All pages together. A page of 110 items with drawings is some 27 kB: this holds those of seven thousand."""
_LEVEL = 6
_log = logging.getLogger(__name__)


class PaperPages:
    """Makes and keeps papers, one at a time. Not safe for threads: it lives in the event loop."""

    def __init__(self, screens: Screens) -> None:
        self._screens = screens
        self._media = PaperMedia(screens.deps.secrets.private_salt_key)
        self._kept: OrderedDict[str, tuple[PaperOrder, bytes]] = OrderedDict()
        self._bytes = 0
        self._expected: OrderedDict[str, PaperOrder] = OrderedDict()
        self._has_expected = asyncio.Event()
        self._making = asyncio.Lock()
        self._worker = ThreadPoolExecutor(
            1, "papers"
        )  # pages come from one heap, without holes of several threads

    def expect(self, order: PaperOrder | None) -> None:
        """Have a paper made ahead of its start, when there is time."""
        if order is not None and self._found(order) is None:
            self._expected[order.attempt_id] = order
            self._has_expected.set()

    async def page(self, order: PaperOrder) -> bytes:
        """Return a paper's page, compressed with gzip; it is made now where it is not there yet."""
        found = self._found(order)
        if found is None:
            async with self._making:
                found = self._found(order) or await self._made(order)
        return found

    def forget(self, attempt_ids: Iterable[str]) -> None:
        """Let go of papers that nobody will ask for any more."""
        for each in attempt_ids:
            self._expected.pop(each, None)
            self._drop(each)

    async def run(self) -> None:
        """Make what is expected until cancelled, resting as long as each took: half of the time belongs to others."""
        while True:
            await self._has_expected.wait()
            began = monotonic()
            try:
                await self._make_next()
            except Exception:  # noqa: BLE001 - told; it is made when it is asked for, or fails there
                _log.exception(PaperNotReady())
            await asyncio.sleep(monotonic() - began)

    def media_of(self, order: PaperOrder) -> Mapping[str, bytes]:
        """Return the picture files of a paper, by their tokens. It may block."""
        return self._media.of(order.attempt_id, lambda: self._items(order))

    async def _make_next(self) -> None:
        async with self._making:
            if self._expected:
                _, order = self._expected.popitem(last=False)
                if self._found(order) is None:
                    await self._made(order)
            if not self._expected:
                self._has_expected.clear()

    def _found(self, order: PaperOrder) -> bytes | None:
        kept = self._kept.get(order.attempt_id)
        if kept is None or kept[0] != order:
            return None
        self._kept.move_to_end(order.attempt_id)
        return kept[1]

    async def _made(self, order: PaperOrder) -> bytes:
        made = await asyncio.get_running_loop().run_in_executor(self._worker, self._make, order)
        self._drop(order.attempt_id)
        self._kept[order.attempt_id] = (order, made)
        self._bytes += len(made)
        while self._bytes > MOST_BYTES:
            self._drop(next(iter(self._kept)))
        return made

    def _drop(self, attempt_id: str) -> None:
        kept = self._kept.pop(attempt_id, None)
        if kept is not None:
            self._bytes -= len(kept[1])

    def _make(self, order: PaperOrder) -> bytes:
        html = self._screens.pages.html(order.language, "paper.html", self._view(order))
        return gzip.compress(html.encode(), _LEVEL, mtime=0)

    def _items(self, order: PaperOrder) -> tuple[list[Item], Bank]:
        source = self._source(order)
        bank = self._screens.deps.banks(order.bank_id)
        placed = {each.item_id for each in source.form.items}
        return [each for each in bank.items if each.item_id in placed], bank

    def _source(self, order: PaperOrder) -> PaperSource:
        reader = self._screens.deps.reader
        return paper_source(reader, order.exam_session_id, order.form_no, order.profile_hash)

    def _view(self, order: PaperOrder) -> PaperView:
        screens = self._screens
        source = self._source(order)
        items = paper_items(
            source.form,
            screens.deps.banks(order.bank_id),
            source.profile,
            lambda sha256: self._media.token(order.attempt_id, sha256),
        )
        return PaperView(
            exam_title=order.exam_title,
            name=order.name,
            number=order.number,
            seat_text=screens.pages.catalogue.text(order.language, "seat_of", {"seat": order.seat_no}),
            attempt_id=order.attempt_id,
            utc_offset_ms=order.utc_offset_ms,
            blocks=len(source.profile.blocks),
            sections=paper_sections(items),
            items=items,
            texts=screens.texts_in(order.language, PAPER_TEXTS),
        )
