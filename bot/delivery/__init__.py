"""All that an adapter sees of the store: accept an event, read a conversation, send a message.

Two kinds of adapter use it. A page or a terminal pulls: `exchange` answers a request at once and
`fresh` finds what arrived by itself. A platform is pushed to: its transport calls `receive`, and
its Sender is given each message by the outbox job (`bot.jobs.outbox`).
"""

from bot.delivery.delivery import Delivery
from bot.delivery.desk_side import Form, TeachForm
from bot.delivery.parts import (
    Author,
    Delivered,
    Download,
    Files,
    Holder,
    Keep,
    Message,
    Outgoing,
    Platform,
    Rate,
    Receipt,
    Sender,
    Step,
    StoreDown,
)

__all__ = [
    "Author",
    "Delivered",
    "Delivery",
    "Download",
    "Files",
    "Form",
    "Holder",
    "Keep",
    "Message",
    "Outgoing",
    "Platform",
    "Rate",
    "Receipt",
    "Sender",
    "Step",
    "StoreDown",
    "TeachForm",
]
