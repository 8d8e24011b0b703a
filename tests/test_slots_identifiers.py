"""File formats, extensions and transaction IDs."""

import pytest

from bot.slots import file_format, transaction_number
from tests.slots import extension


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in PDF please", "pdf"),
        ("en Excel", "xlsx"),
        ("exel", "xlsx"),
        (".xls", "xlsx"),
        ("un chiffrier", "xlsx"),
        ("dans un tableur", "xlsx"),
        ("a spreadsheet", "xlsx"),
        ("the calls as .csv", "csv"),
        ("csv or excel", None),
        ("excellent", None),
        ("", None),
    ],
)
def test_file_format(text: str, expected: str | None) -> None:
    """The one kind of file that is named."""
    assert expected == file_format(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ext. 101", "101"),
        ("extension #101", "101"),
        ("x101", "101"),
        ("poste 101", "101"),
        ("le poste no 2345", "2345"),
        ("613-555-0199x12", "12"),
        ("poste de travail", None),
        ("poste 250,00 $", None),
        ("box 101", None),
        ("", None),
    ],
)
def test_extension(text: str, expected: str | None) -> None:
    """An extension is read with the word or the x before it."""
    assert expected == extension(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PAY00012345", "PAY00012345"),
        ("pay 00012345", "PAY00012345"),
        ("PAY-12345", "PAY00012345"),
        ("#cre-00000006", "CRE00000006"),
        ("ref00000005 svp", "REF00000005"),
        ("invoice 54321", "INV00054321"),
        ("I want to pay 300", None),
        ("can I pay 12345 now", None),
        ("", None),
    ],
)
def test_transaction_number(text: str, expected: str | None) -> None:
    """A transaction ID of any type comes as the history shows it."""
    assert expected == transaction_number(text)
