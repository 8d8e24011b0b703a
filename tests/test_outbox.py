"""Messages that are pushed: in order, each once, and private ones to their person alone."""

import asyncio
from datetime import timedelta

import pytest

from bot.bootstrap import Bot
from bot.delivery import Delivered, Keep, Outgoing, Receipt
from bot.jobs import outbox as jobs_outbox
from bot.jobs.held import of_row
from bot.messages import FileRef, Picture, Reply
from store import outbox, people
from store.db import Database
from store.models import OutboxState
from store.models.types import now
from tests.pushed import Inside, Pushed

RETRY = Receipt(state=Delivered.RETRY)


@pytest.fixture
def pushed(bot: Bot) -> Pushed:
    return Pushed(bot)


def test_messages_are_sent_in_order_and_once(pushed: Pushed) -> None:
    """One message a conversation at a time."""
    pushed.say("hello")
    pushed.say("my payment is pending")
    assert pushed.work()
    assert [OutboxState.SENT, OutboxState.WAITING] == pushed.states()
    assert pushed.work()
    assert not pushed.work()
    assert ["Hello", "Only"] == pushed.texts()


def test_a_platform_that_asks_to_wait_gets_its_time(pushed: Pushed) -> None:
    pushed.sender.says = [Receipt(state=Delivered.RETRY, retry_after=3600)]
    pushed.say("hello")
    assert pushed.work()
    (due,) = pushed.column("due_at")
    assert timedelta(seconds=3590) < due - now() < timedelta(seconds=3610)
    assert not pushed.work()
    pushed.hurry()
    assert pushed.work()
    assert [OutboxState.SENT] == pushed.states()
    assert [(1, False), (2, False)] == [(m.attempts, m.resumed) for m in pushed.sender.sent]


def test_retries_wait_longer_each_time_and_end_after_a_day(pushed: Pushed) -> None:
    """However often it was tried: an outage of an hour costs no message."""
    pushed.sender.says = [RETRY] * 13
    pushed.say("hello")
    waits = []
    for _ in range(12):
        before = now()
        assert pushed.work()
        waits.append((pushed.column("due_at")[0] - before).total_seconds())
        pushed.hurry()
    assert [1, 2, 4, 8] == [int(wait) for wait in waits[:4]]
    assert 300 <= waits[-1] < 310
    assert [OutboxState.WAITING] == pushed.states()
    pushed.change(created_at=now() - timedelta(hours=25))
    pushed.work()
    assert [OutboxState.FAILED] == pushed.states()


def test_a_sender_that_breaks_is_uncertain_and_not_repeated(pushed: Pushed) -> None:
    async def breaks(_message: Outgoing, keep: Keep) -> Receipt:
        raise ConnectionError

    pushed.sender.send = breaks  # type: ignore[method-assign]
    pushed.say("hello")
    pushed.work()
    pushed.hurry()
    assert not pushed.work()
    assert [OutboxState.UNCERTAIN] == pushed.states()


def test_the_sender_is_told_that_a_message_may_be_out(pushed: Pushed) -> None:
    """A process died while sending; and so it stays until the sender could look."""
    pushed.say("hello")
    with pushed.bot.database.write() as session:
        assert 1 == len(outbox.claim(session, platform="push"))
    pushed.hurry()
    pushed.sender.says = [RETRY, Receipt(state=Delivered.UNCERTAIN)]
    for _ in range(2):
        assert pushed.work()
        pushed.hurry()
    assert [True, True] == [message.resumed for message in pushed.sender.sent]
    assert [OutboxState.UNCERTAIN] == pushed.states()


def test_a_lost_response_is_looked_for(pushed: Pushed) -> None:
    pushed.sender.says = [Receipt(state=Delivered.RETRY, may_be_out=True, retry_after=0)]
    pushed.say("hello")
    assert pushed.work()
    assert pushed.work()
    assert [False, True] == [message.resumed for message in pushed.sender.sent]


def test_who_lost_the_lease_has_no_say(pushed: Pushed) -> None:
    """A slow sender's late word does not undo what the next one settled."""
    pushed.say("hello")
    job = pushed.job
    with pushed.bot.database.write() as session:
        (row,) = outbox.claim(session, platform="push")
    slow = of_row(row, pushed.bot.delivery)
    pushed.hurry()
    assert pushed.work()
    assert [OutboxState.SENT] == pushed.states()
    asyncio.run(job._settle(slow, RETRY))
    assert [OutboxState.SENT] == pushed.states()
    assert ["m1"] == pushed.column("platform_message_id")


