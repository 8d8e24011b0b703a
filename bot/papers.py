"""Documents of an account: taken from the store when they were made before, else made and kept."""

import hashlib
from collections.abc import Callable, Iterator

from bot.billing.issued import Issued
from bot.commands import Context
from bot.documents.books import Books
from bot.documents.invoice_paper import InvoicePaper
from bot.documents.statement_paper import StatementPaper
from bot.documents.supplier import Supplier
from bot.exporting import described
from bot.faq import facts
from bot.i18n import SOURCE_LANGUAGE, Localizer, known
from bot.messages import FileRef
from store import accounts, files, transactions
from store.models import Account, Transaction

PDF = "application/pdf"


def in_accounts_language(account: Account) -> Localizer:
    """Speak as the account's invoices do, whoever asks."""
    return Localizer(known(account.language) or SOURCE_LANGUAGE)


def supplier(context: Context, account: Account, loc: Localizer) -> Supplier:
    """Name who issues the documents; sample accounts get made-up numbers, as the paper says."""

    def fact(name: str) -> str:
        return facts.fact(name, loc=loc, today=context.today())

    settings = context.settings
    made_up = account.sample
    address = tuple(line.strip() for line in settings.supplier_address.split(";") if line.strip())
    return Supplier(
        name=settings.supplier_name,
        address=(fact("sample_street"), fact("sample_city")) if made_up else address,
        gst_number=fact("sample_gst_number") if made_up else settings.supplier_gst_number,
        qst_number=fact("sample_qst_number") if made_up else settings.supplier_qst_number,
        email=fact("billing_email"),
        phone=fact("billing_phone"),
        option=fact("billing_option"),
        sample=made_up,
    )


def invoice(context: Context, books: Books, row: Transaction) -> InvoicePaper:
    """Collect all that the document of an invoice says."""
    scope, transaction_id = context.scope, row.id or 0
    with context.read() as session:
        lines = transactions.lines(session, scope=scope, transaction_id=transaction_id)
        taxes = transactions.taxes(session, scope=scope, transaction_id=transaction_id)
        addresses = accounts.service_addresses(session, scope=scope)
    loc = in_accounts_language(books.account)
    return InvoicePaper(
        issued=Issued.of(row, books.transactions),
        account=books.account,
        lines=lines,
        taxes=taxes,
        addresses={address.id or 0: address for address in addresses},
        supplier=supplier(context, books.account, loc),
        loc=loc,
    )


def invoice_file(context: Context, paper: InvoicePaper) -> FileRef:
    return kept(
        context,
        cache_key=paper.cache_key,
        language=paper.loc.language,
        filename=paper.filename,
        media_type=PDF,
        make=lambda: draw_invoice(paper),
    )


def draw_invoice(paper: InvoicePaper) -> bytes:
    # Loading fpdf2 takes as long as a hundred answers: only who wants a document waits.
    from bot.documents import invoice_pdf  # noqa: PLC0415

    return invoice_pdf.draw(paper)


def statement_file(context: Context, paper: StatementPaper) -> FileRef:
    def draw() -> bytes:
        from bot.documents import statement_pdf  # noqa: PLC0415 - as above

        return statement_pdf.draw(paper)

    return kept(
        context,
        cache_key=paper.cache_key,
        language=paper.loc.language,
        filename=paper.filename,
        media_type=PDF,
        make=draw,
    )


def language_note(context: Context, account: Account) -> Iterator[str]:
    """Say why a document speaks another language than the chat does."""
    loc, theirs = context.loc, in_accounts_language(account).language
    if theirs != loc.language:
        yield loc.text(
            "The document is in the language of your account ({language}); the Billing Team can "
            "change it.",
            language=loc.language_name(theirs),
        )


def key_of(kind: str, *parts: str) -> str:
    """Name a file that is made of many things."""
    return f"{kind}:{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"


def kept(
    context: Context,
    *,
    cache_key: str,
    language: str,
    filename: str,
    media_type: str,
    make: Callable[[], bytes],
) -> FileRef:
    """Take a file from the store if the same was made before, else make it and keep it."""
    with context.read() as session:
        found = files.cached(session, scope=context.scope, language=language, cache_key=cache_key)
    if found:
        return described(found)
    return context.keep_file(cache_key, filename, media_type, make(), language=language)
