"""Which known sentence a question means, and how sure that is.

Two scorers look at the question as read (`bot.faq.reading`): how near it is to each phrase
(`bot.faq.nearest`) and a classifier trained on all of them (`bot.faq.classifier`). A gate
(`bot.faq.gate`) says what their findings are worth. All languages are one space: nobody asks in
which a text is.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from bot.faq.gate import Evidence, gate
from bot.faq.scoring import Findings, evidence, look, ranked
from bot.faq.trained import trained

OFF = "off-"
MAX_CANDIDATES = 5
LISTED = 3  # candidates that are named when the bot asks back

# Chances from which a question is answered, and from which the bot asks back. These and the next
# are chosen on held-out phrases and development questions: docs/matching.md.
ANSWER_FROM = 0.52
CLARIFY_FROM = 0.24
TIE = 0.85  # a second topic that is so nearly as likely as the first is worth asking back for
# An "off-" target is meant when the topics together are less likely than this, and it takes such
# a share of what is left after all that is known to be nobody's business.
TOPICS_BELOW = 0.4
OFF_SHARE = 0.4
OFF_FROM = 0.03


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


NOTHING = Match((), 0.0, None, Verdict.MISS)


class Matcher:
    """Compares with phrases of topics and "off-" commands; negatives are out of scope."""

    def __init__(self, phrases: Iterable[Phrase], *, negatives: Iterable[str] = ()) -> None:
        rows = [(phrase.target, phrase.text) for phrase in phrases]
        self.names = sorted({target for target, _ in rows})
        is_off = [name.startswith(OFF) for name in self.names]
        self._topics = np.flatnonzero(~np.array(is_off, bool))
        self._offs = np.flatnonzero(np.array(is_off, bool))
        self._trained = trained(rows, list(negatives))

    def taught(self, phrases: Iterable[Phrase]) -> "Matcher":
        """Give one that knows further phrases of its targets at once, without training.

        Phrases of a target that is no more are left out.
        """
        numbers = {name: number for number, name in enumerate(self.names)}
        rows = [(numbers[p.target], p.text) for p in phrases if p.target in numbers]
        known = copy(self)
        known._trained = self._trained.with_taught(rows)  # noqa: SLF001 - a copy of our own
        return known

    def known(self, text: str) -> str | None:
        """Name the target of which a text is a phrase, word for word; "" for out of scope."""
        number = self._trained.exact.get(self._trained.reader.read(text).text)
        return None if number is None else [*self.names, ""][number]

    def look(self, text: str) -> Findings | None:
        """Tell what both scorers found; None when not a word of a text is known."""
        return look(text, self._trained)

    def evidence(self, found: Findings) -> Evidence:
        """Sum up what speaks for and against answering; there must be a topic."""
        return evidence(found, self._topics, self._trained)

    def topics(self, found: Findings) -> list[tuple[str, float]]:
        """Rank the topics by probability."""
        names = [self.names[number] for number in self._topics]
        return ranked(found.probabilities[self._topics], names)

    def match(self, text: str) -> Match:
        """Say what a question means; any text is taken, its length is bounded before."""
        found = self.look(text)
        return NOTHING if found is None else self.judge(found)

    def judge(self, found: Findings) -> Match:
        """Say what was found out to mean."""
        off = self._off(found)
        topics = tuple(self.topics(found)[:MAX_CANDIDATES])
        if not topics:
            return Match((), 0.0, off, Verdict.ANSWER if off else Verdict.MISS)
        right, listed = gate().chances(self.evidence(found))
        if found.certainty:
            right = listed = topics[0][1]
        if off is not None:
            return Match(topics, right * topics[0][1], off, Verdict.ANSWER)
        tied = len(topics) > 1 and topics[1][1] >= TIE * topics[0][1]
        return Match(topics, right, None, _verdict(right, listed, tied=tied))

    def _off(self, found: Findings) -> str | None:
        """Find the "off-" target that was meant rather than a topic."""
        sure = found.probabilities
        if not len(self._offs) or sure[self._topics].sum() >= TOPICS_BELOW:
            return None
        best = self._offs[sure[self._offs].argmax()]
        share = sure[best] / max(1 - sure[-1], 1e-6)
        return self.names[best] if share >= OFF_SHARE and sure[best] >= OFF_FROM else None


def _verdict(right: float, listed: float, *, tied: bool) -> Verdict:
    if right >= ANSWER_FROM and not tied:
        return Verdict.ANSWER
    return Verdict.CLARIFY if listed >= CLARIFY_FROM else Verdict.MISS
