"""Card numbers and secrets out of text, captions and file names, before anything is kept."""

import re
from dataclasses import dataclass
from typing import Final

from bot.redaction.cards import card_numbers, security_codes
from bot.redaction.reading import Find, Reading, read, without_masks
from bot.redaction.secrets import passwords, strong_passwords, tokens

__all__ = ["Redacted", "redact", "redact_filename", "without_masks"]


@dataclass(frozen=True, slots=True)
class Redacted:
    """Text that may be kept; `found` says what was taken out of it: "card", "password"."""

    text: str
    found: frozenset[str]

    @property
    def masked(self) -> tuple[str, ...]:
        """What was found, in one order, as a Request carries it."""
        return tuple(sorted(self.found))


def redact(text: str) -> Redacted:
    """Mask card numbers (their last four digits stay), security codes, passwords and tokens."""
    return _masked(text, read(text))


def redact_filename(name: str) -> Redacted:
    """Mask the same in a file name, where `_`, `-` and `+` are read as spaces; the ending stays."""
    ending = _ENDING.search(name)
    stem = name[: ending.start()] if ending else name
    reading = read(stem)
    clean = _masked(stem, reading._replace(folded=reading.folded.translate(_SPACED)))
    return Redacted(clean.text + name[len(stem) :], clean.found)


_ENDING: Final = re.compile(r"\.(?=\d{0,4}[A-Za-z])[A-Za-z0-9]{1,5}\Z")
_SPACED: Final = str.maketrans("_-+", "   ")


def _masked(text: str, reading: Reading) -> Redacted:
    finds = sorted(
        [
            *card_numbers(reading.folded),
            *security_codes(reading.folded),
            *passwords(reading),
            *strong_passwords(reading),
            *tokens(reading.folded),
        ]
    )
    apart: list[Find] = []
    for find in finds:
        if (
            apart and find.start < apart[-1].end
        ):  # what overlaps shows nothing, not even four digits
            last = apart.pop()
            apart.append(Find(last.start, max(last.end, find.end), last.kind))
        else:
            apart.append(find)
    pieces, done = [], 0
    for find in apart:
        pieces += [text[done : reading.origin[find.start]], find.shown]
        done = reading.origin[find.end]
    return Redacted("".join([*pieces, text[done:]]), frozenset(find.kind for find in finds))
