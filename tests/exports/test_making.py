"""The files of an export: one, a zipped one, or parts; all calls once, and sums that are right."""

import csv
import io
import tempfile
import zipfile

import pytest
from sqlmodel import select

from bot.bootstrap import Bot
from bot.exporting import Wanted
from bot.identity import scopes
from bot.jobs import making, parts
from bot.jobs.making import Outcome
from bot.jobs.parts import Progress
from store import calls, conversations, exports, people
from store.exports import Asked, Job
from store.models import File, FileChunk, Role
from tests.exports.asking import asks, count, rows, wanted
from tests.talk import Talk


@pytest.fixture
def asked(bot: Bot) -> Talk:
    return Talk(asks(bot)).signed_in()


def begun(talk: Talk, kind: str, **options: object) -> Job:
    """An export that a worker has leased."""
    bot = talk.bot
    talk.press("help")
    with bot.database.write() as session:
        place = {"platform": "console", "workspace": "", "room": talk.user, "thread": ""}
        person, memory = conversations.acquaintance(session, **place, user=talk.user)
        scope = scopes.of_person(session, person)
        file = wanted(kind, **options)
        totals = calls.total(session, scope=scope, wanted=file.wanted)
        asked = Asked(
            scope=scope,
            person_id=person.id,
            conversation_id=memory.id,
            language="en",
            cache_key="key",
            what=Wanted(file=file, usage_cents=None).to_json(),
            rows=totals.all.calls,
        )
        exports.add(session, asked)
        job = exports.begin(session)
    assert job is not None
    return job


def make(talk: Talk, job: Job, progress: Progress = id, **options: object) -> Outcome:
    place = {"ref": job.ref, "attempts": job.attempts}
    return making.make(talk.bot.database, **place, progress=progress, **options)


def made(talk: Talk, job: Job, **options: object) -> list[tuple[str, bytes]]:
    """The names and bytes of what comes out."""
    assert Outcome.MADE == make(talk, job, **options)
    with talk.bot.database.read() as session:
        found = session.exec(select(File).order_by(File.id)).all()
        chunks = session.exec(select(FileChunk).order_by(FileChunk.file_id, FileChunk.number)).all()
    by_file = {
        file.id: b"".join(c.content for c in chunks if c.file_id == file.id) for file in found
    }
    assert not any(file.ready for file in found)
    assert [file.size for file in found] == [len(content) for content in by_file.values()]
    return [(file.filename, by_file[file.id]) for file in found]


def unzipped(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(archive.namelist()[0])


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def call_ids(content: bytes) -> list[str]:
    lines = table(content)
    start = next(at for at, line in enumerate(lines) if line[:1] == ["Call ID"])
    end = next(at for at, line in enumerate(lines) if line[:1] == ["Total"])
    return [line[0] for line in lines[start + 1 : end]]


def test_what_fits_is_one_file(asked: Talk) -> None:
    job = begun(asked, "csv")
    ((name, content),) = made(asked, job)
    assert job.rows_expected == len(call_ids(content)) > 500
    assert name.endswith(".csv")


def test_it_is_told_how_many_calls_are_written(asked: Talk) -> None:
    job, told = begun(asked, "csv"), []
    make(asked, job, progress=told.append)
    assert job.rows_expected == told[-1]
    assert sorted(told) == told


def test_csv_that_is_too_large_is_zipped(asked: Talk) -> None:
    ((_, plain),) = made(asked, begun(asked, "csv"))
    other = Talk(asked.bot).signed_in()
    job = begun(other, "csv", order="longest")
    (*_, (name, content)) = made(other, job, largest=len(plain) // 2)
    assert name.endswith(".csv.zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert [name.removesuffix(".zip")] == archive.namelist()
    assert sorted(call_ids(plain)) == sorted(call_ids(unzipped(content)))


def test_zips_that_are_too_large_come_in_parts(asked: Talk) -> None:
    """Every call is in one of them, in order, and each part's sums are its own."""
    job = begun(asked, "csv")
    files = made(asked, job, largest=6_000)
    assert len(files) > 2
    assert all(len(content) <= 6_000 for _, content in files)
    first, last = files[0][0], files[-1][0]
    assert f"-part-1-of-{len(files)}.csv" in first
    assert f"-part-{len(files)}-of-{len(files)}.csv" in last
    found: list[str] = []
    for name, content in files:
        lines = unzipped(content) if name.endswith(".zip") else content
        ids = call_ids(lines)
        (total,) = (line for line in table(lines) if line[:1] == ["Total"])
        assert total[1].split()[0] == str(len(ids))
        found += ids
    assert job.rows_expected == len(found) == len(set(found))


def test_a_guess_that_was_wrong_is_mended(asked: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_BYTES", dict.fromkeys(parts._BYTES, 0.001))
    assert len(made(asked, begun(asked, "csv"), largest=6_000)) > 2


def test_nothing_is_left_on_the_disk(
    asked: Talk, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made(asked, begun(asked, "csv"), largest=6_000)
    assert [] == list(tmp_path.iterdir())


def test_who_may_not_see_the_figures_any_more_gets_nothing(asked: Talk) -> None:
    job = begun(asked, "csv")
    with asked.bot.database.write() as session:
        member = people.membership(
            session, portal_user_id=job.portal_user_id, account_id=job.account_id
        )
        member.role = Role.TECHNICAL
        session.add(member)
    assert Outcome.REFUSED == make(asked, job)
    assert 0 == count(asked.bot, File)


def test_what_another_process_began_anew_is_left_to_it(asked: Talk, monkeypatch) -> None:
    job = begun(asked, "csv")
    store = making._store

    def overtaken(*args: object) -> None:
        with asked.bot.database.write() as session:
            session.connection().execute(
                exports._BEGIN, {"row": job.id, "until": exports.now() + exports.LEASE}
            )
        store(*args)

    monkeypatch.setattr(making, "_store", overtaken)
    assert Outcome.LOST == make(asked, job)
    assert 0 == count(asked.bot, File)
    monkeypatch.undo()
    assert Outcome.LOST == make(asked, job)
    assert [job.attempts + 1] == [export.attempts for export in rows(asked.bot)]
