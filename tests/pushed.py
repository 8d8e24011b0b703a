"""A platform that messages are pushed to, and somebody who writes there."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from bot.bootstrap import Bot
from bot.delivery import Delivered, Keep, Outgoing, Rate, Receipt
from bot.jobs.outbox import OutboxJob
from bot.jobs.pace import Pace
from bot.messages import Request
from bot.posting import Posted
from store import outbox, people
from store.models import OutboxState
from store.models.types import now

ROWS = outbox.outbox


@dataclass
class FakeSender:
    """A platform that takes messages, or says what it is told to."""

    platform: str = "push"
    writes_privately: bool = True
    looks_back: bool = True
    rate: Rate | None = None
    sent: list[Outgoing] = field(default_factory=list)
    says: list[Receipt] = field(default_factory=list)

    def pace(self, message: Outgoing) -> tuple[str, Rate]:
        return message.to.room, Rate(seconds=0)

    async def send(self, message: Outgoing, keep: Keep) -> Receipt:
        self.sent.append(message)
        if self.says:
            return self.says.pop(0)
        return Receipt(state=Delivered.SENT, message_id=f"m{len(self.sent)}")


@dataclass
class Pushed:
    """Chats on such a platform, and the job that sends there."""

    bot: Bot
    sender: FakeSender = field(default_factory=FakeSender)

    def __post_init__(self) -> None:
        self.job = self.new_job()

    def new_job(self, *, sweeps: bool = True) -> OutboxJob:
        senders = {self.sender.platform: self.sender}
        return OutboxJob(self.bot.database, self.bot.delivery, senders, sweeps=sweeps)

    def work(self) -> bool:
        """Send what can be sent now; tells whether there was anything."""
        return asyncio.run(self.job.work_once())

    def request(self, text: str, *, room: str = "dm", user: str = "ann") -> Request:
        return Request(
            platform=self.sender.platform,
            user=user,
            room=room if room != "dm" else f"dm-{user}",
            event_id=f"{room}-{user}-{text}",
            one_to_one=room == "dm",
            text=text,
        )

    def say(self, text: str, *, room: str = "dm", user: str = "ann") -> None:
        delivery = self.bot.delivery
        delivery.run(delivery.accept(self.request(text, room=room, user=user)))

    def sign_in(self, user: str = "ann", username: str = "demo@maple.example") -> int:
        """Link a person to a portal user; gives who that is."""
        with self.bot.database.write() as session:
            person = people.meet(session, platform="push", workspace="", user=user, display_name="")
            demo = people.portal_user_named(session, username=username)
            account = people.accounts_of(session, portal_user_id=demo.id)[0][0]
            people.link(session, person_id=person.id, portal_user_id=demo.id, account_id=account.id)
        return person.id

    def texts(self) -> list[str]:
        """The first words of what was sent."""
        return [message.reply.text.split()[0].strip("!,") for message in self.sender.sent]

    def column(self, name: str) -> list[Any]:
        with self.bot.database.read() as session:
            rows = session.connection().execute(select(ROWS.c[name]).order_by(ROWS.c.id))
            return list(rows.scalars())

    def states(self) -> list[str]:
        return self.column("state")

    def change(self, **values: object) -> None:
        """Change every row that is not out yet."""
        still = ROWS.c.state.in_([OutboxState.WAITING, OutboxState.SENDING])
        with self.bot.database.write() as session:
            session.connection().execute(update(ROWS).where(still).values(**values))

    def hurry(self) -> None:
        """Let what waits for its next try be due, and leases run out."""
        past = now() - timedelta(seconds=1)
        self.change(due_at=past, lease_until=past)
        self.job._pace = Pace()


@dataclass
class Inside:
    """A job that is told of messages where there is no event loop yet: none is leased to it."""

    job: OutboxJob

    def takes(self, platform: str) -> bool:
        return False

    def wrote(self, posted: Sequence[Posted]) -> None:
        self.job.take(posted)
