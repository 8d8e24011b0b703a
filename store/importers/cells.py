"""Lengths, money and whole numbers, as programs and spreadsheets write them."""

import re
from decimal import Decimal
from functools import lru_cache

from store.importers.refusals import Refused

_NANOSECONDS = 10**9  # whole numbers from here on are no seconds: that would be 31 years
_LONGEST = 10**8  # seconds
_CLOCK = re.compile(r"(?:(\d{1,5}):)?(\d{1,5}):(\d\d)(?:[.,]\d+)?")
_UNIT = re.compile(r"(\d{1,9})(?:[.,](\d{1,6}))? ?(s|sec|secs|m|min|mins)\.?", re.IGNORECASE)
_WHOLE = re.compile(r"(-?\d{1,19})(?:[.,]0{1,2})?")
_MAYBE_THOUSANDS = re.compile(r"-?\d+[.,]000|[1-9]\d{0,2},\d{3} ?[a-z]+\.?", re.IGNORECASE)
_DOLLARS = re.compile(r"(-)?(\d{0,12})(?:\.(\d*))?")
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_COMMA_FOR_POINT = re.compile(r"-?\d*,\d*")
_DOUBTFUL = {  # by what the file says of its comma
    None: re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}"),
    True: re.compile(r"-?[1-9]\d{0,2}\.\d{3}"),
}
_SPACES = re.compile(r"[\s\u00a0\u202f$]")
_DECIMALS = 6


@lru_cache(maxsize=16_384)
def seconds(text: str) -> int:
    """Read a length: seconds, mm:ss, hh:mm:ss, "10s", "1.5 min", nanoseconds. Raises Refused.

    Nothing, and what is below zero, is 0: nobody answered. A bare "12.5" is refused, because it
    may be seconds as well as minutes; so are "1,000" and "1,500 s", which may be thousands.
    """
    _check_thousands(text)
    found = _seconds(text)
    if found is None or found > _LONGEST:
        raise Refused(f"{text} is no length of a call")
    return max(0, found)


def _seconds(text: str) -> int | None:
    if not text:
        return 0
    if match := _WHOLE.fullmatch(text):
        whole = int(match[1])
        return whole if whole < _NANOSECONDS else whole // _NANOSECONDS
    if match := _CLOCK.fullmatch(text):
        return (int(match[1] or 0) * 60 + int(match[2])) * 60 + int(match[3])
    if match := _UNIT.fullmatch(text):
        number = Decimal(f"{match[1]}.{match[2] or 0}")
        return int(number * 60 if match[3][0] in "mM" else number)
    return None


def whole(text: str, *, most: int) -> int:
    """Read a whole number from 0 to `most`; 0 for an empty cell. Raises Refused."""
    if not text:
        return 0
    _check_thousands(text)
    match = _WHOLE.fullmatch(text)
    if not match or not 0 <= int(match[1]) <= most:
        raise Refused(f"{text} is no whole number from 0 to {most}")
    return int(match[1])


def _check_thousands(text: str) -> None:
    if _MAYBE_THOUSANDS.fullmatch(text):
        raise Refused(f"{text} may be thousands or decimals")


@lru_cache(maxsize=16_384)
def millionths(text: str, decimal_comma: bool | None) -> int:  # noqa: FBT001 - keyed by position
    """Read a decimal number, to a millionth. Raises Refused.

    `decimal_comma` None: the file does not tell whether "1,234" and "1.234" have thousands or
    decimals. Where the comma is known to be the decimal mark, "1.234" is as doubtful.
    """
    number = _SPACES.sub("", text)
    if number[:1] == "(" and number[-1:] == ")":
        number = f"-{number[1:-1]}"
    match = _DOLLARS.fullmatch(_pointed(number, decimal_comma))
    if not match or not (match[2] or match[3]):
        raise Refused(f"{text} is no amount")
    decimals = (match[3] or "").rstrip("0")
    if len(decimals) > _DECIMALS:
        raise Refused(f"{text} has more than six decimals")
    found: int = int(match[2] or 0) * 10**_DECIMALS + int(decimals.ljust(_DECIMALS, "0"))
    return -found if match[1] else found


def _pointed(number: str, decimal_comma: bool | None) -> str:  # noqa: FBT001 - see millionths
    doubtful = _DOUBTFUL.get(decimal_comma)
    if doubtful and doubtful.fullmatch(number):
        raise Refused(f"{number} may be thousands or decimals")
    if "," not in number:
        return number
    if _is_european(number) and (decimal_comma or (decimal_comma is None and "." in number)):
        return number.replace(".", "").replace(",", ".")
    if decimal_comma:
        return number
    if _THOUSANDS.fullmatch(number):
        return number.replace(",", "")
    return number.replace(",", ".") if _COMMA_FOR_POINT.fullmatch(number) else number


def _is_european(number: str) -> bool:
    return number.rfind(",") > number.rfind(".") and number.count(",") == 1
