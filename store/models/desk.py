"""Conversations, their turns, and the tickets that staff answer."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from store.models.types import BigId, Table, instant_field, ref_field


class Author(StrEnum):
    CUSTOMER = "customer"
    BOT = "bot"
    STAFF = "staff"


class Conversation(Table, table=True):
    """One person in one thread of one room, until it ends (a sign-out ends it)."""

    __table_args__ = (
        Index(
            "ux_conversation_open",
            "platform",
            "workspace",
            "room",
            "thread",
            "chat_identity_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_conversation_chat_identity_id", "chat_identity_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ref: str = ref_field()
    platform: str = Field(max_length=16)
    workspace: str = Field(default="", max_length=64)
    room: str = Field(max_length=128)
    thread: str = Field(default="", max_length=128)
    chat_identity_id: int = Field(foreign_key="chat_identity.id", sa_type=BigId)
    one_to_one: bool
    pulled: bool  # the adapter reads its messages here (a page, a terminal); nothing is pushed
    language: str | None = Field(default=None, max_length=8)  # the last one that was sure
    misses: int = 0  # in a row
    question: dict[str, Any] | None = Field(default=None, sa_type=JSON)  # open, with its expiry
    started_at: datetime = instant_field()
    ended_at: datetime | None = instant_field(default=None)


class Turn(Table, table=True):
    """What was said (redacted) and what came of it."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ref: str = ref_field()
    conversation_id: int = Field(foreign_key="conversation.id", index=True, sa_type=BigId)
    inbox_id: int | None = Field(
        default=None, foreign_key="inbox.id", ondelete="SET NULL", unique=True, sa_type=BigId
    )  # its event, as long as that is kept
    at: datetime = instant_field()
    text: str = ""
    action: str | None = None
    outcome: str = Field(max_length=16)
    topic: str | None = Field(default=None, max_length=64)
    topics: list[str] = Field(default_factory=list, sa_type=JSON)  # when several were asked
    command: str | None = Field(default=None, max_length=64)
    ticket_ref: str | None = Field(default=None, max_length=16)
    score: float | None = None
    language: str = Field(max_length=8)
    private: bool
    account_id: int | None = Field(
        default=None, foreign_key="account.id", sa_type=BigId
    )  # whose figures it touched
    helpful: bool | None = None  # the answer to "did this help?"


class Ticket(Table, table=True):
    """What a person at the desk has to answer. At most one is open in a conversation."""

    __table_args__ = (
        Index(
            "ux_ticket_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_ticket_open_since", "closed_at", "opened_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ref: str = Field(unique=True, max_length=16)  # short, told to the customer: T-7K3M9
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=BigId)
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigId)
    portal_user_id: int | None = Field(default=None, foreign_key="portal_user.id", sa_type=BigId)
    queue: str = Field(max_length=32)
    urgent: bool = False
    reasons: list[str] = Field(default_factory=list, sa_type=JSON)
    language: str = Field(max_length=8)
    desk_conversation_id: int | None = Field(
        default=None, foreign_key="conversation.id", index=True, sa_type=BigId
    )  # the thread of the desk's own room in which staff see it
    desk_message_id: str | None = Field(default=None, max_length=128)  # the platform's, its first
    contact: str = ""  # mail address or phone number of somebody whom no account names
    opened_at: datetime = instant_field()
    closed_at: datetime | None = instant_field(default=None)
    closed_by_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=BigId)


class TicketMessage(Table, table=True):
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ticket_id: int = Field(foreign_key="ticket.id", index=True, sa_type=BigId)
    author: str = Field(max_length=16)  # an Author
    staff_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=BigId)
    turn_id: int | None = Field(default=None, foreign_key="turn.id", sa_type=BigId)
    text: str
    at: datetime = instant_field()
