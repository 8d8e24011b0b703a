"""Which known sentence a question means, and how sure that is.

A question and a phrase are compared by the units of meaning they share (`bot.faq.meaning`) and
by their letters (rapidfuzz). All languages are one space: nobody asks in which a text is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import itemgetter

import numpy as np
from rapidfuzz import fuzz, process

from bot.faq.lexicon import lexicon
from bot.faq.meaning import Meaning, Question

OFF = "off-"
MAX_CANDIDATES = 5
_NOBODY = -1  # the target number of negatives

# How much of a likeness the letters are, beside the units of meaning; and how many phrases, the
# likeliest by meaning, are compared by letters at all.
LETTERS = 0.4
LIKELY_PHRASES = 100
# A phrase of one word means its target only when it is (nearly) all that was said.
ONE_WORD_LIKENESS = 0.8
# What is said word for word as in a phrase needs no other support.
WORD_FOR_WORD = 0.999
# A target's score: its best phrase and the mean of its best three in equal parts, and with this
# weight how near the question is to the centre of all its phrases.
BEST_PHRASES = 3
CENTRE = 0.4


# From a target's score and that of the nearest thing out of scope to the chance of being right:
# a logistic curve fitted to the development questions, both languages weighing the same.
OUTSIDE = 0.43
STEEPNESS = 18.0
EVEN = 0.35
# Chosen on the same questions, so that at most 5 % of those out of scope are answered. From there
# down to the second threshold, and between two topics this near to each other, the bot asks back.
ANSWER_FROM = 0.4
CLARIFY_FROM = 0.15
TIE = 0.03
# By so much an "off-" target must beat the topics, which answer more kinds of questions.
OFF_LEAD = 0.05


class Verdict(StrEnum):
    ANSWER = "answer"
    CLARIFY = "clarify"
    MISS = "miss"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence known to mean `target`: a topic, or "off-..." for what belongs to no topic."""

    target: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Match:
    """The likeliest topics, best first, and what to do.

    `score` (0 to 1) rises with confidence that the first candidate is right and the question in
    scope. `off` is the "off-" target when one beat the topics: it is never a candidate.
    """

    candidates: tuple[tuple[str, float], ...]
    score: float
    off: str | None
    verdict: Verdict


class Matcher:
    """Compares with phrases of topics and "off-" commands; negatives are out of scope."""

    def __init__(self, phrases: Iterable[Phrase], *, negatives: Iterable[str] = ()) -> None:
        rows = [(phrase.target, phrase.text) for phrase in phrases]
        self._names = sorted({name for name, _ in rows})
        numbers = {name: number for number, name in enumerate(self._names)}
        outside = list(negatives)
        self._targets = np.array(
            [numbers[name] for name, _ in rows] + [_NOBODY] * len(outside), np.intp
        )
        texts = [text for _, text in rows] + outside
        self._meaning = Meaning(texts, self._targets.tolist(), lexicon())
        self._one_word = np.array([" " not in text for text in self._meaning.texts], bool)

    def match(self, text: str) -> Match:
        """Say what a question means; any text is taken, its length is bounded before."""
        question = self._meaning.read(text)
        scores = self._scores(question) if question.units else {}
        outside = scores.pop(_NOBODY, 0.0)
        ranked = sorted(
            ((self._names[number], score) for number, score in scores.items()),
            key=lambda pair: (-pair[1], pair[0]),
        )
        topics = tuple(pair for pair in ranked if not pair[0].startswith(OFF))[:MAX_CANDIDATES]
        off, off_score = next((p for p in ranked if p[0].startswith(OFF)), (None, 0.0))
        best = topics[0][1] if topics else 0.0
        if off and off_score > best + OFF_LEAD and _chance(off_score, outside) >= ANSWER_FROM:
            return Match(topics, _chance(best, off_score), off, Verdict.ANSWER)
        score = _chance(best, max(outside, off_score)) if topics else 0.0
        return Match(topics, score, None, _verdict(topics, score))

    def _scores(self, question: Question) -> dict[int, float]:
        """Score targets by number, the likeliest only; all between 0 and 1."""
        rows, likeness = self._compare(question)
        near = question.shares @ self._meaning.centres[question.units]
        order = np.argsort(-likeness, kind="stable")
        pairs = sorted(
            zip(self._targets[rows[order]].tolist(), likeness[order].tolist(), strict=True),
            key=itemgetter(0),  # stable: the best of each target stays first
        )
        scores = {}
        for target, group in groupby(pairs, key=itemgetter(0)):
            best = [value for _, value in group][:BEST_PHRASES]
            phrases = (best[0] + sum(best) / BEST_PHRASES) / 2
            if best[0] >= WORD_FOR_WORD:
                scores[target] = 1.0
            elif target == _NOBODY:
                scores[target] = phrases
            else:
                scores[target] = (phrases + CENTRE * float(near[target])) / (1 + CENTRE)
        return scores

    def _compare(self, question: Question) -> tuple[np.ndarray, np.ndarray]:
        """Find the likeliest phrases and how alike they are to the question."""
        cosine = question.shares @ self._meaning.vectors[question.units]
        rows = np.argsort(-cosine, kind="stable")[:LIKELY_PHRASES]
        texts = [self._meaning.texts[row] for row in rows]
        scorer = fuzz.token_sort_ratio
        letters = process.cdist([question.text], texts, scorer=scorer, dtype=np.float32)[0] / 100
        likeness = (1 - LETTERS) * cosine[rows] + LETTERS * letters
        likeness[self._one_word[rows] & (letters < ONE_WORD_LIKENESS)] = 0
        return rows, likeness


def _chance(topic: float, outside: float) -> float:
    return float(1 / (1 + np.exp(-STEEPNESS * (topic - OUTSIDE * outside - EVEN))))


def _verdict(topics: tuple[tuple[str, float], ...], score: float) -> Verdict:
    if score < CLARIFY_FROM:
        return Verdict.MISS
    tie = len(topics) > 1 and topics[0][1] - topics[1][1] < TIE
    return Verdict.CLARIFY if tie or score < ANSWER_FROM else Verdict.ANSWER
