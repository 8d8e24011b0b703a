"""The neutral language every room speaks: a Request comes in, Replies go out.

A Reply is small and closed. A platform that cannot show a part degrades it to text; it never
grows a field for one platform.
"""

import re
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any, Literal

LONGEST_ID = 128  # characters of a platform's id of a user, room, thread, event or message
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line feed

PRIVATE_CHAT = "dm:"  # a button's url that stands for the bot's own chat with who reads it
REPLY_VERSION = 1  # of the JSON kept in the outbox; raise it when a reader must tell two apart


class Outcome(StrEnum):
    """What a turn came to."""

    ANSWER = "answer"
    CLARIFY = "clarify"  # did you mean A or B?
    MISS = "miss"  # not known: likeliest topics and a person are offered
    HANDOFF = "handoff"  # a ticket is open and named
    SOCIAL = "social"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing a person said or pressed, on any platform; redacted where it is made."""

    platform: str
    workspace: str = ""  # where user ids are unique: a Slack home team; empty elsewhere
    user: str
    room: str
    thread: str = ""
    event_id: str  # the same for every repetition of the same event
    one_to_one: bool  # nobody else can read the room
    aside: bool = False  # the room saw nothing of it (a slash command, a form)
    stranger: bool = False  # of another organization, who shares the room with ours
    pulled: bool = False  # the adapter fetches its messages (a page, a terminal), none is pushed
    again: bool = False  # what was said before is answered now: nobody has said it anew
    text: str = ""
    masked: tuple[str, ...] = ()  # what was taken out of the text: "card", "password"
    action: str | None = None  # a pressed button or slash command: "name" or "name:argument"
    attachments: tuple[str, ...] = ()  # redacted file names, or what it is: "voice", "sticker"
    locale: str | None = None  # what the platform or browser says of this person
    display_name: str = ""
    message_id: str | None = None  # the platform's id of what was pressed, else of what was said

    def __post_init__(self) -> None:
        """Make every string fit to be stored. Raises ValueError for an id that is none."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                object.__setattr__(self, field.name, storable(value))
        object.__setattr__(self, "attachments", tuple(map(storable, self.attachments)))
        object.__setattr__(self, "display_name", self.display_name[:LONGEST_ID])
        ids = (self.user, self.room, self.thread, self.event_id, self.message_id or "")
        if max(map(len, ids)) > LONGEST_ID:
            raise ValueError("an id of the platform is too long")

    @property
    def is_pressed(self) -> bool:
        """A button, as against what was typed."""
        return self.action is not None

    @property
    def is_chosen(self) -> bool:
        """A button or slash command, as against words: it tells nothing of the language."""
        return self.is_pressed or self.text.lstrip().startswith("/")

    @property
    def address(self) -> "Address":
        return Address(
            platform=self.platform,
            workspace=self.workspace,
            room=self.room,
            thread=self.thread,
            user=self.user,
        )

    @property
    def lane(self) -> str:
        """Requests of one lane are answered one after another."""
        return f"{self.platform}|{self.workspace}|{self.room}|{self.thread}|{self.user}"


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value, e.g. Due date: December 1, 2026."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Button:
    """Exactly one of `action` (what a press says to the bot) and `url` is set.

    A url of the shape "link:REF" stands for the one-time page of that link request; its secret
    is put in as the message leaves, so that it is never kept.
    """

    label: str
    action: str | None = None
    url: str | None = None
    quiet: bool = False  # an aside ("did this help?"), not the next step


