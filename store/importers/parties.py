"""Who called and who was called: E.164 for outside parties (docs/domain.md 3.8)."""

import re
from functools import lru_cache

from store.importers.refusals import Refused
from store.models import Direction

LONGEST_NUMBER = 64
LONGEST_EXTENSION = 32
_LONGEST_INSIDE = 6  # digits of an extension
_NATIONAL = 10  # digits of a North American number
_DAMAGED = re.compile(r"\+?\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_SCHEME = re.compile(r"(?:sips?|tel):", re.IGNORECASE)
_AFTER = re.compile(r"[@;].*", re.DOTALL)
_PUNCTUATION = re.compile(r"[\s().\-/\u00a0\u202f\u2011]")
_FLOAT = re.compile(r"(\d{5,})[.,]0")  # a spreadsheet's
_STARRED = re.compile(r"[*#][\d*#]*")
_EXTENSION = re.compile(r"\d{1,6}")
_E164 = re.compile(r"\+\d{1,18}")
_REWRITTEN = (
    (re.compile(r"[2-9]\d{9}"), "+1", 0),
    (re.compile(r"1[2-9]\d{9}"), "+", 0),
    (re.compile(r"011\d{7,15}"), "+", 3),
    (re.compile(r"00\d{7,15}"), "+", 2),
)
_CALLER = re.compile(r'"?(.*?)"?\s*<[^<>]*>', re.DOTALL)


# A number in E.164 where there is one, and an extension: both, one or none.
Party = tuple[str, str]


def party(text: str) -> Party:
    """Read a number, an extension, a star code or a word such as "anonymous". Raises Refused."""
    if text.isdigit() and text.isascii():  # most of them: no need to look any closer
        length = len(text)
        if length <= _LONGEST_INSIDE:
            return "", text
        if length == _NATIONAL and text[0] > "1":
            return f"+1{text}", ""
    return _looked_at(text)


@lru_cache(maxsize=16_384)
def _looked_at(text: str) -> Party:
    plain = _AFTER.sub("", _SCHEME.sub("", text.strip(), count=1)).strip()
    if _DAMAGED.fullmatch(plain):
        raise Refused(
            f"{plain} was a phone number until a spreadsheet rounded it: its digits are lost"
        )
    if match := _FLOAT.fullmatch(plain):
        plain = match[1]
    dense = _PUNCTUATION.sub("", plain)
    if _EXTENSION.fullmatch(dense) or (_STARRED.fullmatch(dense) and len(dense) < LONGEST_NUMBER):
        return _fitting("", dense)
    if _E164.fullmatch(dense) or dense.isdigit():
        return _fitting(_rewritten(dense), "")
    return _fitting(plain, "")


def both(number: str, extension: str) -> Party:
    """Read a number and an extension of one side that stand in two cells. Raises Refused."""
    found, inside = party(number), party(extension)
    return _fitting(found[0] or inside[0], inside[1] or found[1])


@lru_cache(maxsize=8_192)
def name(clid: str) -> str:
    """Take the name out of `"Name" <number>`, or none where there is only a number."""
    match = _CALLER.fullmatch(clid)
    found = match[1] if match else clid
    found = found.strip().strip('"').strip()
    return "" if _E164.fullmatch("+" + _PUNCTUATION.sub("", found.lstrip("+"))) else found


def direction(caller: Party, called: Party, own: frozenset[str]) -> str:
    """Tell from both sides, and the account's own numbers, which way a call went."""
    from_inside = caller[1] != "" or caller[0] in own
    to_inside = called[1] != "" or called[0] in own
    return _DIRECTIONS[from_inside, to_inside]


# The words themselves: a driver looks longer at members of an enumeration.
_DIRECTIONS = {
    (True, True): Direction.INTERNAL.value,
    (True, False): Direction.OUT.value,
    (False, True): Direction.IN.value,
    (False, False): Direction.UNKNOWN.value,
}


def _rewritten(digits: str) -> str:
    for shape, prefix, cut in _REWRITTEN:
        if shape.fullmatch(digits):
            return prefix + digits[cut:]
    return digits


def _fitting(number: str, extension: str) -> Party:
    if len(number) > LONGEST_NUMBER or len(extension) > LONGEST_EXTENSION:
        raise Refused(f"{(number or extension)[:40]}... is too long for a phone number")
    return number, extension
