"""A request for a list, known by its shape: "my invoices", "payments in October"."""

from collections.abc import Sequence

from bot import slots
from bot.history_view import (
    ASKING,
    BESIDE,
    LONGEST,
    in_every_language,
    names_day,
    narrowing,
    words,
)
from bot.i18n import phrases

PAYMENTS = "payments"  # what "paid" is read as
_HISTORY = phrases("transaction | transactions | history | activity | ledger")
_ONE_INVOICE = phrases("invoice | bill | statement")  # rather its PDF than a list
_IDLE = phrases(
    "pls | plz | hi | hello | hey | thanks | is | are | were | have | has | made | there"
)
NEWEST = phrases("last | latest | recent | newest | past | previous")
# "how much have we paid in 2026": what asks for a sum, what is summed, what may stand beside.
_SUM = phrases("how | much | many | total | sum | amount | number | altogether | did")
_HOW_MUCH = phrases("much | total | altogether")  # the same, with anything before it
_PAID = phrases("paid | pay")
_TO = phrases("to")  # "how much to pay": what is due, not what was paid
_WHO = phrases("did | have | has | ve | i | we | was | so | far | been | it | that | already")
# "export my transactions": what asks for a file, and what may stand beside.
_FILE = phrases("export | exported | download | file | spreadsheet")
_AS_FILE = phrases(
    "in | as | a | an | to | into | format | how | do | i | excel | csv | pdf | xls | pdfs | "
    "send | them | these | those | it | that | this"
)


def list_asked(text: str) -> str | None:
    """Give words that name the list which is asked for; None when the message says anything more.

    What names one transaction ("invoice", "last payment") is no list.
    """
    said = words(text) if len(text) <= LONGEST else []
    if _is_sum(said):
        return f"{PAYMENTS}: {text}"
    return text if _is_list(said, file=file_asked(text)) else None


def file_asked(text: str) -> bool:
    """Whether a message asks for a file of something."""
    return slots.file_format(text) is not None or _names(words(text), _FILE)


def only_file(text: str) -> bool:
    """Whether a message asks for a file of what was just shown: "in Excel please"."""
    return file_asked(text) and not _without(words(text), BESIDE, ASKING, _FILE, _AS_FILE)


def only_papers(text: str) -> bool:
    """Whether such a file may be a PDF: "send them as PDF"."""
    return only_file(text) and slots.file_format(text) in {None, "pdf"}


def _is_sum(said: Sequence[str]) -> bool:
    """Whether it is asked what was paid in a period, whatever is told before."""
    if not (_names(said, _SUM) and _names(said, _PAID)) or _is_due(said):
        return False
    return _only_a_period(said, BESIDE, ASKING, _SUM, _PAID, _WHO) or _ends_in_sum(said)


def _is_due(said: Sequence[str]) -> bool:
    much, to, pay = map(in_every_language, (_SUM, _TO, _PAID))
    threes = zip(said, said[1:], said[2:], strict=False)
    return any(a in much and b in to and c in pay for a, b, c in threes)


def _ends_in_sum(said: Sequence[str]) -> bool:
    much, paid = in_every_language(_HOW_MUCH), in_every_language(_PAID)
    start = next((at for at, word in enumerate(said) if word in much), len(said))
    end = next((at for at, word in enumerate(said) if at > start and word in paid), None)
    return (
        end is not None
        and not _without(said[start + 1 : end], BESIDE, _WHO)
        and _only_a_period(said[end + 1 :], BESIDE, ASKING, _WHO)
    )


def _only_a_period(said: Sequence[str], *beside: str) -> bool:
    phrase = " ".join(_without(said, *beside))
    return names_day(phrase) and narrowing(phrase) is not None


def _is_list(said: Sequence[str], *, file: bool) -> bool:
    rest = _without(said, BESIDE, ASKING, _IDLE, _SUM, *((_FILE, _AS_FILE) if file else ()))
    listed = _without(rest, _HISTORY)
    has_history, phrase = len(listed) < len(rest), " ".join(listed)
    kind = slots.transaction_type(phrase)
    if file and kind == "invoice":
        return False  # their PDFs
    if names_day(phrase):
        many = kind is not None and not _names(listed, _ONE_INVOICE)
        return narrowing(phrase) is not None and (has_history or many)
    named = _without(listed, NEWEST)
    if not named:
        return has_history
    return len(named) == 1 and kind is not None and (has_history or _in_plural(named[0]))


def _in_plural(word: str) -> bool:
    return word.endswith("s")  # in English and in French


def _names(said: Sequence[str], msgid: str) -> bool:
    return not in_every_language(msgid).isdisjoint(said)


def _without(said: Sequence[str], *msgids: str) -> list[str]:
    idle = in_every_language(*msgids)
    return [word for word in said if word not in idle]
