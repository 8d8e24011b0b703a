"""Where one thing that is said in a message ends and the next begins, and what is refused.

The words are those of `locales/<language>/sentences.toml`, all languages together.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bot.i18n import LOCALES_DIR
from bot.slots.words import any_of, plain

# A full stop inside a number or an address ends nothing, a number before a list's item does.
_SENTENCE = re.compile(r"(?:[^.?!;\n]|\.(?=\S))+[.?!;]*")
_ITEM = re.compile(r"(?:(?<=\s)|^)\(?[1-9][).]\s")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing said, made plain; `asks` when it is a question or a wish."""

    text: str
    asks: bool


def parts(text: str) -> tuple[Part, ...]:
    """Cut a message into the things said: at the ends of sentences, and where "and also" stands."""
    words = _ITEM.sub("\n", plain(text))
    return tuple(part for found in _SENTENCE.finditer(words) for part in _of_sentence(found[0]))


def without_refused(text: str) -> tuple[str, str] | None:
    """Part what is wanted from what is refused ("I do not want Auto Pay, ...").

    None when nothing is refused, or all.
    """
    words = plain(text)
    refused = " ".join(found[0] for found in _refused().finditer(words))
    if not refused or _word_of("ended").search(words):
        return None
    wanted = _refused().sub(" ", words)
    return (wanted, refused) if re.search(r"\w{2}", wanted) else None


def _of_sentence(sentence: str) -> Iterator[Part]:
    asks = sentence.rstrip().endswith("?") or _asking().search(sentence) is not None
    for piece in _joint().split(sentence):
        if re.search(r"\w", piece):
            yield Part(piece.strip(" ,"), asks)


@cache
def _words(key: str) -> tuple[str, ...]:
    files = sorted(LOCALES_DIR.glob("*/sentences.toml"))
    tables = (tomllib.loads(file.read_text("utf-8")) for file in files)
    return tuple(word for table in tables for word in table.get(key, ()))


@cache
def _word_of(key: str) -> re.Pattern[str]:
    return re.compile(rf"\b{any_of(_words(key))}\b")


@cache
def _asking() -> re.Pattern[str]:
    """A question or wish at the start of a clause."""
    opened = any_of((*_words("questions"), *_words("wishes")))
    return re.compile(rf"(?:^|[,:]|\b{any_of(_words('links'))}\b)\s*{opened}\b")


@cache
def _joint() -> re.Pattern[str]:
    opened = any_of((*_words("questions"), *_words("wishes")))
    link = rf"{any_of(_words('links'))}\s+(?={opened}\b)"
    return re.compile(rf"[\s,]*\b(?:{any_of(_words('joiners'))}\b|{link})[\s,:]*")


@cache
def _refused() -> re.Pattern[str]:
    """From the words of refusal to where the clause ends or a question begins."""
    opened = any_of((*_words("questions"), *_words("turns")))
    return re.compile(rf"\b{any_of(_words('refused'))}\b.*?(?=[,.;:?!\n]|\s-+\s|\b{opened}\b|$)")
