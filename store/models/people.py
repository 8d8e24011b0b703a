"""Accounts, the people who may act for them, staff, and the chats they write from."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from store.models.types import BigId, Table, instant_field, ref_field


class Role(StrEnum):
    """What an authorised contact may do; technical ones see no invoices (docs/domain.md 1.9)."""

    ADMINISTRATOR = "administrator"
    BILLING = "billing"
    TECHNICAL = "technical"


class Account(Table, table=True):
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ref: str = ref_field()
    number: str = Field(unique=True, max_length=32)  # shape 001234
    legal_name: str
    bill_to_name: str
    billing_street: str = ""
    billing_city: str = ""
    billing_province: str = Field(default="", max_length=2)
    billing_postal_code: str = ""
    billing_emails: str = ""  # comma-separated, as the portal keeps them
    language: str = Field(default="en", max_length=8)  # of invoices and notifications
    time_zone: str = "America/Toronto"  # IANA name
    auto_pay: bool = False
    sample: bool = False
    created_at: datetime = instant_field()


class ServiceAddress(Table, table=True):
    """Where the service is used: taxes follow it, not the billing address (docs/domain.md 1.8)."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    account_id: int = Field(foreign_key="account.id", index=True, sa_type=BigId)
    label: str
    street: str
    city: str
    province: str = Field(max_length=2)
    postal_code: str


class ServiceNumber(Table, table=True):
    __table_args__ = (UniqueConstraint("account_id", "number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    account_id: int = Field(foreign_key="account.id", sa_type=BigId)
    service_address_id: int = Field(foreign_key="service_address.id", sa_type=BigId)
    number: str = Field(max_length=32)  # E.164
    label: str = ""


class PortalUser(Table, table=True):
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ref: str = ref_field()
    username: str = Field(unique=True, max_length=254)
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    password_hash: str = ""  # argon2id; empty: may not sign in
    time_zone: str = "America/Toronto"
    active: bool = True
    sample: bool = False
    created_at: datetime = instant_field()


class Membership(Table, table=True):
    """What one portal user is to one account."""

    __table_args__ = (UniqueConstraint("portal_user_id", "account_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    portal_user_id: int = Field(foreign_key="portal_user.id", sa_type=BigId)
    account_id: int = Field(foreign_key="account.id", index=True, sa_type=BigId)
    role: str = Field(default=Role.BILLING, max_length=16)  # a Role
    language: str = Field(default="en", max_length=8)  # of this person's screens
    notify_payment_accepted: bool = True
    notify_payment_declined: bool = True
    notify_invoice_posted: bool = True
    notify_unpaid_reminder: bool = True


class Staff(Table, table=True):
    """The people at the desk; never portal users."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ref: str = ref_field()
    username: str = Field(unique=True, max_length=254)
    name: str = ""
    language: str = Field(default="en", max_length=8)
    sees_figures: bool = False
    password_hash: str = ""
    active: bool = True
    sample: bool = False
    created_at: datetime = instant_field()


class ChatIdentity(Table, table=True):
    """One person on one platform; linked once they have shown which portal user they are."""

    __table_args__ = (
        UniqueConstraint("platform", "workspace", "user"),
        Index("ix_chat_identity_portal_user_id", "portal_user_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ref: str = ref_field()
    platform: str = Field(max_length=16)
    workspace: str = Field(default="", max_length=64)
    user: str = Field(max_length=128)
    display_name: str = ""
    language: str | None = Field(default=None, max_length=8)  # chosen by this person
    portal_user_id: int | None = Field(default=None, foreign_key="portal_user.id", sa_type=BigId)
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigId)
    staff_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=BigId)
    linked_at: datetime | None = instant_field(default=None)
    first_seen_at: datetime = instant_field()


class LinkRequest(Table, table=True):
    """A one-time link that asks to join a chat to a portal user: both sides must say yes.

    The link's token is derived from `ref` and the secret key; only its hash is kept.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ref: str = ref_field()
    token_hash: str = Field(unique=True, max_length=64)  # SHA-256, hexadecimal
    chat_identity_id: int = Field(foreign_key="chat_identity.id", index=True, sa_type=BigId)
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=BigId)
    portal_user_id: int | None = Field(default=None, foreign_key="portal_user.id", sa_type=BigId)
    # What waits for the sign-in: {"text": ...} as it was typed, or {"action": ...}.
    asked: dict[str, str] | None = Field(default=None, sa_type=JSON)
    created_at: datetime = instant_field()
    expires_at: datetime = instant_field()
    page_agreed_at: datetime | None = instant_field(default=None)
    chat_agreed_at: datetime | None = instant_field(default=None)
    closed_at: datetime | None = instant_field(default=None)  # used, refused or replaced


class SignInFailure(Table, table=True):
    """A failed sign-in, counted per user name and address to make guessing slow."""

    __table_args__ = (Index("ix_sign_in_failure_who", "username", "address", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    username: str = Field(max_length=254)
    address: str = Field(max_length=64)
    at: datetime = instant_field()
