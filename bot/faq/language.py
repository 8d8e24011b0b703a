"""Which language a message is in, by its grammar: English nouns in a French sentence are common."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from bot.faq.lexicon import tables
from bot.faq.normalise import prepare, words

# What one piece of evidence weighs: a word of one language only, or a mark such as an accent or a
# contraction; a bare "yes" or the look of an unknown word.
PROOF = 1.0
HINT = 0.5
# The language is sure when it is ahead by one proof and has this many times the evidence of
# any other.
LEAD = 1.5


@dataclass(frozen=True, slots=True)
class Guess:
    language: str
    sure: bool


@dataclass(frozen=True, slots=True)
class _Evidence:
    words: frozenset[str]
    weak: frozenset[str]
    marks: re.Pattern[str]
    spellings: re.Pattern[str]


def guess(text: str) -> Guess | None:
    """Guess the language of a message; None when nothing tells, as in "invoice PDF" or "12"."""
    prepared = prepare(text).casefold()
    tokens = words(prepared)
    scores = Counter({name: _score(name, prepared, tokens) for name in _evidence()})
    (language, best), *others = scores.most_common()
    second = others[0][1] if others else 0.0
    if best == second:
        return None
    return Guess(language, sure=best - second >= PROOF and best >= LEAD * second)


def _score(language: str, text: str, tokens: Iterable[str]) -> float:
    evidence = _evidence()[language]
    elsewhere = [other for name, other in _evidence().items() if name != language]
    score = PROOF * len(evidence.marks.findall(text))
    for token in filter(str.isalpha, tokens):
        known = _stem_in(token, evidence.words)
        if any(_stem_in(token, other.words) for other in elsewhere) or token in _borrowed():
            continue
        if known:
            score += HINT if token in evidence.weak else PROOF
        elif evidence.spellings.search(token):
            score += HINT
    return score


def _stem_in(token: str, known: frozenset[str]) -> bool:
    return token in known or token.removesuffix("s") in known


@cache
def _evidence() -> dict[str, _Evidence]:
    lexicons = tables("lexicon.toml")
    found = {}
    for language, lists in tables("words.toml").items():
        forms = (form for concept in lexicons.get(language, {}).values() for form in concept)
        known = (*lists["function"], *lists["common"], *lists["weak"], *forms)
        found[language] = _Evidence(
            frozenset(word for text in known for word in words(text)),
            frozenset(lists["weak"]),
            re.compile("|".join(lists["marks"])),
            re.compile("|".join(lists["spellings"])),
        )
    return found


@cache
def _borrowed() -> frozenset[str]:
    lists = (table.get("borrowed", ()) for table in tables("words.toml").values())
    return frozenset(word for borrowed in lists for text in borrowed for word in words(text))
