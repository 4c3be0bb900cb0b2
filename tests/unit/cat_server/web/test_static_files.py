from __future__ import annotations

import asyncio
import gzip

import httpx
import pytest

from cat_server.web.static_files import StaticFiles

FILES = StaticFiles("cat_server.web")


def get(path: str, encoding: str = "gzip") -> httpx.Response:
    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app=FILES)
        async with httpx.AsyncClient(transport=transport, base_url="http://kiosk") as client:
            return await client.get(path, headers={"accept-encoding": encoding})

    return asyncio.run(once())


def test_a_file_is_kept_for_good_under_its_version() -> None:
    answer = get(FILES.url("base.css"))
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert ".page" in answer.text


def test_text_is_compressed_for_those_who_can_read_it() -> None:
    zipped, plain = get(FILES.url("base.css")), get(FILES.url("base.css"), "identity")
    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert zipped.content == plain.content
    assert int(zipped.headers["content-length"]) == len(gzip.compress(plain.content, 9, mtime=0))


def test_an_old_version_is_served_but_not_kept() -> None:
    assert get("/static/0000/base.css").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/static/x/none.css", "/static/x/../security.py", "/static/", "/static"])
def test_nothing_else_is_served(path: str) -> None:
    assert get(path).status_code == 404


def test_a_template_cannot_name_a_missing_file() -> None:
    with pytest.raises(KeyError):
        FILES.url("none.css")


def test_two_packages_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="exists already"):
        StaticFiles("cat_server.web", "cat_server.web")
