"""Words that ask for invoices, and no more: "my last 3 invoices", "only the unpaid ones"."""

import re

from bot import slots
from bot.history_view import (
    ASKING,
    BESIDE,
    INVOICES,
    LONGEST,
    in_every_language,
    names_day,
    narrowing,
    words,
)
from bot.i18n import phrases
from bot.listing import NEWEST
from bot.slots import Which
from store.models import TransactionType

ALL = phrases("all | every | each | whole")
# Words that ask for the document itself.
DOCUMENT = phrases(
    "pdf | pdfs | zip | copy | copies | file | files | document | documents | download | send | "
    "print | email"
)
AS = phrases("as | a | an | in | to | with")
_FIRST = phrases("first")
# "what are my last two invoices"
_WHICH = phrases(
    "which | is | are | were | was | where | how | many | do | have | any | there | got"
)
_DAYS = re.compile(r"\d{4}-\d\d-\d\d to ")


def among(text: str, asked: str) -> str | None:
    """Give words for what a message chooses of the invoices just given: "the oldest one".

    `asked` are the words or days that were asked for; of days the message chooses among these.
    """
    which = slots.which(text)
    days = asked if _DAYS.match(asked) and not names_day(which.rest) else ""
    chooses = which.chooses or (days and (which.newest or which.first))
    if not chooses or len(text) > LONGEST or not says_no_more(which, text):
        return None
    return f"{text} {days}".strip()


def says_no_more(which: Which, text: str) -> bool:
    """Whether nothing stands beside what chooses but an invoice, a period, and idle words."""
    if slots.transaction_type(text) not in {None, TransactionType.INVOICE}:
        return False
    phrase = without_idle(which.rest, _WHICH)
    newest = in_every_language(NEWEST, INVOICES, _FIRST)
    return narrowing(phrase) is not None or newest.issuperset(words(phrase))


def without_idle(text: str, *beside: str) -> str:
    idle = in_every_language(BESIDE, ASKING, DOCUMENT, ALL, AS, *beside)
    return " ".join(word for word in words(text) if word not in idle)
