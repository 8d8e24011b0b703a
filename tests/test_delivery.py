"""What an adapter sees: conversations, private messages, files, and messages that are pushed."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import desk
from bot.bootstrap import Bot
from bot.delivery import Author, Delivered, Outgoing, Receipt
from bot.jobs.housekeeping import Housekeeping
from bot.jobs.outbox import TRIES, OutboxJob
from bot.messages import Request
from store import outbox
from store.models import OutboxState
from store.models.types import now
from tests.talk import Talk

ROWS = outbox.outbox


@dataclass
class FakeSender:
    """A platform that takes messages, or says what it is told to."""

    platform: str = "push"
    sent: list[Outgoing] = field(default_factory=list)
    says: list[Receipt] = field(default_factory=list)

    async def send(self, message: Outgoing) -> Receipt:
        self.sent.append(message)
        if self.says:
            return self.says.pop(0)
        return Receipt(state=Delivered.SENT, message_id=f"m{len(self.sent)}")


@dataclass
class Pushed:
    """A chat on a platform that messages are pushed to."""

    bot: Bot
    sender: FakeSender = field(default_factory=FakeSender)

    def __post_init__(self) -> None:
        self.job = OutboxJob(self.bot.database, self.bot.delivery, {"push": self.sender})

    def say(self, text: str, *, room: str = "dm", user: str = "ann", event_id: str = "") -> None:
        request = Request(
            platform="push",
            user=user,
            room=room,
            event_id=event_id or f"{room}-{user}-{text}",
            one_to_one=room == "dm",
            text=text,
        )
        self.bot.delivery.run(self.bot.delivery.accept(request))

    def work(self) -> bool:
        return asyncio.run(self.job.work_once())

    def states(self) -> list[str]:
        with self.bot.database.read() as session:
            rows = session.connection().execute(select(ROWS.c.state).order_by(ROWS.c.id))
            return list(rows.scalars())

    def hurry(self) -> None:
        """Let what waits for its next try be due, and leases run out."""
        past = now() - timedelta(seconds=1)
        with self.bot.database.write() as session:
            session.connection().execute(update(ROWS).values(due_at=past, lease_until=past))


@pytest.fixture
def pushed(bot: Bot) -> Pushed:
    return Pushed(bot)


def test_messages_are_sent_in_order_and_once(pushed: Pushed) -> None:
    pushed.say("hello")
    pushed.say("my payment is pending")
    assert pushed.work()  # one message a conversation at a time
    assert [OutboxState.SENT, OutboxState.WAITING] == pushed.states()
    assert pushed.work()
    assert not pushed.work()
    assert ["Hello", "Only"] == [m.reply.text.split()[0].strip("!") for m in pushed.sender.sent]


def test_a_platform_that_asks_to_wait_gets_its_time(pushed: Pushed) -> None:
    pushed.sender.says = [Receipt(state=Delivered.RETRY, retry_after=3600)]
    pushed.say("hello")
    assert pushed.work()
    assert not pushed.work()
    pushed.hurry()
    assert pushed.work()
    assert [OutboxState.SENT] == pushed.states()
    assert [1, 2] == [message.attempts for message in pushed.sender.sent]


def test_retries_end(pushed: Pushed) -> None:
    pushed.sender.says = [Receipt(state=Delivered.RETRY)] * (TRIES + 1)
    pushed.say("hello")
    for _ in range(TRIES + 2):
        pushed.work()
        pushed.hurry()
    assert [OutboxState.FAILED] == pushed.states()
    assert TRIES == len(pushed.sender.sent)


def test_a_sender_that_breaks_is_uncertain_and_not_repeated(pushed: Pushed) -> None:
    async def breaks(_message: Outgoing) -> Receipt:
        raise ConnectionError

    pushed.sender.send = breaks  # type: ignore[method-assign]
    pushed.say("hello")
    pushed.work()
    pushed.hurry()
    assert not pushed.work()
    assert [OutboxState.UNCERTAIN] == pushed.states()


def test_a_private_message_is_refused_once_the_link_is_gone(pushed: Pushed) -> None:
    """The link is looked up again as the message is sent."""
    bot = pushed.bot
    pushed.say("hello")
    pushed.work()
    from bot.identity import scopes
    from store import people

    with bot.database.write() as session:
        ann = people.person(session, platform="push", workspace="", user="ann")
        demo = people.portal_user_named(session, username="demo@maple.example")
        assert ann
        assert demo
        (account, _), *_ = people.accounts_of(session, portal_user_id=demo.id)
        people.link(session, person_id=ann.id, portal_user_id=demo.id, account_id=account.id)
    pushed.say("what is my balance")
    with bot.database.write() as session:
        people.unlink(session, person_id=ann.id)
    pushed.work()
    assert [OutboxState.SENT, OutboxState.REFUSED] == pushed.states()
    assert 1 == len(pushed.sender.sent)
    assert scopes.SEES_FIGURES


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


def test_everything_else_said_in_a_room_is_private(pushed: Pushed) -> None:
    pushed.say("I want to talk to a person", room="general")
    pushed.work()
    (message,) = pushed.sender.sent
    assert (True, False) == (message.private, message.one_to_one)


def test_an_answer_of_staff_reaches_the_chat_by_itself(bot: Bot) -> None:
    talk = Talk(bot)
    ticket = talk.say("I want to talk to a person").said.ticket
    agent = desk.member(bot.database, username="agent1@desk.example", sample_users=True)
    desk.reply(bot.database, ref=ticket, text="Good morning!\n- one\n- two", staff=agent)
    fresh = bot.delivery.fresh([talk.address])[talk.address]
    assert (Author.STAFF, "Good morning!\n- one\n- two", True) == (
        fresh[-1].author,
        fresh[-1].reply.text,
        fresh[-1].private,
    )
    assert {} == bot.delivery.fresh([Talk(bot).address])


def test_private_turns_show_to_the_signed_in_alone(bot: Bot) -> None:
    talk = Talk(bot).signed_in()
    talk.say("thanks")
    assert "210.69" in talk.say("what is my balance").reply.text
    assert 4 == len(bot.delivery.history(talk.address))
    from store import people

    with bot.database.write() as session:
        person = people.person(session, platform="console", workspace="", user=talk.user)
        people.unlink(session, person_id=person.id)
    left = bot.delivery.history(talk.address)
    assert ["thanks"] == [m.reply.text for m in left if m.author is Author.CUSTOMER]
    assert "210.69" not in str(left)


def test_signing_out_ends_the_conversation(bot: Bot) -> None:
    talk = Talk(bot).signed_in()
    talk.say("what is my balance")
    bot.delivery.sign_out(talk.address)
    assert () == bot.delivery.history(talk.address)
    assert "210.69" not in talk.say("what is my balance").reply.text
    assert bot.delivery.holder(talk.address) is None


def test_a_picture_is_for_the_people_of_its_account(bot: Bot) -> None:
    erable = Talk(bot).signed_in("demo@erable.example")
    picture = erable.say("quel est l'âge de mon compte").reply.picture
    download = bot.delivery.download(erable.address, picture.file.ref)
    content = b"".join(download.chunks)
    assert content.startswith(b"\x89PNG")
    assert picture.file.size == len(content)
    for other in (Talk(bot), Talk(bot).signed_in("demo@maple.example")):
        other.say("hello")
        assert bot.delivery.download(other.address, picture.file.ref) is None
    bot.delivery.sign_out(erable.address)
    assert bot.delivery.download(erable.address, picture.file.ref) is None


def test_housekeeping_takes_up_and_counts(bot: Bot) -> None:
    talk = Talk(bot)
    talk.bot.delivery.accept(talk.request("hello"))
    keeper = Housekeeping(bot.database, bot.delivery)
    assert 0 == keeper.recover()
    keeper.tidy()


def test_receive_acknowledges_before_the_answer(bot: Bot) -> None:
    """The event is in the inbox when `receive` returns; the turn runs beside it."""
    talk = Talk(bot)

    async def ask() -> bool:
        return (await bot.delivery.receive(talk.request("hello"))).run

    assert asyncio.run(ask())
    bot.delivery._turns.shutdown(wait=True)
    assert "greeting" == bot.delivery.history(talk.address)[-1].said.topic
