"""Mail addresses, phone numbers, invoice and account numbers in a sentence."""

import re
from functools import cache

from bot.slots.words import MAX_LENGTH, any_of, forms, plain

_EMAIL = re.compile(
    r"[\w.+-]{1,64}@(?:[a-z\d-]{1,63}\.){1,8}[a-z]{2,24}\b", re.IGNORECASE | re.ASCII
)
# Area code and exchange start with 2 to 9 (North American Numbering Plan).
_NANP = re.compile(
    r"(?<![\d-])(?:\+?1[\s.-]*)?\(?([2-9]\d{2})\)?[\s.-]*([2-9]\d{2})[\s.-]*(\d{4})(?![\d-])",
    re.ASCII,
)
_INTERNATIONAL = re.compile(
    r"(?:\+|(?<!\d)011[\s.-]?)([2-9](?:[\s().-]{0,2}\d){6,14})(?!\d)", re.ASCII
)

# "pay 300" is an amount: but for invoices a space comes only before all eight digits.
_TRANSACTION = re.compile(
    r"\b(?:inv[\s#-]{0,2}|(?:pay|cre|ref)(?:[#-]{0,2}|[\s#-]{1,2}(?=0\d{7}\b)))(\d{3,8})\b",
    re.ASCII,
)

# INV00054321 and 001234: how the provider writes them.
INVOICE_DIGITS = 8
ACCOUNT_DIGITS = 6
# Fewer digits right after the noun are an amount or a count ("bill 300", "account 12").
BARE_INVOICE_DIGITS = 5
BARE_ACCOUNT_DIGITS = 4


def email(text: str) -> str | None:
    """Find the first mail address, in lower case."""
    found = _EMAIL.search(text[:MAX_LENGTH])
    return found[0].lower() if found else None


def phone(text: str) -> str | None:
    """Find the first phone number, as E.164: North American, or written with + or 011."""
    found = found_phone(text[:MAX_LENGTH])
    return found[1] if found else None


def found_phone(text: str) -> tuple[re.Match[str], str] | None:
    """Find where the first phone number stands, and the number as E.164."""
    if found := _NANP.search(text):
        return found, "+1" + "".join(found.groups())
    if found := _INTERNATIONAL.search(text):
        return found, "+" + re.sub(r"\D", "", found[1])
    return None


def invoice_number(text: str) -> str | None:
    """Find an invoice number, as the invoice prints it ("inv 54321" is INV00054321)."""
    words = plain(text)
    digits = _after_noun("invoice", words, BARE_INVOICE_DIGITS, INVOICE_DIGITS)
    if not digits and (bare := re.search(r"(?<![\w-])000\d{5}(?![\w-])", words)):
        digits = bare[0]
    return f"INV{digits.zfill(INVOICE_DIGITS)}" if digits else None


def transaction_number(text: str) -> str | None:
    """Find a Transaction ID as the history shows it: INV, PAY, CRE or REF and eight digits."""
    found = _TRANSACTION.search(plain(text))
    if found:
        return _written(found)
    return invoice_number(text)


def _written(found: re.Match[str]) -> str:
    return found[0][:3].upper() + found[1].zfill(INVOICE_DIGITS)


def transaction_numbers(text: str) -> list[str]:
    """List the Transaction IDs that are written with their letters, each once."""
    found = _TRANSACTION.finditer(plain(text))
    return list(dict.fromkeys(_written(match) for match in found))


def account_number(text: str) -> str | None:
    """Find an account number, with its leading zeros ("account 1234" is 001234)."""
    words = plain(text)
    digits = _after_noun("account", words, BARE_ACCOUNT_DIGITS, ACCOUNT_DIGITS)
    if not digits and (bare := re.search(r"(?<![\w-])0\d{5}(?![\w-])", words)):
        digits = bare[0]
    return digits.zfill(ACCOUNT_DIGITS) if digits else None


def found_extension(words: str) -> re.Match[str] | None:
    """Find where the first extension stands in a text made plain: "ext. 101", "x101".

    Its group is "digits".
    """
    return _extension().search(words)


def without_phones(words: str) -> str:
    """Put "_" for each North American number."""
    return _NANP.sub(" _ ", words)


@cache
def _extension() -> re.Pattern[str]:
    marks = rf"#|\b{any_of(forms('identifiers', 'number'))}\b\.?"
    named = rf"\b{any_of(forms('identifiers', 'extension'))}\b\.?[\s:-]*(?:(?:{marks})\s*)?"
    return re.compile(rf"(?:{named}|\bx\s?|(?<=\dx))(?P<digits>\d{{2,6}})(?![\w-]|[.,:]\d|\s?\$)")


def _after_noun(noun: str, words: str, bare: int, most: int) -> str | None:
    for found in _numbered(noun).finditer(words):
        digits = found["digits"]
        marked = found["mark"] or not found["gap"]
        if len(digits) <= most and (marked or (len(digits) >= bare and not _year(digits))):
            return digits
    return None


@cache
def _numbered(noun: str) -> re.Pattern[str]:
    """The noun, perhaps "number" or #, then digits that are no amount and no longer number."""
    return re.compile(
        rf"\b{any_of(forms('identifiers', noun))}(?P<gap>[\s:.-]*"
        rf"(?P<mark>#|\b{any_of(forms('identifiers', 'number'))}\b\.?)?"
        r"(?:\s*\b(?:is|est)\b)?[\s:.#-]*)"
        r"(?P<digits>\d{1,9})(?![\d-]|[.,]\d|\s*\$)"
    )


def _year(digits: str) -> bool:
    return re.fullmatch(r"20\d\d", digits) is not None
