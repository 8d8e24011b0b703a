"""How urgent a message is, which queue it belongs to, and why.

The words are data: `locales/<language>/triage.toml`, whose head explains how phrases are written.
All languages are looked for in every message, because people mix them.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.i18n import LOCALES_DIR, languages

MAX_LENGTH = 2_000  # characters; nobody needs more to say that it is urgent
GAP = 3  # words that a * may stand for
START, END = "^", "$"

SIMILAR = 0.8  # one typo in a word of six letters, two in ten

SHOUTED_WORDS = 4
SHOUTED_LETTERS = 0.8  # share of capitals

URGENT = ("emergency", "fraud", "double-charge", "suspended", "service-down", "legal", "anger")
PRESSING = "pressing"  # they say that it is urgent, and nothing else does
OTHER = ("technical", "cancel", "sales", "supervisor", PRESSING)


class Queue(StrEnum):
    BILLING = "billing"
    TECHNICAL = "technical"
    SALES = "sales"


# The first that was said decides: an account matter is billing's even when the phones are silent.
_QUEUES = {
    "fraud": Queue.BILLING,
    "double-charge": Queue.BILLING,
    "suspended": Queue.BILLING,
    "cancel": Queue.BILLING,
    "service-down": Queue.TECHNICAL,
    "technical": Queue.TECHNICAL,
    "sales": Queue.SALES,
}


@dataclass(frozen=True, slots=True)
class Assessment:
    """Where a message goes; the reasons are ids, the gravest first."""

    queue: Queue
    urgent: bool
    reasons: tuple[str, ...]


def assess(text: str, *, topic: str | None = None) -> Assessment:
    """Tell how urgent a message is, and for whom.

    A topic named after a reason gives that reason: "off-fraud". When no reason names a queue, a
    topic does whose id starts with one: "off-sales-numbers".
    """
    text = text[:MAX_LENGTH]
    words = [START, *_words(text), END]
    said = _lexicon().said(words)
    named = (topic or "").removeprefix("off-")
    reasons = _reasons({*said, named}, temper=_temper(text, said, len(words) - 2))
    calm = "not-urgent" in said and "emergency" not in reasons
    return Assessment(
        queue=_queue(reasons, named),
        urgent=not calm and not reasons.isdisjoint(URGENT),
        reasons=tuple(reason for reason in URGENT + OTHER if reason in reasons),
    )


def _reasons(said: set[str], *, temper: bool) -> set[str]:
    reasons = said & {*URGENT, *OTHER}
    if {"cut-off", "paid"} <= said:
        reasons.add("suspended")
    if {"technical", "pressing"} <= said and "not-urgent" not in said:
        reasons.add("service-down")
    if temper:
        reasons.add("anger")
    if "service-down" in reasons:
        reasons.discard("technical")
    return reasons


def _temper(text: str, said: set[str], count: int) -> bool:
    """Hear anger in how it is said: two of strong words, capitals, exclamation marks.

    One alone is a locked key or a cheerful customer.
    """
    if "friendly" in said:
        return False
    letters = sum(map(str.isalpha, text))
    capitals = sum(map(str.isupper, text))
    shouted = count >= SHOUTED_WORDS and capitals > SHOUTED_LETTERS * letters
    return ("strong" in said) + shouted + ("!!" in text) > 1


def _queue(reasons: set[str], named: str) -> Queue:
    for reason, queue in _QUEUES.items():
        if reason in reasons:
            return queue
    first = named.split("-", maxsplit=1)[0]
    return Queue(first) if first in set(Queue) else Queue.BILLING


_ELISION = re.compile(r"\b(c|d|j|l|m|n|s|t|qu|jusqu|lorsqu|puisqu|quelqu)'(?=\w)")
_WITHIN = re.compile(r"'|(?<=\d)[.-](?=\d)")  # can't, 9-1-1
_WORD = re.compile(r"[^\W_]+")


def _words(text: str) -> list[str]:
    """Split into words without case and accents: "l'avocat" is two words, "can't" is one."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())[:MAX_LENGTH]
    folded = "".join(c for c in decomposed if not unicodedata.combining(c))
    folded = folded.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return _WORD.findall(_WITHIN.sub("", _ELISION.sub(r"\1 ", folded)))


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words in a row: at each step one of some spellings, after at most so many other words."""

    group: str
    steps: tuple[frozenset[str], ...]
    gaps: tuple[int, ...]

    @classmethod
    def parse(cls, group: str, written: str, classes: Mapping[str, list[str]]) -> "_Phrase":
        steps, gaps, gap = [], [], 0
        for part in written.split():
            if part == "*":
                gap += GAP
                continue
            words: set[str] = set()
            for word in part.split("/"):
                words.update(classes[word[1:]] if word.startswith("@") else [word])
            steps.append(frozenset(words))
            gaps.append(gap)
            gap = 0
        return cls(group, tuple(steps), tuple(gaps))

    def possible(self, present: frozenset[str]) -> bool:
        """Tell quickly that some step has no word in the message."""
        return not any(map(present.isdisjoint, self.steps))

    def ends(self, words: list[str], start: int) -> set[int]:
        """Find the places after the phrase when it starts here; none when it does not fit."""
        ends = {start}
        for step, gap in zip(self.steps, self.gaps, strict=True):
            ends = {
                at + 1
                for end in ends
                for at in range(end, min(end + gap + 1, len(words)))
                if words[at] in step
            }
            if not ends:
                break
        return ends


class _Phrases:
    """Phrases, found by their first word."""

    def __init__(self, phrases: Iterable[_Phrase]) -> None:
        self.by_first: dict[str, list[_Phrase]] = {}
        for phrase in phrases:
            for word in phrase.steps[0]:
                self.by_first.setdefault(word, []).append(phrase)

    def found(self, words: list[str]) -> Iterator[tuple[str, int, int]]:
        """Go through what is found, as (group, start, end)."""
        present = frozenset(words)
        for start, word in enumerate(words):
            for phrase in self.by_first.get(word, ()):
                if phrase.possible(present) and (ends := phrase.ends(words, start)):
                    yield phrase.group, start, max(ends)


class _Lexicon:
    """The phrases of all languages together, and the spellings they are made of."""

    def __init__(self, tables: Iterable[dict[str, Any]]) -> None:
        phrases: list[_Phrase] = []
        self.words: set[str] = set()
        self.forgiven: dict[str, list[str]] = {}
        for table in tables:
            phrases += _parsed(table)
            self.words.update(table["real-words"])
            for word in table["forgiven"]:
                self.forgiven.setdefault(word[0], []).append(word)
        self.words.update(word for p in phrases for step in p.steps for word in step)
        self.harmless = _Phrases(p for p in phrases if p.group == "harmless")
        self.telling = _Phrases(p for p in phrases if p.group != "harmless")

    def said(self, words: list[str]) -> set[str]:
        """Name the groups whose phrases stand in these words, harmless ones struck out first."""
        words = [self._repaired(word) for word in words]
        for _, start, end in list(self.harmless.found(words)):
            words[start:end] = [""] * (end - start)
        return {group for group, _, _ in self.telling.found(words)}

    def _repaired(self, word: str) -> str:
        # Hardly anybody mistypes the first letter, and it tells "sawyer" from "lawyer".
        if word in self.words or word[:1] not in self.forgiven:
            return word
        best = process.extractOne(
            word,
            self.forgiven[word[0]],
            scorer=OSA.normalized_similarity,
            score_cutoff=SIMILAR,
        )
        return best[0] if best else word


def _parsed(table: Mapping[str, Any]) -> Iterator[_Phrase]:
    for group, lines in {**table["reasons"], **table["signs"]}.items():
        for line in lines:
            yield _Phrase.parse(group, line, table["words"])


@cache
def _lexicon() -> _Lexicon:
    files = (LOCALES_DIR / language / "triage.toml" for language in languages())
    return _Lexicon(tomllib.loads(file.read_text("utf-8")) for file in files if file.exists())
