"""Text in files that spreadsheets open."""

import re

# A spreadsheet reads text that begins so as a formula; Japanese ones take the wide signs too.
_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20"
_FORMULA = re.compile(rf"\s*[{_SIGNS}]|[\t\r\n]")
_RISKY = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n \u00a0")  # of which a look is enough
# A number is no formula, nor is +14165550123: they stay as they are.
_PLAIN = r"[+-]?[0-9]+(?:[.,][0-9]+)?"
_NUMBER = re.compile(_PLAIN)
# Which delimiter a spreadsheet expects is not known: after each of them a cell may begin.
_INSIDE = re.compile(rf'([,;\t\r\n][\s"]*)(?=[{_SIGNS}])(?!{_PLAIN}\s*(?:[,;\t\r\n]|$))')


def harmless(cell: str) -> str:
    """Give text that no spreadsheet takes for a formula: an apostrophe comes before it.

    That holds for what a spreadsheet with another delimiter takes for cells of its own, too.
    """
    cell = _INSIDE.sub(r"\1'", cell)
    if cell[:1] not in _RISKY or not _FORMULA.match(cell) or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"


def is_plain(word: str) -> bool:
    """Tell by a look that a word holds nothing that `harmless` would change."""
    return word[:1] not in _RISKY and word.isprintable() and "," not in word and ";" not in word