def test_a_message_that_is_out_is_settled_once_the_store_is_back(pushed: Pushed) -> None:
    gone = Database.connect("postgresql://nobody@127.0.0.1:1/none")
    real, said = pushed.job._database, pushed.sender.send

    async def goes_away(message: Outgoing, keep: Keep) -> Receipt:
        pushed.job._database = gone
        asyncio.get_running_loop().call_later(0.1, setattr, pushed.job, "_database", real)
        return await said(message, keep)

    pushed.sender.send = goes_away  # type: ignore[method-assign]
    pushed.say("hello")
    pushed.work()
    assert [OutboxState.SENT] == pushed.states()
    assert 1 == len(pushed.sender.sent)


def test_a_private_message_is_refused_once_the_link_is_gone(pushed: Pushed) -> None:
    """The link is looked up again as the message is sent."""
    pushed.say("hello")
    pushed.work()
    person = pushed.sign_in()
    pushed.say("what is my balance")
    with pushed.bot.database.write() as session:
        people.unlink(session, person_id=person)
    pushed.work()
    assert [OutboxState.SENT, OutboxState.REFUSED] == pushed.states()
    assert 1 == len(pushed.sender.sent)


def test_in_a_room_a_topic_with_figures_gets_its_general_answer(pushed: Pushed) -> None:
    pushed.say("what is my balance", room="general")
    pushed.work()
    (message,) = pushed.sender.sent
    assert not message.private
    assert ("See mine in private", "balance") == (
        message.reply.buttons[0].label,
        message.reply.buttons[0].action,
    )
    assert not any(button.url for button in message.reply.buttons)


@pytest.mark.parametrize("writes_privately", [True, False])
def test_what_is_private_never_goes_to_a_room(pushed: Pushed, writes_privately: bool) -> None:
    """It goes to its person alone, or nowhere."""
    pushed.sender.writes_privately = writes_privately
    pushed.say("I want to talk to a person", room="general")
    pushed.work()
    told = [(message.private, message.one_to_one) for message in pushed.sender.sent]
    pushed.work()
    hint = pushed.sender.sent[-1]
    assert "My answer is in our private conversation." == hint.reply.text
    assert not hint.private
    assert ([(True, False)] if writes_privately else []) == told
    first = OutboxState.SENT if writes_privately else OutboxState.REFUSED
    assert [first, OutboxState.SENT] == pushed.states()


def test_a_room_gets_one_message_at_a_time(pushed: Pushed) -> None:
    """Whoever of the room asked; other rooms go beside it."""
    for user in ("ann", "bob", "eve"):
        pushed.say("hello", room="general", user=user)
    pushed.say("hello", room="other")
    pushed.say("hello")
    database = pushed.bot.database
    with database.write() as session:
        rows = outbox.claim(session, platform="push")
    assert ["general", "other", "dm-ann"] == [row.room for row in rows]
    with database.write() as session:
        assert [] == outbox.claim(session, platform="push")
    pushed.hurry()
    while pushed.work():
        pass
    assert 5 == len(pushed.sender.sent)


def test_a_slow_message_delays_no_other(pushed: Pushed) -> None:
    """While one is being sent the rest goes out, each conversation in its order."""
    slow, out = asyncio.Event(), asyncio.Queue[tuple[str, str]]()

    async def send(message: Outgoing, keep: Keep) -> Receipt:
        if message.to.user == "ann":
            await slow.wait()
        out.put_nowait((message.to.user, message.reply.text.split()[0]))
        return Receipt(state=Delivered.SENT)

    pushed.sender.send = send  # type: ignore[method-assign]
    for user in ("ann", "bob"):
        pushed.say("hello", user=user)
        pushed.say("my payment is pending", user=user)

    async def watch() -> list[tuple[str, str]]:
        running = asyncio.create_task(pushed.job.run())
        async with asyncio.timeout(20):
            first = [await out.get() for _ in range(2)]
            slow.set()
            rest = [await out.get() for _ in range(2)]
            pushed.job.stop()
            await running
        return first + rest

    assert [("bob", "Hello!"), ("bob", "Only"), ("ann", "Hello!"), ("ann", "Only")] == (
        asyncio.run(watch())
    )


def test_stopping_lets_what_is_being_sent_get_out(pushed: Pushed) -> None:
    begun = asyncio.Event()

    async def send(message: Outgoing, keep: Keep) -> Receipt:
        pushed.sender.sent.append(message)
        begun.set()
        await asyncio.sleep(0.2)
        return Receipt(state=Delivered.SENT)

    pushed.sender.send = send  # type: ignore[method-assign]
    pushed.say("hello")
    pushed.say("thanks")

    async def stop() -> None:
        running = asyncio.create_task(pushed.job.run())
        await begun.wait()
        pushed.job.stop()
        await running

    asyncio.run(stop())
    assert [OutboxState.SENT, OutboxState.WAITING] == pushed.states()


