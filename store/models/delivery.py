"""What came in, what goes out, and the files that answers refer to."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from store.models.types import BigId, Table, instant_field, ref_field


class InboxState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"  # leased until `lease_until`
    DONE = "done"


class OutboxState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"  # leased until `lease_until`
    SENT = "sent"
    REFUSED = "refused"  # private, but the link or the role is gone, or the room is shared
    FAILED = "failed"  # given up after its retries
    HELD = "held"  # until its person opens a private chat, where the bot may not write first
    UNCERTAIN = "uncertain"  # perhaps delivered; never repeated blindly


class Inbox(Table, table=True):
    """One event of a platform, as the neutral Request (redacted), never its raw body."""

    __table_args__ = (
        UniqueConstraint("platform", "workspace", "event_id"),
        Index(
            "ix_inbox_open_lane",
            "lane",
            "id",
            sqlite_where=text("state <> 'done'"),
            postgresql_where=text("state <> 'done'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    platform: str = Field(max_length=16)
    workspace: str = Field(default="", max_length=64)
    event_id: str = Field(max_length=128)
    lane: str = Field(max_length=512)  # turns of one conversation run one after another
    request: dict[str, Any] = Field(sa_type=JSON)
    state: str = Field(default=InboxState.WAITING, max_length=16)
    attempts: int = 0
    lease_until: datetime | None = instant_field(default=None)
    received_at: datetime = instant_field()
    done_at: datetime | None = instant_field(default=None)


class Outbox(Table, table=True):
    """One outgoing message.

    `private` and the one recipient (`chat_identity_id`) stand beside the scope it was made
    under (`portal_user_id`, `account_id`), so that the sender can check again as it sends.
    """

    __table_args__ = (
        Index(
            "ix_outbox_due",
            "platform",
            "conversation_id",
            "id",
            sqlite_where=text("state IN ('waiting', 'sending')"),
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
        Index("ix_outbox_conversation", "conversation_id", "id"),
        Index(
            "ix_outbox_edits",
            "edits_id",
            "id",
            sqlite_where=text("edits_id IS NOT NULL"),
            postgresql_where=text("edits_id IS NOT NULL"),
        ),
        Index(
            "ix_outbox_held",
            "chat_identity_id",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ref: str = ref_field()
    platform: str = Field(max_length=16)
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=BigId)
    chat_identity_id: int = Field(foreign_key="chat_identity.id", sa_type=BigId)
    turn_id: int | None = Field(default=None, foreign_key="turn.id", index=True, sa_type=BigId)
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", sa_type=BigId)
    private: bool
    portal_user_id: int | None = Field(default=None, foreign_key="portal_user.id", sa_type=BigId)
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigId)
    language: str = Field(max_length=8)
    reply: dict[str, Any] = Field(sa_type=JSON)  # versioned, see bot.messages
    replaces: str | None = Field(default=None, max_length=128)  # the message a press updates
    answers: str | None = Field(default=None, max_length=128)  # the message in a room it answers
    # The first state of a message of which this is a newer one; it takes its place.
    edits_id: int | None = Field(default=None, foreign_key="outbox.id", sa_type=BigId)
    state: str = Field(default=OutboxState.WAITING, max_length=16)
    attempts: int = 0
    due_at: datetime = instant_field()
    lease_until: datetime | None = instant_field(default=None)
    created_at: datetime = instant_field()
    sent_at: datetime | None = instant_field(default=None)
    platform_message_id: str | None = Field(default=None, max_length=128)
    parts: list[str] | None = Field(default=None, sa_type=JSON)  # ids of those that are out


class ExportState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"  # leased until `lease_until`
    DONE = "done"
    FAILED = "failed"  # given up after its tries
    REFUSED = "refused"  # the link or the role is gone


class Lease(Table, table=True):
    """What one process of all does at a time, such as polling a platform."""

    name: str = Field(primary_key=True, max_length=64)
    holder: str = Field(max_length=64)
    until: datetime = instant_field()


class Export(Table, table=True):
    """A file that takes too long for a turn: who asked for what, and how far it is."""

    __table_args__ = (
        Index(
            "ix_export_open",
            "id",
            sqlite_where=text("state IN ('waiting', 'running')"),
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        Index("ix_export_done_at", "done_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ref: str = ref_field()
    account_id: int = Field(foreign_key="account.id", sa_type=BigId)
    portal_user_id: int = Field(foreign_key="portal_user.id", sa_type=BigId)
    chat_identity_id: int = Field(foreign_key="chat_identity.id", sa_type=BigId)
    conversation_id: int = Field(foreign_key="conversation.id", index=True, sa_type=BigId)
    language: str = Field(max_length=8)
    cache_key: str = Field(max_length=128)  # of what was asked for, as of then
    asked: dict[str, Any] = Field(sa_type=JSON)  # what of, as `bot.exporting` writes it
    state: str = Field(default=ExportState.WAITING, max_length=16)
    attempts: int = 0  # processes that began it; who has another number has lost it
    handed_back: int = 0  # of these, which stopped in good order
    due_at: datetime = instant_field()
    lease_until: datetime | None = instant_field(default=None)
    rows: int = Field(default=0, sa_type=BigId)  # written so far
    rows_expected: int = Field(default=0, sa_type=BigId)
    # The message that tells how far it is: the first state of it, of which later ones are edits.
    outbox_id: int | None = Field(default=None, foreign_key="outbox.id", sa_type=BigId)
    created_at: datetime = instant_field()
    done_at: datetime | None = instant_field(default=None)


class File(Table, table=True):
    """A document or picture in chunks: web and worker share no disk.

    The files of one export are its parts, in the order of their ids.
    """

    __table_args__ = (
        Index("ix_file_cache", "account_id", "cache_key", "language"),
        Index("ix_file_expires_at", "expires_at"),
        Index(
            "ix_file_export_id",
            "export_id",
            sqlite_where=text("export_id IS NOT NULL"),
            postgresql_where=text("export_id IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ref: str = ref_field()
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigId)
    role: str = Field(default="", max_length=16)  # the role under which it was made
    language: str = Field(max_length=8)
    cache_key: str = Field(max_length=128)
    filename: str
    media_type: str = Field(max_length=128)
    size: int
    sha256: str = Field(max_length=64)
    export_id: int | None = Field(default=None, foreign_key="export.id", sa_type=BigId)
    ready: bool = True  # False while an export writes it: nobody gets it
    created_at: datetime = instant_field()
    expires_at: datetime = instant_field()


class FileChunk(Table, table=True):
    file_id: int = Field(foreign_key="file.id", primary_key=True, sa_type=BigId)
    number: int = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class FileCopy(Table, table=True):
    """What a platform calls its own copy of a kept file: sending it again uploads nothing."""

    file_id: int = Field(foreign_key="file.id", primary_key=True, sa_type=BigId)
    platform: str = Field(primary_key=True, max_length=16)
    owner: str = Field(primary_key=True, max_length=64)  # the bot that may use it
    name: str = Field(max_length=255)  # the platform's id of its copy


class DownloadLink(Table, table=True):
    """A one-time link by which a person downloads a kept file; its token is nowhere but in it."""

    token_hash: str = Field(primary_key=True, max_length=64)  # SHA-256, hexadecimal
    file_id: int = Field(foreign_key="file.id", index=True, sa_type=BigId)
    chat_identity_id: int = Field(foreign_key="chat_identity.id", sa_type=BigId)
    expires_at: datetime = instant_field()
    spent_at: datetime | None = instant_field(default=None)
