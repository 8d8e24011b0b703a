"""How tickets look on the operators' command line, as text and as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from store.models import Staff, TicketMessage
from store.tickets import Case

_Messages = Sequence[tuple[TicketMessage, Staff | None]]


def row(case: Case) -> dict[str, Any]:
    ticket = case.ticket
    return {
        "ticket": ticket.ref,
        "status": "open" if ticket.closed_at is None else "closed",
        "queue": ticket.queue,
        "urgent": ticket.urgent,
        "reasons": ticket.reasons,
        "language": ticket.language,
        "platform": case.conversation.platform,
        "customer": case.person.display_name or None,
        "contact": ticket.contact or None,
        "account": case.account
        and {"number": case.account.number, "name": case.account.legal_name},
        "opened_at": ticket.opened_at.isoformat(),
        "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else None,
    }


def whole(case: Case, messages: _Messages) -> dict[str, Any]:
    said = [
        {
            "at": message.at.isoformat(),
            "author": message.author,
            "staff": staff.username if staff else None,
            "text": message.text,
        }
        for message, staff in messages
    ]
    return row(case) | {"messages": said}


def listing(cases: Sequence[Case]) -> str:
    if not cases:
        return "No open ticket."
    return "\n".join(_line(case) for case in cases)


def page(case: Case, messages: _Messages) -> str:
    lines = [_line(case)]
    if case.account:
        lines.append(f"account: {case.account.legal_name} ({case.account.number})")
    if case.ticket.contact:
        lines.append(f"reach: {case.ticket.contact}")
    for message, staff in messages:
        who = staff.username if staff else message.author
        lines.append(f"\n{_when(message.at)} {who}\n{message.text}")
    return "\n".join(lines)


def _line(case: Case) -> str:
    ticket = case.ticket
    urgent = "URGENT " if ticket.urgent else ""
    why = f" ({', '.join(ticket.reasons)})" if ticket.reasons else ""
    closed = " closed" if ticket.closed_at else ""
    return (
        f"{ticket.ref}{closed}  {urgent}{ticket.queue}{why}  {ticket.language}  "
        f"{case.conversation.platform}  since {_when(ticket.opened_at)}"
    )


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
