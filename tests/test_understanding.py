"""What is understood of questions that nobody tuned on, by set; see understanding/README.md."""

import json
from pathlib import Path
from zlib import crc32

import pytest

from bot.faq.evaluation import evaluate
from bot.understanding import Understanding

FOLDER = Path(__file__).parent / "understanding"
PLAIN, HARD = ("a", "d", "f"), ("b", "c", "e", "g")
TUNED = ("a", "b", "c")

# Floors and ceilings a little below what was measured: a change that breaks one made the bot worse.
AT_LEAST = {"plain": {"top1": 0.975, "at5": 0.97}, "hard": {"top1": 0.79, "at5": 0.6}}
AT_MOST = {"plain": {"false": 0.02, "wrong": 0.02}, "hard": {"false": 0.035, "wrong": 0.05}}


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding()


def rows(hand: str, language: str) -> list[dict]:
    lines = (FOLDER / f"{hand}_{language}.jsonl").read_text("utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return [row for row in found if hand not in TUNED or crc32(row["text"].encode()) % 2]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("manner", "hands"),
    [
        ("plain", PLAIN[-2:]),
        ("hard", HARD[-2:]),
        pytest.param("plain", PLAIN, marks=pytest.mark.slow),
        pytest.param("hard", HARD, marks=pytest.mark.slow),
    ],
    ids=["plain", "hard", "all-plain", "all-hard"],
)
def test_questions_nobody_tuned_on(
    understanding: Understanding, manner: str, hands: tuple[str, ...], language: str
) -> None:
    """Plain and hard questions are understood, and what is out of scope is left alone."""
    asked = [row for hand in hands for row in rows(hand, language)]
    figures, _ = evaluate(asked, [understanding.of(row["text"]) for row in asked])
    assert {} == {k: figures[k] for k, least in AT_LEAST[manner].items() if figures[k] < least}
    assert {} == {k: figures[k] for k, most in AT_MOST[manner].items() if figures[k] > most}


@pytest.mark.slow
def test_reply_language(understanding: Understanding) -> None:
    """The language of a question is told rightly, one in two hundred apart."""
    files = sorted(FOLDER.glob("*.jsonl"))
    pairs = [
        (path.stem[-2:], understanding.of(json.loads(line)["text"])["language"])
        for path in files
        for line in path.read_text("utf-8").splitlines()
    ]
    assert sum(wanted != found for wanted, found in pairs) <= len(pairs) / 200
