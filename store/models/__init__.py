"""The tables, a file per noun family."""

from store.models.calls import CallRecord, Direction
from store.models.delivery import File, FileChunk, Inbox, InboxState, Lease, Outbox, OutboxState
from store.models.desk import Author, Conversation, Ticket, TicketMessage, Turn
from store.models.ledger import (
    InvoiceLine,
    InvoiceTax,
    LineKind,
    PaymentAllocation,
    PaymentMethod,
    PaymentState,
    PaymentType,
    Transaction,
    TransactionType,
)
from store.models.people import (
    Account,
    ChatIdentity,
    LinkRequest,
    Membership,
    PortalUser,
    Role,
    ServiceAddress,
    ServiceNumber,
    SignInFailure,
    Staff,
)

__all__ = [
    "Account",
    "Author",
    "CallRecord",
    "ChatIdentity",
    "Conversation",
    "Direction",
    "File",
    "FileChunk",
    "Inbox",
    "InboxState",
    "InvoiceLine",
    "InvoiceTax",
    "Lease",
    "LineKind",
    "LinkRequest",
    "Membership",
    "Outbox",
    "OutboxState",
    "PaymentAllocation",
    "PaymentMethod",
    "PaymentState",
    "PaymentType",
    "PortalUser",
    "Role",
    "ServiceAddress",
    "ServiceNumber",
    "SignInFailure",
    "Staff",
    "Ticket",
    "TicketMessage",
    "Transaction",
    "TransactionType",
    "Turn",
]
