"""What an adapter shows staff at once, in a form: never anything for a customer's eyes."""

import asyncio
from dataclasses import dataclass

from bot import desk
from bot.clock import Clock
from bot.delivery.reading import person_at, reachable
from bot.lessons import Lessons
from bot.messages import Address, Reply
from bot.settings import Settings
from store import tickets
from store.db import Database, Session
from store.models import Author, Staff
from store.tickets import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A ticket to be answered: its ref, what the customer said, in the language staff read."""

    ref: str
    language: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeachForm:
    """A phrase to be approved: the ticket it comes from, and the topics, the likeliest first."""

    ref: str
    language: str
    words: str
    topics: tuple[tuple[str, str], ...]  # id and title


class DeskSide:
    """Reads for staff. Everything raises CustomerError for who may not, and StoreDown."""

    _database: Database
    _settings: Settings
    _clock: Clock
    _desk_language: str
    _lessons: Lessons

    @property
    def desk_language(self) -> str:
        """In what the desk's own room is spoken to."""
        return self._desk_language

    async def form_for(self, by: Address, ref: str) -> Form:
        return await asyncio.to_thread(self.form, by, ref)

    async def figures_for(self, by: Address, ref: str) -> tuple[Reply, str]:
        return await asyncio.to_thread(self.figures, by, ref)

    async def teach_form_for(self, by: Address, ref: str) -> TeachForm:
        return await asyncio.to_thread(self.teach_form, by, ref)

    def form(self, by: Address, ref: str) -> Form:
        """Open a ticket to be answered by whoever is at an address."""
        with reachable(), self._database.read() as session:
            staff, case = self._found(session, by, ref)
            desk.expect_open(case)
            said = tickets.messages(session, ticket_id=tickets.id_of(case.ticket))
            words = [message.text for message, _ in said if message.author == Author.CUSTOMER]
        shown = tuple(words[-desk.WORDS_SHOWN :])
        return Form(ref=case.ticket.ref, language=staff.language, words=shown)

    def figures(self, by: Address, ref: str) -> tuple[Reply, str]:
        """Show the figures behind a ticket, and tell in which language."""
        with reachable(), self._database.read() as session:
            staff, case = self._found(session, by, ref)
            return desk.figures(session, case, staff=staff, clock=self._clock), staff.language

    def teach_form(self, by: Address, ref: str) -> TeachForm:
        """Propose what the customer of a ticket asked as a phrase."""
        with reachable(), self._database.read() as session:
            staff, case = self._found(session, by, ref)
            words = desk.question(session, case)
        with reachable():
            likeliest = self._lessons.now().likeliest(words)
        return TeachForm(
            ref=case.ticket.ref,
            language=staff.language,
            words=words,
            topics=desk.titles(likeliest, staff.language),
        )

    def _found(self, session: Session, by: Address, ref: str) -> tuple[Staff, Case]:
        person = person_at(session, by)
        if person is None:
            raise desk.not_of_the_team(by.platform, by.workspace, by.user)
        staff = desk.linked(session, person, sample_users=self._settings.in_development)
        return staff, desk.found(session, ref)