def test_without_a_worker_only_own_rows_are_sent(pushed: Pushed) -> None:
    """What staff wrote, and what others left, waits for the worker."""
    pushed.say("hello", user="bob")
    job = pushed.job = pushed.new_job(sweeps=False)
    pushed.bot.delivery.send_through(Inside(job))
    pushed.say("hello", user="ann")
    pushed.say("my payment is pending", user="ann")
    while pushed.work():
        pass
    assert {"ann"} == {message.to.user for message in pushed.sender.sent}
    assert [OutboxState.WAITING, OutboxState.SENT, OutboxState.SENT] == pushed.states()
    assert {} == job._own


def test_what_the_worker_sends_is_forgotten_here(
    pushed: Pushed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process without a worker does not remember every conversation in which a row waited."""
    monkeypatch.setattr(jobs_outbox, "OWN_SECONDS", 0.0)
    job = pushed.job = pushed.new_job(sweeps=False)
    pushed.bot.delivery.send_through(Inside(job))
    pushed.say("hello")
    assert (1, 1) == (len(job._own), len(job._behind))
    assert not pushed.work()
    assert (0, 0) == (len(job._own), len(job._behind))


def test_parts_that_are_out_stay_known(pushed: Pushed) -> None:
    """Also when the next try came to nothing before any part of it went."""

    async def breaks_off(_message: Outgoing, keep: Keep) -> Receipt:
        await keep(["a", "b"])
        raise TimeoutError

    pushed.sender.send = breaks_off  # type: ignore[method-assign]
    pushed.say("hello")
    pushed.work()
    assert [OutboxState.SENDING] == pushed.states()
    del pushed.sender.send  # type: ignore[misc]
    pushed.hurry()
    pushed.work()
    assert [(("a", "b"), True)] == [(m.parts, m.resumed) for m in pushed.sender.sent]


def test_a_message_that_is_held_here_is_not_claimed_again(pushed: Pushed) -> None:
    """Its lease ran out while the store was away; it is still being sent."""
    begun, go = asyncio.Event(), asyncio.Event()

    async def send(message: Outgoing, _keep: Keep) -> Receipt:
        pushed.sender.sent.append(message)
        begun.set()
        await go.wait()
        return Receipt(state=Delivered.SENT)

    pushed.sender.send = send  # type: ignore[method-assign]
    pushed.say("hello")

    async def watch() -> None:
        await pushed.job._look()
        await begun.wait()
        await asyncio.to_thread(pushed.change, lease_until=now() - timedelta(seconds=1))
        assert not await pushed.job._look()
        go.set()
        await pushed.job._finish()

    asyncio.run(watch())
    assert 1 == len(pushed.sender.sent)
    assert [OutboxState.SENT] == pushed.states()


@pytest.mark.parametrize(
    ("left", "given_up"),
    [
        (OutboxState.WAITING, OutboxState.FAILED),
        (OutboxState.SENDING, OutboxState.UNCERTAIN),
    ],
)
def test_a_message_that_cannot_be_read_holds_up_nobody_else(
    pushed: Pushed, left: str, given_up: str
) -> None:
    """A newer process wrote it: this one leaves it as it is, and gives it up after a day."""
    pushed.say("hello", user="ann")
    past = now() - timedelta(seconds=1)
    pushed.change(reply={"version": 99, "text": "?"}, state=left, lease_until=past)
    pushed.say("hello", user="bob")
    pushed.work()
    assert ["bob"] == [message.to.user for message in pushed.sender.sent]
    assert [left, OutboxState.SENT] == pushed.states()
    pushed.hurry()
    pushed.change(created_at=now() - timedelta(hours=25))
    pushed.work()
    assert [given_up, OutboxState.SENT] == pushed.states()


def test_a_large_upload_gets_its_time() -> None:
    """50 MB take eight minutes at 100 kB a second."""
    file = FileRef("ref", "calls.csv", "text/csv", 50_000_000)
    picture = Picture(FileRef("ref", "aging.png", "image/png", 1_000_000), "Aging")
    assert 90 == jobs_outbox._seconds(Reply(text="Hello"))
    assert 90 + 500 + 10 == jobs_outbox._seconds(
        Reply(text="Hello", files=(file,), picture=picture)
    )
