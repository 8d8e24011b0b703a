"""How text is read before anything is looked for in it.

The fold is lower case without accents, with ASCII digits and nothing invisible, and keeps one
character for one: a find in the fold is a find in the text.
"""

import re
import unicodedata
from typing import Final, NamedTuple

MASK: Final = "[••••]"
_MASKS: Final = re.compile(r"\[••••(?: \d{4})?\]")


def without_masks(text: str) -> str:
    """Leave of a masked text what was not masked."""
    return _MASKS.sub(" ", text)


class Find(NamedTuple):
    """A stretch of a reading to be masked; sorts by place."""

    start: int
    end: int
    kind: str
    shown: str = MASK


class Reading(NamedTuple):
    """A text as it is searched."""

    kept: str  # the text without its invisible characters
    folded: str  # the same, folded
    origin: list[int]  # where each character stood in the text; then the text's length


def read(text: str) -> Reading:
    """Fold a text, remembering where each character came from."""
    folds = {character: _fold(character) for character in set(text) if not character.isascii()}
    origin = [at for at, character in enumerate(text) if folds.get(character, character)]
    kept = "".join([text[at] for at in origin])
    table = str.maketrans(folds)
    folded = kept.translate(table).lower()
    return Reading(kept, folded, [*origin, len(text)])


_BY_CATEGORY: Final = {"Cf": "", "Mn": "", "Me": "", "Pd": "-", "Zs": " "}
_AS_THEY_ARE: Final = {"Lo", "Cc", "Cn", "Co", "Cs"}  # no Latin letter or sign inside
_LOOKALIKES: Final = {
    "−": "-",  # noqa: RUF001 - the minus sign is meant
    "→": ">",
    **dict.fromkeys("’‘", "'"),  # noqa: RUF001 - typographic apostrophes are meant
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("·∙", "."),
}


def _fold(character: str) -> str:
    category = unicodedata.category(character)
    if category in _BY_CATEGORY:
        return _BY_CATEGORY[category]
    if category[0] == "N" and (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    if category in _AS_THEY_ARE:
        return character
    return _LOOKALIKES.get(character) or unicodedata.normalize("NFKD", character)[0]