@dataclass(frozen=True, slots=True)
class FileRef:
    """A kept file; the bytes stay in the store."""

    ref: str
    filename: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Picture:
    file: FileRef
    alt: str  # says in words what the picture shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to say back. `text` and `title` are Markdown of the subset in `bot.markup`."""

    text: str
    title: str | None = None
    facts: tuple[Fact, ...] = ()
    table: Table | None = None
    picture: Picture | None = None
    files: tuple[FileRef, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a turn came to, beside its words: for logs, staff and whoever drives the bot."""

    outcome: Outcome
    language: str
    private: bool
    topic: str | None = None
    topics: tuple[str, ...] = ()
    command: str | None = None
    ticket: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a person's conversation is, in a platform's own words."""

    platform: str
    workspace: str = ""
    room: str
    thread: str = ""
    user: str


DESK = "desk"  # the user to whom messages for all staff are addressed


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRoom:
    """The room of a platform in which staff see tickets, and the language they read there."""

    platform: str
    room: str
    language: str


_FLAGS = ("one_to_one", "aside", "stranger", "pulled", "again")
_REQUEST = tuple(field.name for field in fields(Request))
_LISTS = ("attachments", "masked")
_EMPTY = (None, False, ())


def request_to_json(request: Request) -> dict[str, Any]:
    """Write a Request for the inbox; what is empty is left out."""
    values = ((name, getattr(request, name)) for name in _REQUEST)
    data = {name: value for name, value in values if value not in _EMPTY}
    return data | {name: list(data[name]) for name in _LISTS if name in data}


def request_from_json(data: dict[str, Any]) -> Request:
    lists = {name: tuple(data.get(name, ())) for name in _LISTS}
    flags = {name: data.get(name, False) for name in _FLAGS}
    return Request(**{**data, **flags, **lists})


def to_json(reply: Reply) -> dict[str, Any]:
    """Write a Reply for the outbox; parts that are empty are left out.

    Written out field by field: this is done for every answer.
    """
    table, picture = reply.table, reply.picture
    data: dict[str, Any] = {"version": REPLY_VERSION, "text": storable(reply.text)}
    if reply.title is not None:
        data["title"] = storable(reply.title)
    if reply.facts:
        data["facts"] = [
            {"label": storable(fact.label), "value": storable(fact.value)} for fact in reply.facts
        ]
    if table is not None:
        data["table"] = {
            "columns": [_plain(column) for column in table.columns],
            "rows": [[storable(cell) for cell in row] for row in table.rows],
        }
    if picture is not None:
        data["picture"] = _plain(picture)
    if reply.files:
        data["files"] = [_plain(file) for file in reply.files]
    if reply.buttons:
        data["buttons"] = [_button(button) for button in reply.buttons]
    return data


def _button(button: Button) -> dict[str, Any]:
    data: dict[str, Any] = {"label": storable(button.label)}
    if button.action is not None:
        data["action"] = storable(button.action)
    if button.url is not None:
        data["url"] = storable(button.url)
    if button.quiet:
        data["quiet"] = True
    return data


def from_json(data: dict[str, Any]) -> Reply:
    """Read a Reply from the outbox. Raises ValueError for a version this code does not know."""
    if data.get("version") != REPLY_VERSION:
        raise ValueError(f"a reply of unknown version: {data.get('version')!r}")
    table, picture = data.get("table"), data.get("picture")
    return Reply(
        text=data["text"],
        title=data.get("title"),
        facts=tuple(Fact(**fact) for fact in data.get("facts", ())),
        table=table
        and Table(
            columns=tuple(Column(**column) for column in table["columns"]),
            rows=tuple(tuple(row) for row in table.get("rows", ())),
        ),
        picture=picture and Picture(file=FileRef(**picture["file"]), alt=picture["alt"]),
        files=tuple(FileRef(**file) for file in data.get("files", ())),
        buttons=tuple(Button(**button) for button in data.get("buttons", ())),
    )


def storable(text: str) -> str:
    """Drop what no database takes as text, and control characters that a terminal obeys."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "ignore").decode()  # without halves of surrogate pairs
    return _CONTROL.sub("", text)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        pairs = ((field.name, _plain(getattr(value, field.name))) for field in fields(value))
        return {
            name: plain
            for name, plain in pairs
            if plain is not None and plain is not False and plain != []
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return storable(value) if isinstance(value, str) else value
