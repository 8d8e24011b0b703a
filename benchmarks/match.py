"""What understanding one question costs, beside rapidfuzz alone over the same phrases."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rapidfuzz import fuzz, process

from benchmarks.figure import Figure, figure
from bot.faq import library
from bot.faq.lexicon import negatives
from bot.faq.matcher import Matcher, Phrase
from bot.faq.normalise import prepare

ROUNDS = 5
MILLISECONDS = 1_000
LONG = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 40_000
SLIPS = 4  # one question in so many is asked as it stands, the others with two letters swapped


def run() -> Iterator[Figure]:
    phrases = library.phrases()
    texts = [prepare(phrase.text).casefold() for phrase in phrases]
    matcher = Matcher(phrases, negatives=negatives())
    questions = [_slip(text, number % SLIPS) for number, text in enumerate(texts[::7])]

    def bare(question: str) -> object:
        return process.extract(question, texts, scorer=fuzz.token_set_ratio, limit=5)

    ours, theirs = _times(matcher.match, questions), _times(bare, questions)
    yield figure("match.p50", statistics.median(ours), statistics.median(theirs), "ms")
    yield figure("match.p99", _percentile(ours, 99), _percentile(theirs, 99), "ms")
    yield figure("match.ready", _best(lambda: _ready(phrases)), _best(lambda: _bare(phrases)), "ms")
    yield figure("match.long", _best(lambda: matcher.match(LONG)), _best(lambda: bare(LONG)), "ms")


def _slip(text: str, at: int) -> str:
    """Swap two letters of the beginning, or none."""
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :] if at else text


def _ready(phrases: Sequence[Phrase]) -> Matcher:
    return Matcher(phrases, negatives=negatives())


def _bare(phrases: Sequence[Phrase]) -> list[str]:
    return [prepare(phrase.text).casefold() for phrase in phrases]


def _times(ask: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    return [_timed(partial(ask, question)) for _ in range(ROUNDS) for question in questions]


def _best(work: Callable[[], object]) -> float:
    return min(_timed(work) for _ in range(ROUNDS))


def _timed(work: Callable[[], object]) -> float:
    started = time.process_time()  # what other processes take does not count
    work()
    return (time.process_time() - started) * MILLISECONDS


def _percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]
