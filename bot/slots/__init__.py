"""Periods, amounts, durations, kinds, addresses and numbers out of a sentence.

Both languages are read at once: people write "mes invoices de septembre" whatever the reply is in.
"""

from bot.slots.amounts import amount, amounts
from bot.slots.compared import Compared, compared
from bot.slots.durations import duration
from bot.slots.formats import FORMATS, file_format
from bot.slots.identifiers import (
    account_number,
    email,
    extension,
    invoice_number,
    phone,
    transaction_number,
)
from bot.slots.limits import Comparison, Limit, amount_limits, duration_limits
from bot.slots.periods import date_readings, period
from bot.slots.spans import Period, PeriodKind
from bot.slots.transactions import transaction_type
from bot.slots.which import Due, Which, which

__all__ = [
    "FORMATS",
    "Compared",
    "Comparison",
    "Due",
    "Limit",
    "Period",
    "PeriodKind",
    "Which",
    "account_number",
    "amount",
    "amount_limits",
    "amounts",
    "compared",
    "date_readings",
    "duration",
    "duration_limits",
    "email",
    "extension",
    "file_format",
    "invoice_number",
    "period",
    "phone",
    "transaction_number",
    "transaction_type",
    "which",
]
