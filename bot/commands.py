"""What a handler module declares, and how the house finds it."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from typing import Any, Protocol

from bot.clock import DEFAULT_ZONE, Clock
from bot.i18n import Localizer
from bot.messages import DeskRoom, FileRef, Outcome, Reply, Request
from bot.settings import Settings
from store import files
from store.conversations import Memory
from store.db import Session
from store.models.types import new_ref
from store.people import Person
from store.scope import Scope

QUESTION_KEPT = timedelta(minutes=30)


class Overtaken(Exception):
    """What a turn read has changed by its end: nothing is written, and the turn is run again."""


class Knowledge(Protocol):
    """What the bot understands, as far as whoever teaches it has to know."""

    def meaning(self, text: str) -> str | None:
        """Name the topic that answers a sentence said by itself; None when none does alone."""

    def likeliest(self, text: str) -> tuple[str, ...]:
        """Name the topics that a sentence may ask for, the likeliest first."""

    def owner(self, text: str) -> str | None:
        """Name the target of which a text is a phrase word for word; "" when it is of nobody."""

    def with_phrase(self, topic: str, text: str) -> "Knowledge":
        """Give what it would be with one phrase more."""


Write = Callable[[Session, int], None]  # gets the closing transaction and the turn's id


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A reply, and what kind of end of the turn it is.

    Without a reply nothing is sent: what was asked for shows by itself elsewhere.
    """

    reply: Reply | None
    outcome: Outcome = Outcome.ANSWER
    ticket: str | None = None
    updates: bool = False  # takes the place of the message that was pressed (paging does)


@dataclass(slots=True, kw_only=True)
class Context:
    """What a handler may use, and what it leaves for the end of the turn.

    A handler reads through `read` and writes through `defer`: everything it leaves is written in
    the one transaction that closes the turn, or not at all.
    """

    request: Request
    args: str
    loc: Localizer
    clock: Clock
    settings: Settings
    person: Person
    memory: Memory
    turn_ref: str
    topic: str | None
    commands: Mapping[str, "Command"]
    knowledge: Knowledge
    read: Callable[[], AbstractContextManager[Session]]
    resolve_scope: Callable[[], Scope]
    desk: DeskRoom | None = None  # the room in which staff see new tickets
    touched: bool = False  # the account, the person or a personal link: the turn is private
    writes: list[Write] = field(default_factory=list)
    question: dict[str, Any] | None = None
    used_scope: Scope | None = None
    then: Request | None = None  # what is answered next, as if the person had just said it
    answered_by: str | None = None  # the command that answered in place of the routed one
    spoken: str | None = None  # the language to go on in, when it was sure or chosen

    @property
    def scope(self) -> Scope:
        """Whose figures the person may read; asking for it makes the turn private.

        Raises NotLinked, or NotAllowed when the role sees no figures.
        """
        self.touched = True
        if self.used_scope is None:
            self.used_scope = self.resolve_scope()
        return self.used_scope

    @property
    def said(self) -> str:
        """What a button carries, else the words of the message."""
        return self.args or ("" if self.request.is_pressed else self.request.text)

    def touch(self) -> None:
        """Mark the turn private: it says something of this person alone."""
        self.touched = True

    def today(self, zone: str = DEFAULT_ZONE) -> date:
        return self.clock.today(zone)

    def defer(self, write: Write) -> None:
        self.writes.append(write)

    def speak(self, language: str) -> None:
        """Answer in another language from here on."""
        self.loc = Localizer(language)
        self.spoken = language

    def ask(self, args: str, *, lasting: bool = False, of: str | None = None) -> None:
        """Keep a question open: the next sentence that fits goes to the same command, or to `of`.

        Another answer ends it, unless it is `lasting`; so does half an hour.
        """
        expires = datetime.now(UTC) + QUESTION_KEPT
        self.question = {"args": args, "expires": expires.isoformat(), "lasting": lasting}
        if of is not None:
            self.question["command"] = of

    def keep_file(
        self,
        cache_key: str,
        filename: str,
        media_type: str,
        content: bytes,
        *,
        language: str | None = None,
    ) -> FileRef:
        """Keep a file, in the language of the answer unless it is written in another."""
        ref, scope, language = new_ref(), self.scope, language or self.loc.language

        def write(session: Session, _turn_id: int) -> None:
            files.keep(
                session,
                scope=scope,
                language=language,
                cache_key=cache_key,
                filename=filename,
                media_type=media_type,
                content=content,
                ref=ref,
            )

        self.defer(write)
        return FileRef(ref, filename, media_type, len(content))


Handle = Callable[[Context], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing a customer can do.

    `phrases` are sentences that ask for it (a msgid marked by `i18n.phrases`); a command that a
    topic names as its action has none of its own. `fits` tells whether a sentence answers the
    command's open question: it gets the sentence and what was asked, and gives new arguments.
    `claims` knows a sentence by its shape, such as a transaction ID alone, and gives arguments;
    `leans` does so where no topic is surely meant. `whole` answers a topic beside the topics proper
    (off-) without its words beside the figures.
    """

    name: str
    help: str  # a msgid: one line in the list of commands
    handle: Handle
    phrases: str = ""
    listed: bool = True
    place: int = 50  # among those listed: the most useful first
    public: bool = False  # made from topic files alone: may be said in a shared room
    fits: Callable[[str, str], str | None] | None = None
    claims: Callable[[str], str | None] | None = None
    leans: Callable[[str], str | None] | None = None
    whole: bool = False


def discover(package: ModuleType) -> dict[str, Command]:
    """Collect the `command` that each module of the package declares.

    Raises ValueError when two claim one name.
    """
    found: dict[str, Command] = {}
    for name in _modules(package):
        command: Command = importlib.import_module(name).command
        if command.name in found:
            raise ValueError(f"two handlers claim the command {command.name!r}")
        found[command.name] = command
    return found


def listed(commands: Iterable[Command]) -> list[Command]:
    """Give the commands that people are told of, in the order in which to tell them."""
    shown = (command for command in commands if command.listed)
    return sorted(shown, key=lambda command: (command.place, command.name))


def _modules(package: ModuleType) -> Iterator[str]:
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        yield f"{package.__name__}.{info.name}"
