"""Card numbers and security codes.

A card number has an issuer's first digits and length, the right check digit (ISO/IEC 7812) and is
grouped the way cards are written: the check digit alone fits every IMEI and a tenth of all numbers.
Each digit is summed once and every pattern is bounded, so the time grows with the text's length.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Final

from bot.redaction.reading import Find

# First six digits from, to, and the lengths issued, likeliest first. Maestro is taken from 16
# digits up, since an IMEI has 15. Interac publishes no ranges: a Canadian debit card is found when
# it starts like one of these, or after a word such as "carte".
_SIXTEEN_UP: Final = (16, 17, 18, 19)
_ISSUERS: Final = (
    (222100, 272099, (16,)),  # Mastercard
    (300000, 305999, (14, 16)),  # Diners Club
    (340000, 349999, (15,)),  # American Express
    (352800, 358999, _SIXTEEN_UP),  # JCB
    (360000, 369999, (14, 16)),  # Diners Club
    (370000, 379999, (15,)),  # American Express
    (380000, 399999, (14, 16)),  # Diners Club
    (400000, 499999, (16, 19, 13)),  # Visa
    (500000, 509999, _SIXTEEN_UP),  # Maestro
    (510000, 559999, (16,)),  # Mastercard
    (560000, 589999, _SIXTEEN_UP),  # Maestro
    (601100, 601199, _SIXTEEN_UP),  # Discover
    (620000, 629999, _SIXTEEN_UP),  # UnionPay, and Discover within it
    (630400, 630499, _SIXTEEN_UP),  # Maestro
    (639000, 639099, _SIXTEEN_UP),  # Maestro
    (644000, 659999, _SIXTEEN_UP),  # Discover
    (675900, 676399, _SIXTEEN_UP),  # Maestro
)
_FROM: Final = [issuer[0] for issuer in _ISSUERS]
_SHORTEST: Final = 13
_LONGEST_PHONE: Final = 15  # E.164

_CHAIN: Final = re.compile(r"\d++(?:[\s.,/_|*-]{1,3}\d++)*+")
_DIGITS: Final = re.compile(r"(\d+)")
_SEPARATORS: Final = frozenset(" -./_|*")
_GROUPINGS: Final = {(4, 6, 5), (4, 6, 4), (4, 3, 3, 3), (5, 5, 5), (6, 10), (6, 12), (6, 13)}
_RANGE: Final = 100  # extensions of one company: 4021 4022 4023 4030
_PLAIN: Final = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED: Final = bytes.maketrans(b"0123456789", bytes([0, 2, 4, 6, 8, 1, 3, 5, 7, 9]))


def card_numbers(text: str) -> Iterator[Find]:
    """Find card numbers, and the expiry date and security code beside them, in folded text."""
    text = _UUID_OR_HASH.sub(
        lambda found: "x" * len(found[0]) if _ALTERNATING.search(found[0]) else found[0], text
    )
    for found in _CHAIN.finditer(text):
        if sum(map(len, _DIGITS.findall(found[0]))) >= _SHORTEST:
            yield from _cards_in(_Chain(text, *found.span()), text)


# Digits inside a UUID or a hash are nobody's card; those of `visa4111...exp` are.
_UUID_OR_HASH: Final = re.compile(
    r"(?<![0-9a-z])(?:[0-9a-f]{8}[- ](?:[0-9a-f]{4}[- ]){3}[0-9a-f]{12}|[0-9a-f]{20,}+)(?![0-9a-z])"
)
_ALTERNATING: Final = re.compile(r"[- ]|\d[a-f]++\d++[a-f]")


class _Chain:
    """Groups of digits with short gaps, such as `4111 1111 1111 1111 04/27`."""

    def __init__(self, text: str, start: int, end: int) -> None:
        pieces = _DIGITS.split(text[start:end])  # "", digits, gap, digits, gap, digits, ""
        places = list(accumulate(map(len, pieces), initial=start))
        self.groups, self.gaps = pieces[1::2], pieces[2::2]
        self.starts, self.ends = places[1::2], places[2::2]
        self.after_plus = text[start - 1 : start] == "+"
        self.digits = "".join(self.groups)
        self.offsets = list(accumulate(map(len, self.groups), initial=0))
        self.group_at = {offset: group for group, offset in enumerate(self.offsets)}

    def card_from(self, first: int) -> int | None:
        """Tell behind which group a card number ends that starts with group `first`."""
        if self._amid_small_groups(first):
            return None
        start = self.offsets[first]
        for length in _lengths(self.digits[start : start + 6]):
            end = self.group_at.get(start + length)
            if end is None or (first == 0 and self.after_plus and length <= _LONGEST_PHONE):
                continue
            if self._luhn(start, start + length) and self._grouped_like_a_card(first, end):
                return end
        return None

    def mistyped_card(self) -> int | None:
        """Tell behind which group the first number of a card's length ends, whatever its digits."""
        lengths = (16, 15, 14, 19, 18, 17, 13)
        return next((self.group_at[length] for length in lengths if length in self.group_at), None)

    def _luhn(self, start: int, end: int) -> bool:
        sums = self._luhn_sums[end % 2]
        return (sums[end] - sums[start]) % 10 == 0

    @cached_property
    def _luhn_sums(self) -> list[list[int]]:
        """Running sums of the digits, every other one doubled: from the first, from the second."""
        plain = self.digits.encode().translate(_PLAIN)
        doubled = self.digits.encode().translate(_DOUBLED)
        weighed = bytearray(plain), bytearray(plain)
        weighed[0][::2], weighed[1][1::2] = doubled[::2], doubled[1::2]
        return [[0, *accumulate(digits)] for digits in weighed]

    def _amid_small_groups(self, first: int) -> bool:
        """Tell whether single digits or pairs go on here: a card is not sought amid a list."""
        small = len(self.groups[first]) in {1, 2}
        return small and first > 0 and self.gaps[first - 1] == self.gaps[first]

    def _grouped_like_a_card(self, first: int, end: int) -> bool:
        gaps = {gap.strip(" \t") or " " for gap in self.gaps[first : end - 1]}
        if len(gaps) > 1 or not gaps <= _SEPARATORS:
            return False
        sizes = tuple(map(len, self.groups[first:end]))
        if sizes == (4, 4, 4, 4) and self._is_list_of_extensions(first, end):
            return False
        *body, last = sizes
        even = set(body) in ({1}, {2}) and last <= body[0]
        fours = all(size % 4 == 0 for size in body) and (last in {1, 2, 3} or last % 4 == 0)
        return not body or even or fours or sizes in _GROUPINGS

    def _is_list_of_extensions(self, first: int, end: int) -> bool:
        numbers = [int(group) for group in self.groups[first:end]]
        return all(a < b for a, b in pairwise(numbers)) and numbers[-1] - numbers[0] < _RANGE


