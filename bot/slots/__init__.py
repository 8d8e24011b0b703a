"""Periods, amounts, kinds, addresses and numbers out of a sentence.

Both languages are read at once: people write "mes invoices de septembre" whatever the reply is in.
"""

from bot.slots.amounts import amounts
from bot.slots.compared import Compared, compared
from bot.slots.formats import FORMATS, file_format
from bot.slots.identifiers import (
    account_number,
    email,
    invoice_number,
    phone,
    transaction_number,
    transaction_numbers,
)
from bot.slots.periods import date_readings, period
from bot.slots.spans import Period, PeriodKind
from bot.slots.transactions import transaction_type
from bot.slots.which import Due, Which, which

__all__ = [
    "FORMATS",
    "Compared",
    "Due",
    "Period",
    "PeriodKind",
    "Which",
    "account_number",
    "amounts",
    "compared",
    "date_readings",
    "email",
    "file_format",
    "invoice_number",
    "period",
    "phone",
    "transaction_number",
    "transaction_numbers",
    "transaction_type",
    "which",
]
