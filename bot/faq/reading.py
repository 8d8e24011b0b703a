"""A text as the bot reads it: words repaired, then cut into units of meaning."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.faq.lexicon import Lexicon
from bot.faq.normalise import prepare
from bot.faq.spelling import Speller

# In phrases, which are written with slips on purpose, a word must come nearer to one that is
# known than in questions: most of what is unknown there is right.
ALIKE_IN_PHRASES = 0.85
REPAIRED = 0.9  # how sure a repaired word is: it may be a real one that we do not know
WORD_FROM = 4  # what stands this often in phrases is no slip


@dataclass(frozen=True, slots=True)
class Reading:
    """The words after repair, and each unit in order with how sure it is (0 to 1)."""

    words: tuple[str, ...]
    units: tuple[str, ...]
    trust: tuple[float, ...]
    repaired: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return " ".join(self.words)


class Reader:
    """Reads texts in the vocabulary of the phrases it was made with."""

    def __init__(self, lexicon: Lexicon, speller: Speller) -> None:
        self.lexicon = lexicon
        self.speller = speller

    def read(self, text: str) -> Reading:
        """Read any text; only the beginning and the end of a very long one."""
        return self.repair(self.lexicon.stems(prepare(text)))

    def repair(self, typed: list[str]) -> Reading:
        """Read words that were typed: repaired, and cut into units."""
        words = [self.speller.repair(word) for word in typed]
        units, trust, at = [], [], 0
        for unit, size in self.lexicon.units(words):
            units.append(unit)
            trust.append(1.0 if words[at : at + size] == typed[at : at + size] else REPAIRED)
            at += size
        repaired = tuple((a, b) for a, b in zip(typed, words, strict=True) if a != b)
        return Reading(tuple(words), tuple(units), tuple(trust), repaired)


def read_all(
    texts: Sequence[str], *, lexicon: Lexicon, real: Collection[str]
) -> tuple[Reader, list[Reading]]:
    """Read phrases, and make a reader that knows their words and leaves real words alone."""
    typed = [lexicon.stems(prepare(text)) for text in texts]
    existing = frozenset(lexicon.stems(" ".join(real)))
    vocabulary, slips = _vocabulary(typed, lexicon.vocabulary, existing)
    reader = Reader(lexicon, Speller(vocabulary, existing=existing, slips=slips))
    return reader, [reader.repair(words) for words in typed]


def _vocabulary(
    texts: Sequence[list[str]], forms: frozenset[str], existing: frozenset[str]
) -> tuple[list[str], dict[str, str]]:
    """Tell the words of phrases, the commonest first, from the slips made there on purpose."""
    counts = Counter(word for text in texts for word in text)
    known = forms | {word for word, n in counts.items() if n >= WORD_FROM or word in existing}
    strict = Speller(_commonest(known, counts), alike=ALIKE_IN_PHRASES)
    slips = {word: strict.repair(word) for word in counts if word not in known}
    slips = {word: meant for word, meant in slips.items() if word != meant}
    return _commonest(known | (counts.keys() - slips.keys()), counts), slips


def _commonest(words: Collection[str], counts: Counter[str]) -> list[str]:
    return sorted(words, key=lambda word: (-counts[word], word))