def _lengths(digits: str) -> tuple[int, ...]:
    prefix = int(digits.ljust(6, "0"))
    start, end, lengths = _ISSUERS[bisect_right(_FROM, prefix) - 1]
    return lengths if start <= prefix <= end else ()


def _cards_in(chain: _Chain, text: str) -> Iterator[Find]:
    first = 0
    while first < len(chain.groups):
        start = chain.starts[first]
        end = chain.card_from(first)
        if end is None and first == 0 and _follows_card_word(text, start):
            end = chain.mistyped_card()
        if end is None:
            first += 1
            continue
        first, at, done = end, chain.ends[end - 1], chain.offsets[end]
        yield Find(start, at, "card", f"[•••• {chain.digits[done - 4 : done]}]")
        yield from _beside(text, at)


def _beside(text: str, at: int) -> Iterator[Find]:
    for _ in ("expiry", "code"):
        if found := _BESIDE.match(text, at):
            at = found.end()
            yield Find(*found.span("digits"), "card")


_CARD_WORDS: Final = frozenset(
    {"card", "cards", "carte", "cartes", "visa", "mastercard", "mc", "amex", "express"}
    | {"discover", "interac", "cc", "pan"}
)
_FILLING: Final = """number numbers num numero no no. nbr ° º # is are est c'est cest the my ma mon
    le la de du of on file dossier au credit debit new nouvelle here voici : = - ( ' " *"""
_BETWEEN: Final = frozenset(_FILLING.split())
_WORD: Final = re.compile(r"sim cards?|no\.|[a-z']+|\S")


def _follows_card_word(text: str, at: int) -> bool:
    for word in reversed(_WORD.findall(text[max(0, at - 48) : at])):
        if word in _CARD_WORDS:
            return True
        if word not in _BETWEEN:
            return False
    return False


def security_codes(text: str) -> Iterator[Find]:
    """Find the digits that folded text calls a CVV, "code de sécurité" and the like."""
    for found in _NAMED_CODE.finditer(text):
        yield Find(*found.span("digits"), "card")


_EXPIRY: Final = r"(?:(?:0?[1-9]|1[0-2])[ ]?[/-][ ]?|(?:0[1-9]|1[0-2])[ ]?)(?:20)?\d\d(?![\d/-])"
_SLASHED_EXPIRY: Final = r"(?:0?[1-9]|1[0-2])[ ]?/[ ]?(?:20)?\d\d(?![\d/-])"
_CODE: Final = r"(?:\d{3,4}|\d(?:[ ]\d){2,3})(?!\d)"
_CODE_NAME: Final = r"""(?:cv[vcn]2?|csc|security[ ]code|code[ ]de[ ]securite|cryptogramme
    |card[ ]verification[ ](?:code|value|number)|cryptogramme[ ]visuel
    |(?:digits|numbers|chiffres|code)[ ](?:on|at|au|a)[ ](?:the[ ]|l')?(?:back|dos|endos|verso)
    )(?![a-z])"""
# An expiry date or a code beside a card number that was found. Digits that go on (a telephone
# number) or carry a dollar sign are something else.
_BESIDE: Final = re.compile(
    rf"""(?:[\s,;|/().:\#=-]{{0,3}}+
        (?:{_CODE_NAME}
          |(?:exp[a-z]{{0,9}}+|val[a-z]{{0,4}}+|code|date|and|et|is|est|on|le|la|the)(?![a-z]))
        ){{0,4}}+
        [\s,;|/().:\#=-]{{0,3}}+
        (?P<digits>{_EXPIRY}
          |{_CODE}(?:(?=[ ,;/]{{1,3}}{_SLASHED_EXPIRY})|(?![)./ _-]{{0,2}}\d|,\d|[ ]?\$)))""",
    re.VERBOSE,
)
_NAMED_CODE: Final = re.compile(
    rf"""(?<![a-z]){_CODE_NAME}
        (?:[\s:\#=.,(-]{{0,3}}+
          (?:is|are|est|sont|c'est|number|numero|code|no|of|for|on|de|my|the|la|ma|card|carte)
          (?![a-z])){{0,5}}+
        [\s:\#=.,(-]{{0,4}}+(?P<digits>{_CODE})""",
    re.VERBOSE,
)
