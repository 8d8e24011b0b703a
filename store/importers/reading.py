"""Files as others save them: encodings, delimiters, quoted line breaks; a row at a time."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from store.importers import json_rows
from store.importers.refusals import Unusable

DELIMITERS = ",;\t|"
_DECIMAL_COMMA = {",": False, "|": False, ";": True}
_BLOCK = 1 << 20  # bytes
_SAMPLE = 64 * 1024  # characters
_SHOWN = 1_000  # characters of a line that cannot be read
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_KINDS = (
    (b"PK\x03\x04", "an Excel workbook (.xlsx) or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook (.xls)"),
    (b"\x1f\x8b", "compressed"),
    (b"%PDF", "a PDF"),
)


def decimal_comma(delimiter: str) -> bool | None:
    """Tell whether files with a delimiter write 1,50; None where nobody can know."""
    return _DECIMAL_COMMA.get(delimiter)


class Row(NamedTuple):
    """The cells of one row; `number` is the line of the file on which it begins."""

    number: int
    cells: list[str]
    trouble: str = ""  # why it could not be read, where it could not


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read, and how."""

    path: Path
    encoding: str
    size: int  # bytes
    sample: str  # its first characters

    @classmethod
    def of(cls, path: Path) -> Self:
        """Look at a file. Raises Unusable."""
        try:
            encoding = _encoding(path)
            with path.open(encoding=encoding, errors="replace", newline="") as file:
                return cls(path, encoding, path.stat().st_size, file.read(_SAMPLE))
        except OSError as error:
            raise Unusable(f"{path} cannot be read: {error.strerror}") from error

    @property
    def is_json(self) -> bool:
        return self.sample.lstrip()[:1] in {"[", "{"} and not self.sample.lstrip().startswith("[]")

    def sampled(self, delimiter: str) -> list[Row]:
        """Read the first rows with a delimiter, without the last, which may be cut."""
        lines = self.sample.splitlines(keepends=True)
        whole = lines if len(self.sample) < _SAMPLE else lines[:-1]
        return [row for row in _csv_rows(whole, delimiter) if not row.trouble]

    def open(self) -> io.FileIO:
        return self.path.open("rb", buffering=0)


class Reading:
    """The rows of a file, one after the other, and how far they have been read."""

    def __init__(self, source: Source, delimiter: str | None) -> None:
        """`delimiter` None: the file is JSON."""
        self._source = source
        self._delimiter = delimiter
        self._file = source.open()
        self._text = io.TextIOWrapper(
            io.BufferedReader(self._file, _BLOCK),
            encoding=source.encoding,
            errors="replace",
            newline="",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._text.close()

    @property
    def position(self) -> int:
        """How many bytes of the file have been read."""
        return self._file.tell()

    def rows(self) -> Iterator[Row]:
        """Read the rows that are not blank."""
        if self._delimiter is not None:
            return _csv_rows(self._text, self._delimiter)
        return (Row(*row) for row in json_rows.rows(self._text))


def _csv_rows(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    """Read CSV. A quotation mark that is never closed costs its own line, not the rest."""
    held: list[str] = []  # the lines of the row at hand
    reader = csv.reader(_kept(lines, held), delimiter=delimiter, skipinitialspace=True)
    usual = 0  # how many cells the rows have
    while True:
        try:
            for cells in reader:
                if len(held) > 1:
                    yield from _several(held, cells, usual, reader.line_num, delimiter)
                elif cells:
                    usual = len(cells)
                    yield Row(reader.line_num, cells)
                held.clear()
        except csv.Error:
            yield from _line_by_line(held, reader.line_num, delimiter)
            held.clear()
        else:
            return


def _kept(lines: Iterable[str], held: list[str]) -> Iterator[str]:
    for line in lines:
        held.append(line)
        yield line


def _several(
    held: list[str], cells: list[str], usual: int, last: int, delimiter: str
) -> Iterator[Row]:
    if usual and _is_runaway(held, cells, usual, delimiter):
        return _line_by_line(held, last, delimiter)
    return iter((Row(last - len(held) + 1, cells),))


def _is_runaway(held: list[str], cells: list[str], usual: int, delimiter: str) -> bool:
    """Tell rows that a stray quotation mark has joined from one with a line break in a cell."""
    if len(cells) != usual:
        return True
    later = csv.reader([line.replace('"', "") for line in held[1:]], delimiter=delimiter)
    return any(len(row) == usual for row in later)


def _line_by_line(held: list[str], last: int, delimiter: str) -> Iterator[Row]:
    """Read each line as a row of its own, as far as it is one."""
    for number, line in enumerate(held, last - len(held) + 1):
        try:
            cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error as error:
            yield Row(number, [line[:_SHOWN]], str(error))
            continue
        if len(held) > 1 and any("\n" in cell or "\r" in cell for cell in cells):
            yield Row(number, [line[:_SHOWN]], "a quotation mark is opened and never closed")
        elif cells:
            yield Row(number, cells)


def _encoding(path: Path) -> str:
    """Tell the encoding by looking at the whole file. Raises OSError and Unusable."""
    with path.open("rb") as file:
        first = file.read(_BLOCK)
        for start, kind in _KINDS:
            if first.startswith(start):
                raise Unusable(f"{path} is {kind}: save it as CSV")
        for mark, name in _MARKS:
            if first.startswith(mark):
                return name
        if guess := _wide(first[:4096]):
            return guess
        file.seek(0)
        return "utf-8" if _is_utf8(file) else "cp1252"


def _wide(start: bytes) -> str:
    """Tell UTF-16 without its mark by the zeros between its letters."""
    odd, even = start[1::2].count(0), start[0::2].count(0)
    half = len(start) // 2
    if half and odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if half and even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    return ""


def _is_utf8(file: io.BufferedReader) -> bool:
    decode = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        while decode.read(_BLOCK):
            pass
    except UnicodeDecodeError:
        return False
    finally:
        decode.detach()
    return True
