"""What understanding one question costs, beside rapidfuzz alone over the same phrases."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial

from rapidfuzz import fuzz, process

from benchmarks.figure import Figure, figure
from bot import slots
from bot.faq import library
from bot.faq.lexicon import negatives
from bot.faq.matcher import Matcher
from bot.faq.normalise import prepare
from bot.slots.limits import compared_amounts, compared_durations, with_unit_twice
from bot.slots.words import plain

ROUNDS = 3
MILLISECONDS = 1_000
LONG = (
    "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 40_000,
    "x" * 40_000,
    "what is my balence pleese " * 1_600,
)
# What repeats in a message of 500 characters must not make reading its slots slow.
REPEATED = ("over 5 minutes ", "1 ", "1,234 ", "le 15 ", "septembr ", "9", "inv ", "-", "x")
SLIPS = 4  # one question in so many is asked as it stands, the others with two letters swapped
# One core: what the figures are about, and what several workers beside each other have.
ONE_CORE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

# Each runs in an interpreter of its own and prints what it took.
_READY = """
import time; started = time.process_time()
from bot.faq import library
from bot.faq.lexicon import negatives
from bot.faq.matcher import Matcher
Matcher(library.phrases(), negatives=negatives()).match("what is my balance")
print((time.process_time() - started) * 1000)
"""
_BARE_READY = """
import time; started = time.process_time()
from rapidfuzz import fuzz, process
from bot.faq import library
texts = [phrase.text.casefold() for phrase in library.phrases()]
process.extract("what is my balance", texts, scorer=fuzz.token_set_ratio, limit=5)
print((time.process_time() - started) * 1000)
"""
_RESIDENT = """
import gc, os, pathlib
def resident():
    pages = pathlib.Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6
bare = resident()
{work}
gc.collect()
print(resident() - bare)
"""


def run() -> Iterator[Figure]:
    phrases = library.phrases()
    texts = [prepare(phrase.text).casefold() for phrase in phrases]
    matcher = Matcher(phrases, negatives=negatives())
    questions = [_slip(text, number % SLIPS) for number, text in enumerate(texts[::20])]

    def bare(question: str) -> object:
        return process.extract(question, texts, scorer=fuzz.token_set_ratio, limit=5)

    ours, theirs = _times(matcher.match, questions), _times(bare, questions)
    yield figure("match.p50", statistics.median(ours), statistics.median(theirs), "ms")
    yield figure("match.p99", _percentile(ours, 99), _percentile(theirs, 99), "ms")
    long, bare_long = (
        max(_best(partial(ask, text)) for text in LONG) for ask in (matcher.match, bare)
    )
    yield figure("match.long", long, bare_long, "ms")
    yield figure("match.slots.long", *_slots(), "ms")
    with tempfile.TemporaryDirectory() as folder:
        bare_ready = _alone(_BARE_READY, folder)
        yield figure("match.ready.cold", _alone(_READY, folder), bare_ready, "ms")
        yield figure("match.ready.cached", _alone(_READY, folder), bare_ready, "ms")
        resident, bare_resident = (
            _alone(_RESIDENT.format(work=work), folder) for work in (_READY, _BARE_READY)
        )
        yield figure("match.memory", resident, bare_resident, "MB")


def _slots() -> tuple[float, float]:
    """Time the slowest reading of a slot in 500 characters, beside one search of a pattern."""
    today = date(2026, 11, 22)
    readers: tuple[Callable[[str], object], ...] = (
        lambda text: slots.period(text, today=today),
        lambda text: slots.date_readings(text, today=today),
        lambda text: list(compared_amounts(with_unit_twice(plain(text)))),
        lambda text: list(compared_durations(with_unit_twice(plain(text)))),
        slots.phone,
        slots.transaction_number,
    )
    pattern = re.compile(r"\b\d{1,2}\s+[a-z]+\s+\d{4}\b")
    texts = [(piece * 500)[:500] for piece in REPEATED]

    def anew(reader: Callable[[str], object], text: str) -> None:
        plain.cache_clear()
        reader(text)

    slowest = max(_best(partial(anew, reader, text)) for reader in readers for text in texts)
    return slowest, max(_best(partial(pattern.findall, text)) for text in texts)


def _alone(program: str, cache: str) -> float:
    """Run a program in an interpreter of its own and read the last line that it prints."""
    environment = {**os.environ, **ONE_CORE, "XDG_CACHE_HOME": cache}
    done = subprocess.run(  # noqa: S603 - our own interpreter and programs
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout.splitlines()[-1])


def _slip(text: str, at: int) -> str:
    """Swap two letters of the beginning, or none."""
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :] if at else text


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
