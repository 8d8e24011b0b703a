"""Kept files in a browser: by one-time links of the person signed in, and on from a broken end."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select, update
from starlette.applications import Starlette

from bot.adapters.web import transport
from bot.delivery import Download, Step
from bot.jobs.housekeeping import Housekeeping
from bot.messages import FileRef
from store import files
from store.models import DownloadLink, File
from store.models.types import now
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


def get(browser, url=None, **headers):
    """By a new one-time link, unless there is one."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return browser.get(url or browser.link(browser.url), headers=named)


def begun(browser):
    """A link whose download broke off after the first byte, and the tag of its file."""
    url = browser.link(browser.url)
    found = get(browser, url, range="bytes=0-0")
    assert (206, CONTENT[:1]) == (found.status_code, found.content)
    return url, found.headers["etag"]


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
    url, tag = begun(kept) if first else (None, f'"{kept.url.rpartition("/")[2]}"')
    found = get(kept, url, range=asked, if_range=tag)
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
    url, tag = begun(kept)
    for start in (5, 700, SIZE - 1):
        assert CONTENT[start:] == get(kept, url, range=f"bytes={start}-", if_range=tag).content
    # Of another file, or of who knows which, it would be a second download.
    assert 404 == get(kept, url, range="bytes=5-", if_range='"another"').status_code
    assert 404 == get(kept, url, range="bytes=5-").status_code
    assert CONTENT == get(kept, range="bytes=5-", if_range='"another"').content


def test_a_link_is_spent_by_its_first_byte(kept):
    url = kept.link(kept.url)
    assert (
        404 == get(kept, url, range="bytes=5-", if_range=kept.head(url).headers["etag"]).status_code
    )
    assert (200, CONTENT) == ((found := kept.get(url)).status_code, found.content)
    for headers in ({}, {"range": "bytes=0-9"}, {"range": "bytes=0-"}):
        assert 404 == get(kept, url, **headers).status_code
    assert 200 == get(kept).status_code  # a new link is a new download


@pytest.mark.parametrize("query", ["", "?once=", "?once=AAAAAAAAAAAAAAAAAAAAAA", "?once=%00"])
def test_without_a_link_there_is_no_download(kept, query):
    assert [404, 404] == [ask(kept.url + query).status_code for ask in (kept.get, kept.head)]


def test_a_link_is_of_one_file_and_one_person(bot, app, kept):
    """Another browser of the very same user has to ask for a link of its own."""
    url = kept.link(kept.url)
    colleague = Browser(app)
    colleague.get("/")
    sign_in(bot, colleague)
    assert [404, 404] == [ask(url).status_code for ask in (colleague.get, colleague.head)]
    assert 200 == get(colleague, colleague.link(kept.url)).status_code
    with bot.database.write() as session:
        other = files.keep(
            session,
            scope=sign_in(bot, kept),
            language="en",
            cache_key="other",
            filename="other.csv",
            media_type="text/csv",
            content=b"x",
        )
        elsewhere = f"/chat/files/{other.ref}?{url.partition('?')[2]}"
    assert 404 == kept.get(elsewhere).status_code
    assert 200 == kept.get(url).status_code


@pytest.mark.both_stores
def test_a_link_lives_for_ten_minutes(bot, kept):
    """Begun or not; what has expired is put away."""
    late, (broken_off, tag) = kept.link(kept.url), begun(kept)
    with bot.database.write() as session:
        links = session.exec(select(DownloadLink)).all()
        assert len(links) == 2
        assert not {link.token_hash for link in links} & {late[-22:], broken_off[-22:]}
        for link in links:
            assert timedelta(minutes=9) < link.expires_at - now() <= timedelta(minutes=10)
            link.expires_at = now()
    assert [404, 404] == [ask(late).status_code for ask in (kept.get, kept.head)]
    assert 404 == get(kept, broken_off, range="bytes=5-", if_range=tag).status_code
    fresh = kept.link(kept.url)
    Housekeeping(bot.database, bot.delivery).tidy()
    with bot.database.read() as session:
        assert 1 == len(session.exec(select(DownloadLink)).all())
    assert 200 == kept.get(fresh).status_code


@pytest.mark.both_stores
def test_links_go_with_their_file(bot, kept):
    kept.link(kept.url)
    with bot.database.write() as session:
        session.exec(update(File).values(expires_at=now()))
    Housekeeping(bot.database, bot.delivery).tidy()
    with bot.database.read() as session:
        assert [] == session.exec(select(DownloadLink)).all()


@pytest.mark.both_stores
def test_one_download_of_two_that_begin_at_once(bot, kept):
    """Whoever spends the link first has it, whichever process serves them."""
    ref, token = kept.url.rpartition("/")[2], kept.link(kept.url).partition("=")[2]
    with ThreadPoolExecutor(4) as threads:
        begin = partial(bot.delivery.may_download, kept.address, ref, token, Step.BEGIN)
        begun = [future.result() for future in [threads.submit(begin) for _ in range(8)]]
    assert 1 == begun.count(True)


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
def test_another_sites_page_gets_no_link(kept, origin):
    asked = kept.post(f"{kept.url}/link", headers={"origin": origin})
    assert (403, "once" in asked.text) == (asked.status_code, False)
    assert 405 == kept.get(f"{kept.url}/link").status_code


def test_only_the_headers(bot, kept):
    """Which spends nothing."""
    url = kept.link(kept.url)
    for _ in range(2):
        found = kept.head(url)
        assert (200, b"", str(SIZE)) == (
            found.status_code,
            found.content,
            found.headers["content-length"],
        )
    assert 200 == kept.get(url).status_code


@pytest.mark.parametrize("headers", [{}, {"range": "bytes=0-9"}])
def test_nobody_else_gets_it(bot, app, kept, headers):
    """Not a stranger, nor somebody of another account, nor oneself once signed out."""
    url = kept.link(kept.url)

    def refused(browser):
        """Neither the file nor a link to it, even with one that is good for its owner."""
        assert 404 == browser.post(f"{kept.url}/link").status_code
        assert 404 == get(browser, url, **headers).status_code

    stranger = Browser(app)
    refused(stranger)
    stranger.get("/")
    refused(stranger)
    sign_in(bot, stranger, "demo@erable.example")
    refused(stranger)
    assert get(kept, **headers).is_success
    cookies = dict(kept.cookies)
    kept.post("/chat/sign-out")
    refused(kept)
    kept.cookies.update(cookies)  # whoever has kept the cookie from before
    refused(kept)


def test_a_download_reads_no_more_than_it_sends(bot, kept, monkeypatch):
    """However large the file is: a chunk at a time, from the one that is asked for."""
    asked, chunk = [], files.chunk

    def watched(session, *, number, **kwargs):
        asked.append(number)
        return chunk(session, number=number, **kwargs)

    monkeypatch.setattr(files, "chunk", watched)
    url, tag = begun(kept)
    get(kept, url, range=f"bytes={files.CHUNK + 1}-{files.CHUNK + 2}", if_range=tag)
    assert [0, 1] == asked
    download = bot.delivery.download(kept.address, kept.url.rpartition("/")[2])
    next(download.chunks)
    assert [0, 1, 0] == asked


def test_a_download_is_read_on_an_event_loop_too():
    async def read(download):
        return [chunk async for chunk in download]

    download = Download(FileRef("R", "a", "b", 2), iter([b"1", b"2"]))
    assert [b"1", b"2"] == asyncio.run(read(download))
