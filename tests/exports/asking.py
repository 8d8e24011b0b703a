"""A bot that is asked for files of calls, by a command of the tests' own."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.sql import Select

from bot import exporting
from bot.bootstrap import Bot, router
from bot.commands import Answer, Command, Context
from bot.documents.cdr import CallsFile, Format
from bot.jobs.exports import ExportsJob
from bot.messages import Reply
from bot.router import Router
from store import calls, exports
from store.call_filter import CallFilter, CallOrder
from store.models import FileChunk
from tests.pushed import Pushed

EXPORT = "test-file"  # "test-file:csv", "test-file:csv:longest"
START, END = datetime(2026, 6, 1, 4, tzinfo=UTC), datetime(2026, 11, 22, 5, tzinfo=UTC)


def wanted(kind: str, *, language: str = "en", order: str = "time", limit: int | None = None):
    """All calls of half a year, about 1,100 of the demo's company."""
    return CallsFile(
        wanted=CallFilter(start_at=START, end_at=END, order=CallOrder(order), limit=limit),
        heading="All calls *since* June 2026",
        first=date(2026, 6, 1),
        last=date(2026, 11, 21),
        zone="America/Toronto",
        format=Format(kind),
        language=language,
    )


def handle(context: Context) -> Answer:
    kind, _, order = context.args.partition(":")
    file = wanted(kind, language=context.loc.language, order=order or "time")
    with context.read() as session:
        totals = calls.total(session, scope=context.scope, wanted=file.wanted)
    given = exporting.deliver(context, file, totals)
    said = given.under_way or "\n\n".join(["Here.", *given.notes])
    return Answer(reply=Reply(text=said, files=given.files))


def asks(bot: Bot) -> Bot:
    """Let a bot be asked."""
    command = Command(name=EXPORT, help="Files of calls", handle=handle, listed=False)
    commands = {**router().commands, EXPORT: command}
    dispatcher = replace(bot.dispatcher, router=Router(commands), commands=commands)
    bot.delivery._dispatcher = dispatcher
    return replace(bot, dispatcher=dispatcher)


def work(bot: Bot, **options: float) -> bool:
    """Make what is to be made, as the worker does; tells whether there was anything."""
    return asyncio.run(ExportsJob(bot.database, bot.delivery, bot.settings, **options).work_once())


def rows(bot: Bot, table: object = exports.export) -> list:
    columns = table if isinstance(table, Select) else select(table)
    with bot.database.read() as session:
        return list(session.connection().execute(columns).all())


def count(bot: Bot, table: type) -> int:
    return len(rows(bot, select(table.__table__)))


@dataclass
class Asker:
    """Somebody signed in on a platform that messages are pushed to."""

    pushed: Pushed
    user: str = "ann"

    def ask(self, action: str = f"{EXPORT}:csv", *, room: str = "dm") -> None:
        delivery = self.pushed.bot.delivery
        request = replace(
            self.pushed.request(f"press {action}", room=room, user=self.user),
            text="",
            action=action,
            event_id=uuid4().hex,
        )
        delivery.run(delivery.accept(request))
        while self.pushed.work():
            pass

    @property
    def got(self) -> list:
        return self.pushed.sender.sent


def chunks(bot: Bot) -> int:
    return count(bot, FileChunk)
