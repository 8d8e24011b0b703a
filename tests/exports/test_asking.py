"""Asking for a file: a kept one and a small one at once, a long one later."""

import csv
import io

import pytest

from bot import exporting
from bot.documents.cdr import Format
from bot.exporting import AT_ONCE, MOST_OPEN
from store.models import ExportState, File
from tests.exports.asking import EXPORT, asks, count, rows, work
from tests.talk import Talk


@pytest.fixture
def asked(bot) -> Talk:
    return Talk(asks(bot)).signed_in()


@pytest.fixture
def long(monkeypatch) -> None:
    """Let every file be a long one."""
    monkeypatch.setattr(exporting, "AT_ONCE", dict.fromkeys(Format, 0))


def bytes_of(talk: Talk, file) -> bytes:
    download = talk.bot.delivery.download(talk.address, file.ref)
    assert download is not None
    return b"".join(download.chunks)


def test_a_small_file_is_in_the_answer(asked: Talk) -> None:
    said = asked.press(f"{EXPORT}:csv")
    (file,) = said.reply.files
    content = bytes_of(asked, file)
    assert file.size == len(content)
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert 500 < len(lines) < AT_ONCE[Format.CSV]
    assert [] == rows(asked.bot)


def test_asked_again_it_is_the_same_file(asked: Talk) -> None:
    (first,) = asked.press(f"{EXPORT}:csv").reply.files
    (again,) = asked.press(f"{EXPORT}:csv").reply.files
    (other,) = asked.press(f"{EXPORT}:csv:longest").reply.files
    assert first == again != other
    assert 2 == count(asked.bot, File)


def test_another_language_and_another_account_have_files_of_their_own(asked: Talk) -> None:
    (english,) = asked.press(f"{EXPORT}:csv").reply.files
    asked.say("parle français s'il te plaît")
    (french,) = asked.press(f"{EXPORT}:csv").reply.files
    assert english.ref != french.ref
    assert english.filename.startswith("calls-")
    other = Talk(asked.bot).signed_in("demo@erable.example")
    (theirs,) = other.press(f"{EXPORT}:csv").reply.files
    assert theirs.ref not in {english.ref, french.ref}
    assert other.bot.delivery.download(other.address, english.ref) is None


def test_a_long_file_comes_by_itself(asked: Talk, long: None) -> None:
    said = asked.press(f"{EXPORT}:csv")
    assert "I am preparing your file." in said.reply.text
    assert () == said.reply.files
    assert work(asked.bot)
    assert not work(asked.bot)
    last = asked.bot.delivery.history(asked.address)[-1]
    assert "Your file is ready" == last.reply.title
    (file,) = last.reply.files
    assert file.size == len(bytes_of(asked, file))
    (export,) = rows(asked.bot)
    assert ExportState.DONE == export.state
    assert (file,) == asked.press(f"{EXPORT}:csv").reply.files  # from now on at once


def test_asked_again_meanwhile_it_is_not_made_twice(asked: Talk, long: None) -> None:
    asked.press(f"{EXPORT}:csv")
    assert "already preparing this file: 0 of" in asked.press(f"{EXPORT}:csv").reply.text
    assert 1 == len(rows(asked.bot))


def test_nobody_keeps_the_worker_to_themselves(asked: Talk, long: None) -> None:
    for order in ("time", "longest", "dearest"):
        asked.press(f"{EXPORT}:csv:{order}")
    said = asked.press(f"{EXPORT}:xlsx")
    assert f"{MOST_OPEN} files" in said.reply.text
    assert MOST_OPEN == len(rows(asked.bot))


def test_what_somebody_else_had_made_meanwhile_is_given(asked: Talk, long: None) -> None:
    other = Talk(asked.bot).signed_in()
    for talk in (asked, other):
        talk.press(f"{EXPORT}:csv")
        assert 1 == len(talk.bot.delivery.history(talk.address))
    assert work(asked.bot)
    assert work(asked.bot)
    files = {t.bot.delivery.history(t.address)[-1].reply.files for t in (asked, other)}
    assert 1 == len(files)
    assert 1 == count(asked.bot, File)
