"""What a whole message means, of which every part is compared with what is known."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.faq import library
from bot.faq.library import OFF, Kind
from bot.faq.matcher import LISTED, Match, Matcher, Verdict
from bot.sentences import parts, without_refused

MOST = 3  # things answered in one reply
ASKED = 6  # questions of one message that are looked at: the last ones
SURE = 0.7  # chance from which a part is a question of its own
LONGEST = 1_000  # characters; of a longer message the matcher reads the two ends as one
BRIEF = 40  # words up to which a message may ask several things; a longer one tells a story
CONTEXT_FROM = 8  # words from which a message has context around its question
CLEAR = 0.9  # chance from which a question is clear whatever stands around it
POSSIBLE = 0.1  # probability of a topic that the whole may be about
HANDOFF = "handoff"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message means, and the further topics that it asks about."""

    match: Match
    more: tuple[str, ...] = ()


def hear(text: str, matcher: Matcher) -> Heard:
    """Understand a message: what it refuses does not count, and each question does."""
    if len(text) > LONGEST:
        return Heard(matcher.match(text))
    whole, text = _wanted(text, matcher)
    said = parts(text)
    if len(said) == 1:
        return Heard(whole)
    asking = [part.text for part in said if part.asks]
    asked = [matcher.match(part) for part in asking[-ASKED:]]
    if whole.off is None and len(text.split()) <= BRIEF and (several := _several(asked, whole)):
        first, *others = several
        return Heard(first, tuple(match.candidates[0][0] for match in others))
    beside = next((match for match in asked if match.off and match.verdict is Verdict.ANSWER), None)
    if beside is not None and whole.verdict is Verdict.MISS:
        return Heard(beside)
    return Heard(_without_context(text, whole, asked))


def _wanted(text: str, matcher: Matcher) -> tuple[Match, str]:
    """Leave out what is refused when that is what the message seemed to be about."""
    whole = matcher.match(text)
    if parted := without_refused(text):
        rest, refused = map(matcher.match, parted)
        if _is_sure(rest) and _topic(refused) == _topic(whole):
            return rest, parted[0]
    return whole, text


def _several(asked: Sequence[Match], whole: Match) -> list[Match]:
    """Find the questions that have topics of their own; empty unless there are two or three."""
    likely = {topic for topic, _ in whole.candidates}
    sure = {_topic(m): m for m in reversed(asked) if _is_sure(m) and _topic(m) in likely}
    return list(reversed(sure.values())) if 1 < len(sure) <= MOST else []


def _without_context(text: str, whole: Match, asked: Sequence[Match]) -> Match:
    """Take the only question when it is clear, the whole is not, and both point the same way."""
    if whole.verdict is Verdict.ANSWER or len(asked) != 1 or len(text.split()) < CONTEXT_FROM:
        return whole
    (question,) = asked
    return question if _is_sure(question) and _agree(question, whole) else whole


def _agree(question: Match, whole: Match) -> bool:
    if question.score >= CLEAR:
        likely = {topic for topic, chance in whole.candidates[:LISTED] if chance >= POSSIBLE}
        return _topic(question) in likely
    return whole.verdict is Verdict.CLARIFY and _topic(question) == _topic(whole)


def _topic(match: Match) -> str | None:
    return match.candidates[0][0] if match.candidates else None


def _is_sure(match: Match) -> bool:
    """Whether a topic is meant that is answered in words or figures, and clearly."""
    if match.verdict is not Verdict.ANSWER or match.off is not None or match.score < SURE:
        return False
    topic = library.topics()[match.candidates[0][0]]
    return topic.kind is Kind.TOPIC and topic.action != HANDOFF and not topic.id.startswith(OFF)
