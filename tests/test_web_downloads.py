"""Kept files in a browser: for the person signed in alone, and from where a download broke off."""

import asyncio

import pytest
from starlette.applications import Starlette

from bot.adapters.web import transport
from bot.delivery import Download
from bot.messages import FileRef
from store import files
from tests.test_web_transport import sign_in
from tests.web_visitor import Browser

CONTENT = bytes(range(256)) * 3_000  # three chunks
SIZE = len(CONTENT)


@pytest.fixture
def app(bot):
    return Starlette(routes=transport.routes(bot.delivery, bot.settings))


@pytest.fixture
def kept(bot, app):
    """A browser whose person may see the file at `kept.url`."""
    browser = Browser(app)
    browser.get("/")
    with bot.database.write() as session:
        file = files.keep(
            session,
            scope=sign_in(bot, browser),
            language="en",
            cache_key="calls",
            filename="calls.csv",
            media_type="text/csv",
            content=CONTENT,
        )
        browser.url = f"/chat/files/{file.ref}"
    return browser


def get(browser, **headers):
    browser.client.headers.update({name.replace("_", "-"): text for name, text in headers.items()})
    return browser.get(browser.url)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=300000-", 300_000, SIZE - 1),
        (f"bytes={files.CHUNK}-{files.CHUNK}", files.CHUNK, files.CHUNK),
        (f"bytes={files.CHUNK - 1}-{2 * files.CHUNK}", files.CHUNK - 1, 2 * files.CHUNK),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        (f"bytes=5-{SIZE * 2}", 5, SIZE - 1),
        (f"bytes=-{SIZE * 2}", 0, SIZE - 1),
    ],
)
def test_a_part(kept, asked, first, last):
    found = get(kept, range=asked)
    assert (206, CONTENT[first : last + 1]) == (found.status_code, found.content)
    assert f"bytes {first}-{last}/{SIZE}" == found.headers["content-range"]
    assert str(last - first + 1) == found.headers["content-length"]


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=9-5", "bytes=x-"]
)
def test_what_is_not_understood_is_answered_with_everything(kept, asked):
    found = get(kept, range=asked)
    assert (200, CONTENT) == (found.status_code, found.content)
    assert "bytes" == found.headers["accept-ranges"]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=-0", f"bytes={SIZE}-{SIZE + 5}"])
def test_a_part_that_is_not_there(kept, asked):
    found = get(kept, range=asked)
    assert (416, f"bytes */{SIZE}") == (found.status_code, found.headers["content-range"])


def test_a_download_that_broke_off_goes_on_if_it_is_the_same_file(kept):
    tag = get(kept).headers["etag"]
    assert 206 == get(kept, range="bytes=5-", if_range=tag).status_code
    assert 200 == get(kept, range="bytes=5-", if_range='"another"').status_code


def test_only_the_headers(bot, kept):
    found = asyncio.run(kept.client.head(kept.url))
    assert (200, b"", str(SIZE)) == (
        found.status_code,
        found.content,
        found.headers["content-length"],
    )


@pytest.mark.parametrize("headers", [{}, {"range": "bytes=0-9"}])
def test_nobody_else_gets_it(bot, app, kept, headers):
    """Not a stranger, nor somebody of another account, nor oneself once signed out."""
    stranger = Browser(app)
    stranger.url = kept.url
    assert 404 == get(stranger, **headers).status_code
    stranger.get("/")
    assert 404 == get(stranger, **headers).status_code
    sign_in(bot, stranger, "demo@erable.example")
    assert 404 == get(stranger, **headers).status_code
    assert get(kept, **headers).is_success
    cookies = dict(kept.cookies)
    kept.post("/chat/sign-out")
    assert 404 == get(kept, **headers).status_code
    kept.cookies.update(cookies)  # whoever has kept the cookie from before
    assert 404 == get(kept, **headers).status_code


def test_a_download_reads_no_more_than_it_sends(bot, kept, monkeypatch):
    """However large the file is: a chunk at a time, from the one that is asked for."""
    asked, chunk = [], files.chunk

    def watched(session, *, number, **kwargs):
        asked.append(number)
        return chunk(session, number=number, **kwargs)

    monkeypatch.setattr(files, "chunk", watched)
    get(kept, range=f"bytes={files.CHUNK + 1}-{files.CHUNK + 2}")
    assert [1] == asked
    download = bot.delivery.download(kept.address, kept.url.rpartition("/")[2])
    next(download.chunks)
    assert [1, 0] == asked


def test_a_download_is_read_on_an_event_loop_too():
    async def read(download):
        return [chunk async for chunk in download]

    download = Download(FileRef("R", "a", "b", 2), iter([b"1", b"2"]))
    assert [b"1", b"2"] == asyncio.run(read(download))
