"""Periods, transaction types, addresses and numbers out of a sentence.

Both languages are read at once: people write "mes invoices de septembre" whatever the reply is in.
"""

from bot.slots.identifiers import account_number, email, invoice_number, phone
from bot.slots.periods import Period, PeriodKind, period
from bot.slots.transactions import transaction_type

__all__ = [
    "Period",
    "PeriodKind",
    "account_number",
    "email",
    "invoice_number",
    "period",
    "phone",
    "transaction_type",
]
