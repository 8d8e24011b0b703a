"""From what somebody typed to plain words."""

import re
import unicodedata

# Bounds: NFKC makes eighteen characters of one U+FDFA, and nobody asks a question in the middle
# of a very long message.
RAW_LENGTH = 4_000
HEAD, TAIL = 200, 300
# Composing shortens a text three times at most; what cannot reach the ends is not composed.
SHRINK = 3

# Zero-width spaces and joiners, bidirectional marks, soft hyphen, variation selectors.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\u02b9\u00b4`", "'"))
_ELISION = re.compile(r"\b(?:qu|[cdjlmnst])'(?=\w)")
_NEGATIVE = re.compile(r"(?<![\w-])[-\N{MINUS SIGN}](?=\$?\d)")
_NUMBER = re.compile(r"(?<![a-z\d])\d+(?:[.,:/-]\d+)*(?:st|nd|rd|th|er|e|x|h)?\b")
# "INV00054321" is a code, a word of its own; "net2phone" is a name.
_CODE = re.compile(r"\b[a-z]{2,3}-?\d{5,}\b")
_WORD = re.compile(r"[^\W_]+")
NUMBER, REFERENCE, CODE = "0", "00000", "inv00000"
# The portal began in 2025: what is asked about the years up to it is another matter.
OLD_YEAR, YEAR, BEGAN = "2000", "2100", "2025"


def prepare(text: str) -> str:
    """Take the first 200 and last 300 characters of a message as NFKC, nothing invisible."""
    visible = _INVISIBLE.sub("", text[:RAW_LENGTH])
    if len(visible) > SHRINK * (HEAD + TAIL):
        visible = f"{visible[: SHRINK * HEAD]} {visible[-SHRINK * TAIL :]}"
    composed = unicodedata.normalize("NFKC", visible.translate(_APOSTROPHES))
    if len(composed) <= HEAD + TAIL:
        return composed
    return f"{composed[:HEAD]} {composed[-TAIL:]}"


def words(text: str) -> list[str]:
    """Fold a prepared text into words: no case, accents or elisions; digits by kind."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).replace("œ", "oe")
    plain = _ELISION.sub("", plain).replace("'", "")
    plain = _NEGATIVE.sub(" minus ", plain)
    plain = _CODE.sub(CODE, plain)
    return _WORD.findall(_NUMBER.sub(_kind_of_number, plain))


def _kind_of_number(found: re.Match[str]) -> str:
    """One token for all amounts and counts, one for years, one for numbers of invoices and such."""
    digits = found[0]
    if re.fullmatch(r"20\d\d", digits):
        return f" {OLD_YEAR if digits <= BEGAN else YEAR} "
    return f" {REFERENCE} " if re.match(r"\d{5}", digits) else f" {NUMBER} "
