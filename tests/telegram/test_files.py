"""Files on Telegram: sent as they are read, and the second time by Telegram's own copy."""

from dataclasses import replace

from sqlalchemy import update

from bot import exporting
from bot.jobs import telling
from bot.jobs.making import scope_of
from store import files
from store.models import FileCopy, OutboxState
from tests.exports.asking import count
from tests.exports.worker import asked_for
from tests.platforms.serving import Refused
from tests.telegram.people import shown


def documents(telegram):
    return [sent for sent in telegram.sent if "document" in sent.arguments]


def test_one_message_is_edited_and_the_file_follows(telegram, bot, rosa):
    rosa.say("hello")
    before = len(telegram.sent)
    worker = asked_for(bot.bot, platform="telegram", user=str(rosa.id))
    for share in (0.1, 0.5):
        worker.tell(share)
        bot.settle()
    content = bytes(range(256)) * 2_000  # two chunks
    worker.keep(content)
    worker.finish()
    bot.settle()
    written = {sent.message_id for sent in telegram.sent[before:]}
    assert 2 == len(written), "the message and the file, whatever became of the message"
    (file,) = documents(telegram)
    assert content == file.arguments["document"].content
    assert "calls-1.csv" == file.arguments["document"].filename
    message = next(sent for sent in telegram.sent[before:] if sent is not file)
    assert "Your file is ready" in shown(telegram, message)
    assert {OutboxState.SENT} == set(bot.states())


def made(bot, rosa):
    """A file that has been sent once."""
    rosa.say("hello")
    worker = asked_for(bot.bot, platform="telegram", user=str(rosa.id))
    worker.keep(b"a,b,c")
    worker.finish()
    bot.settle()
    return replace(worker.told.job, outbox_id=None)


def again(bot, job):
    """Have what is kept sent once more."""
    with bot.database.write() as session:
        kept = exporting.kept_files(
            session, scope=scope_of(session, job), language="en", cache_key=job.cache_key
        )
        telling.post(session, job, telling.ready(job, kept))
    bot.bot.delivery.wrote()
    bot.settle()


def test_the_second_time_nothing_is_uploaded(telegram, bot, rosa):
    job = made(bot, rosa)
    again(bot, job)
    first, second = documents(telegram)
    assert (
        telegram.chats.messages[rosa.id][int(first.message_id)]["document"]["file_id"]
        == (second.arguments["document"])
    )
    assert 1 == count(bot.bot, FileCopy)


def test_a_copy_that_telegram_does_not_know_is_uploaded_again(telegram, bot, rosa):
    job = made(bot, rosa)
    send = telegram.methods["sendDocument"]

    def forgetful(arguments):
        if isinstance(arguments["document"], str):
            raise Refused("400 Bad Request: wrong file identifier/HTTP URL specified")
        return send(arguments)

    telegram.methods["sendDocument"] = forgetful
    again(bot, job)
    telegram.methods["sendDocument"] = send
    assert [b"a,b,c"] * 2 == [sent.arguments["document"].content for sent in documents(telegram)]
    again(bot, job)
    assert isinstance(documents(telegram)[-1].arguments["document"], str)
    assert 1 == count(bot.bot, FileCopy)


def test_another_bot_has_no_use_for_a_copy(telegram, bot, rosa):
    job = made(bot, rosa)
    with bot.database.write() as session:
        session.connection().execute(update(FileCopy.__table__).values(owner="987"))
    again(bot, job)
    assert [b"a,b,c"] * 2 == [sent.arguments["document"].content for sent in documents(telegram)]
    assert 2 == count(bot.bot, FileCopy)


def test_a_copy_that_cannot_be_noted_costs_no_file(telegram, bot, rosa, monkeypatch):
    def fails(*_given, **_named):
        raise RuntimeError

    monkeypatch.setattr(files, "note_copy", fails)
    made(bot, rosa)
    assert 1 == len(documents(telegram))
    assert {OutboxState.SENT} == set(bot.states())


def test_a_file_that_has_expired_meanwhile_is_told_of(telegram, bot, rosa, monkeypatch):
    monkeypatch.setattr(bot.bot.delivery, "download", lambda *_given: None)
    made(bot, rosa)
    assert [] == documents(telegram)
    assert "no longer kept. Please ask for it again" in shown(telegram, telegram.sent[-1])
    assert {OutboxState.SENT} == set(bot.states())
