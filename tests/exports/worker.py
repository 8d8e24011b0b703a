"""A worker that has begun an export, and does with it what a test says."""

import asyncio
import hashlib

from sqlalchemy import select

from bot.bootstrap import Bot
from bot.exporting import Wanted
from bot.identity import scopes
from bot.jobs.exports import ExportsJob, _Told
from bot.jobs.making import scope_of
from store import exports, files
from store.exports import Asked
from store.models import Conversation
from store.outbox import identity
from store.people import of_row
from tests.exports.asking import wanted

conversation = Conversation.__table__


class Worker:
    def __init__(self, bot: Bot, told: _Told | None = None) -> None:
        self.bot = bot
        self.job = ExportsJob(bot.database, bot.delivery, bot.settings)
        if told is None:
            with bot.database.write() as session:
                begun = exports.begin(session)
            assert begun is not None
            told = _Told(begun)
        self.told = told

    def tell(self, share: float) -> None:
        """Say that this share of the calls is written."""
        rows = int(self.told.job.rows_expected * share)
        assert asyncio.run(self.job._still_ours(self.told, rows))

    def keep(self, *contents: bytes) -> None:
        """Put files into the store as the child does."""
        job = self.told.job
        with self.bot.database.write() as session:
            scope = scope_of(session, job)
            assert scope is not None
            for number, content in enumerate(contents, 1):
                file_id = files.begin(
                    session,
                    scope=scope,
                    language=job.language,
                    cache_key=job.cache_key,
                    filename=f"calls-{number}.csv",
                    media_type="text/csv",
                    size=len(content),
                    sha256=hashlib.sha256(content).hexdigest(),
                    export_id=job.id,
                )
                for place, at in enumerate(range(0, len(content), files.CHUNK)):
                    piece = content[at : at + files.CHUNK]
                    files.add_chunk(session, file_id=file_id, number=place, content=piece)

    def finish(self) -> None:
        """Give out what was made."""
        asyncio.run(self.job._close(self.told.job, self._finish))

    @staticmethod
    def _finish(session: object, job: object) -> str:
        return ExportsJob._finish(session, job, kept=())


def asked_for(bot: Bot, *, platform: str, user: str) -> Worker:
    """Begin an export for somebody signed in, in the conversation that they have open."""
    with bot.database.write() as session:
        who = select(identity).where(identity.c.platform == platform, identity.c.user == user)
        person = of_row(session.connection().execute(who).one())
        open_now = select(conversation.c.id).where(
            conversation.c.chat_identity_id == person.id, conversation.c.ended_at.is_(None)
        )
        exports.add(
            session,
            Asked(
                scope=scopes.of_person(session, person),
                person_id=person.id,
                conversation_id=session.connection().execute(open_now).scalars().first(),
                language="en",
                cache_key="calls:key",
                what=Wanted(file=wanted("csv"), usage_cents=None).to_json(),
                rows=1_000,
            ),
        )
    return Worker(bot)
