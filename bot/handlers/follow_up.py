"""A few words that go on from the last answer: "and in September?", "in French?"."""

from babel import Locale

from bot import slots
from bot.commands import Answer, Command, Context
from bot.errors import UnknownChoice
from bot.history_view import (
    BESIDE,
    EARLIER,
    LONGEST,
    ONE_EARLIER,
    View,
    in_every_language,
    narrowing,
    unknown_button,
    words,
)
from bot.i18n import N_, languages, phrases
from bot.invoice_words import among
from bot.listing import only_papers
from bot.slots.words import plain
from store.models import TransactionType

# Answers that can be said again in another language.
_REPEATED = frozenset(
    {
        "aging",
        "autopay",
        "balance",
        "bill",
        "calls",
        "clarify",
        "faq",
        "invoice",
        "last-payment",
        "spending",
        "statement",
        "transaction",
        "transactions",
        "why-balance",
    }
)
# Of which type a period named after an answer asks for the transactions; "" is all types.
_LISTED = {
    "balance:": "",
    "why-balance:": "",
    "last-payment:": "payment",
    "faq:invoice-pdf": "invoice",
    "faq:last-payment": "payment",
    "faq:transaction-history": "",
}
_ITSELF = {"bill", "transaction"}  # what goes on from these is one of the same
_KINDS = {"INV": "invoice", "PAY": "payment", "CRE": "credit", "REF": "refund"}
_IN_LANGUAGE = phrases("in | again | version | please | can | you | say | that | it | the | same")


def handle(_context: Context) -> Answer:
    """Refuse to be pressed: only words lead here, and they lead on."""
    raise unknown_button()


def fits(text: str, last: str) -> str | None:
    """Understand what goes on from the answer `last` ("balance:", "faq:invoice-pdf").

    Gives the next answer in the same shape, after "fr>" when it is to be in that language.
    """
    said = words(text) if len(text) <= LONGEST else []
    if not said:
        return None
    if (language := _language(said)) and last.partition(":")[0] in _REPEATED:
        return f"{language}>{last}"
    if (invoices := _invoices(last)) and (said_of := _of_invoices(text, invoices)):
        return f"invoice:{said_of}"
    kind = _listed(last)
    if kind is None:
        return None
    if " ".join(said) in in_every_language(ONE_EARLIER):
        return _earlier(last, kind)
    rest = narrowing(text)
    return rest and f"transactions:{_narrowed(rest, kind)}"


def _narrowed(rest: str, kind: str) -> str:
    return rest if slots.transaction_type(rest) else f"{kind} {rest}".strip()


def _language(said: list[str]) -> str | None:
    """Find the language when its name is all that is said."""
    rest = [word for word in said if word not in in_every_language(BESIDE, _IN_LANGUAGE)]
    for language in languages():
        names = {plain(Locale(language).get_display_name(spoken) or "") for spoken in languages()}
        if len(rest) == 1 and rest[0] in names:
            return language
    return None


def _listed(last: str) -> str | None:
    name, _, args = last.partition(":")
    if name in _ITSELF:
        return _KINDS.get(args[:3], "")
    return _LISTED.get(last)


def _invoices(last: str) -> str | None:
    """Name the invoices of the list that was shown, if it was one of invoices."""
    name, _, args = last.partition(":")
    if name != "transactions":
        return None
    try:
        view = View.of_button(args.partition("|")[0])
    except UnknownChoice:  # nothing was shown yet: who asked has to sign in first
        return None
    if view.type != TransactionType.INVOICE:
        return None
    return f"{view.period[0]} to {view.period[1]}" if view.period else "all"


def _of_invoices(text: str, invoices: str) -> str | None:
    """Give words for the PDFs of the list, or for those of its invoices that are chosen."""
    return invoices if only_papers(text) else among(text, invoices)


def _earlier(last: str, kind: str) -> str | None:
    name, _, args = last.partition(":")
    if name in _ITSELF:
        return f"{name}:{EARLIER}{args}"
    if last == "last-payment:":
        return f"transaction:{EARLIER}last-payment"
    return f"transactions:p1;t={kind}" if kind else None


command = Command(
    name="follow-up",
    help=N_("Go on from the last answer"),
    handle=handle,
    listed=False,
    fits=fits,
)
