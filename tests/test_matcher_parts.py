"""The parts of understanding: reading, training and its cache, the gate, figures, explanations."""

import tomllib
from pathlib import Path

import pytest

from bot.faq import calibration, lint, trained
from bot.faq.evaluation import evaluate
from bot.faq.explanation import explain
from bot.faq.gate import Evidence, Gate, names
from bot.faq.lexicon import Lexicon
from bot.faq.matcher import Matcher, Phrase
from bot.faq.reading import read_all
from bot.faq.spelling import Speller

PHRASES = [
    Phrase("balance", "what is my balance", "en"),
    Phrase("balance", "how much do i owe on my balance", "en"),
    Phrase("invoice", "send me the invoice", "en"),
    Phrase("invoice", "where is my invoice", "en"),
]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "billing-bot"


def test_a_word_that_exists_is_not_repaired() -> None:
    """A slip becomes the nearest known word; a rare word that exists stays."""
    speller = Speller(["invoice", "balance"], existing={"ballad"}, slips={"inv": "invoice"})
    assert "balance" == speller.repair("balence")
    assert "ballad" == speller.repair("ballad")
    assert "invoice" == speller.repair("inv")
    assert "elephant" == speller.repair("elephant")


def test_of_two_words_as_near_the_commoner_is_meant() -> None:
    """The vocabulary lists what is said most first."""
    assert "card" == Speller(["card", "care"], alike=0.7).repair("carx")
    assert "care" == Speller(["care", "card"], alike=0.7).repair("carx")


def test_a_reading_says_what_was_repaired() -> None:
    """Units are concepts where the lexicon knows a form; repaired ones are a little less sure."""
    words = Lexicon(["my"], [("balance", "balance"), ("balance", "amount owing")])
    reader, _ = read_all(["my balance", "my amount owing"], lexicon=words, real=["elephant"])
    reading = reader.read("My balence, elephants")
    assert ("my", "=balance", "elepha") == reading.units
    assert (("balence", "balance"),) == reading.repaired
    assert (1.0, 0.9, 1.0) == reading.trust


def test_what_was_learned_is_read_from_the_cache(cache: Path) -> None:
    """A second matcher over the same phrases learns nothing anew and says the same."""
    first = Matcher(PHRASES).match("wheres my invoise")
    (kept,) = cache.glob("*.npz")
    before = kept.stat().st_mtime_ns
    assert first.candidates[0][0] == Matcher(PHRASES).match("wheres my invoise").candidates[0][0]
    assert before == kept.stat().st_mtime_ns


def test_other_phrases_are_learned_anew(cache: Path) -> None:
    """A phrase that is approved counts at once: its content is the key."""
    text = "gimme that sheet with the numbers"
    assert 1 > Matcher(PHRASES).match(text).score
    assert 1 == Matcher([*PHRASES, Phrase("invoice", text, "en")]).match(text).score
    assert 2 == len(list(cache.glob("*.npz")))


def test_a_broken_cache_is_done_without(cache: Path) -> None:
    """What cannot be read is learned again."""
    Matcher(PHRASES)
    (kept,) = cache.glob("*.npz")
    kept.write_bytes(b"PK not a cache")
    assert "balance" == Matcher(PHRASES).match("my balance").candidates[0][0]


def test_the_cache_is_tidied(cache: Path) -> None:
    """Only the latest files are kept."""
    for number in range(trained.KEPT + 2):
        Matcher([*PHRASES, Phrase("balance", f"version {number} balance", "en")])
    assert trained.KEPT == len(list(cache.glob("*.npz")))


def test_no_place_for_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder to write in, everything works, only later."""
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert "balance" == Matcher(PHRASES).match("my balance").candidates[0][0]


def evidence(probability: float) -> Evidence:
    return Evidence(probability, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def test_the_gate_is_fitted_to_examples() -> None:
    """What was right at high probability and wrong at low gives a weight that says so."""
    good = [calibration.Example(evidence(2), inside=True, right=True, listed=True)] * 20
    bad = [calibration.Example(evidence(-2), inside=False, right=False, listed=False)] * 20
    lines = calibration.fit([[*good, *bad]]).splitlines()
    weights = dict(line.split(" = ") for line in lines if " = " in line)
    assert names() == list(weights)
    gate = Gate(*(tuple(float(weights[name]) for name in names()),) * 2)
    assert 0.9 < gate.chances(evidence(2))[0]
    assert 0.1 > gate.chances(evidence(-2))[1]


def test_figures_of_a_set() -> None:
    """Shares of in-scope and out-of-scope questions, whatever serves as well counting as right."""
    asked = [
        {"text": "1", "expected": "balance", "also": ["view-aging"]},
        {"text": "2", "expected": "balance"},
        {"text": "3", "expected": "human-agent"},
        {"text": "4", "expected": "balance"},
        {"text": "5", "expected": "oos"},
        {"text": "6", "expected": "oos"},
        {"text": "7", "expected": "thanks"},
        {"text": "8", "expected": "oos"},
    ]

    def said(outcome: str, topic: str | None, score: float, *candidates: str) -> dict:
        pairs = [[name, score] for name in candidates]
        return {"outcome": outcome, "topic": topic, "score": score, "candidates": pairs}

    answers = [
        said("answer", "view-aging", 0.9, "view-aging"),
        said("clarify", None, 0.4, "make-payment", "balance"),
        said("handoff", "human-agent", 0.8, "human-agent"),
        said("miss", None, 0.1, "balance"),
        said("answer", "off-cancel", 0.0, "balance"),
        said("answer", "balance", 0.5, "balance"),
        said("social", "thanks", 0.9, "thanks"),
        said("social", "thanks", 0.3, "thanks"),
    ]
    figures, wrong = evaluate(asked, answers)
    assert 0.8 == figures["top1"]
    assert {"right": 0.6, "clarified": 0.2, "declined": 0.2, "wrong": 0} == {
        name: figures[name] for name in ("right", "clarified", "declined", "wrong")
    }
    assert (0.6667, 0) == (figures["false"], figures["asked"])
    assert 0.6 == figures["at5"]
    assert [("2", "clarify")] == [(row["text"], answer["outcome"]) for row, answer in wrong]


def test_an_explanation() -> None:
    """Repairs, units, both scores and the outcome are told in lines."""
    lines = {line.split()[0]: line for line in explain(Matcher(PHRASES), "my balence")}
    assert "repaired   balence -> balance" == lines["repaired"]
    assert "=balance" in lines["units"]
    assert {"classifier", "nearest", "together", "evidence", "chances", "outcome"} <= lines.keys()
    assert ["nothing known in it: miss"] == list(explain(Matcher(PHRASES), "привет"))


@pytest.fixture
def amiss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two languages with a mistake of each kind."""
    files = {
        "en/lexicon.toml": 'pay = ["pay", "settle"]\nfee = ["fee", "fee", "pay"]\n',
        "fr/lexicon.toml": 'pay = ["payer"]\n',
        "en/negatives.txt": "quelle heure est-il chez vous\nwhat is my balance\n",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    monkeypatch.setattr(lint, "LOCALES_DIR", tmp_path)
    tables = {
        language: tomllib.loads((tmp_path / language / "lexicon.toml").read_text("utf-8"))
        for language in ("en", "fr")
    }
    monkeypatch.setattr(lint, "tables", lambda _name: tables)
    monkeypatch.setattr(lint, "negatives", lambda: ["what is my balance"])
    monkeypatch.setattr(lint.library, "phrases", lambda: PHRASES)


def test_each_kind_of_mistake_is_found(amiss: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms of two concepts or said twice, concepts of one language, phrases in two places."""
    found = [*lint._lexicon(), *lint._twice(), *lint._languages()]
    assert [
        "lexicon en: 'fee' stands twice",
        "lexicon en: 'pay' means pay and fee",
        "lexicon en: 'pay' stands twice",
        "lexicon fr: no form of fee",
        "stands in balance and negatives: 'what is my balance'",
        "negatives en: written in fr: 'quelle heure est-il chez vous'",
    ] == found
    lost = [*PHRASES, Phrase("view-aging", "what is my balance", "en")]
    monkeypatch.setattr(lint.library, "phrases", lambda: lost)
    assert ["does not find view-aging: 'what is my balance'"] == [*lint._lost(Matcher(PHRASES))]


def test_what_the_files_have_overtaken_is_found(amiss: None) -> None:
    """A phrase of staff that stands in a file now, or whose topic is gone, is to be withdrawn."""
    taught = [Phrase("balance", "What is my balance", "en"), Phrase("gone", "x y", "en")]
    assert [
        "taught: stands in balance now, withdraw it: 'What is my balance'",
        "taught: there is no topic gone: 'x y'",
    ] == [*lint.taught(taught)]


def test_nothing_is_amiss_in_what_is_shipped() -> None:
    """Phrases, lexicon and negatives pass their own checks, the slow one of each phrase apart."""
    assert [] == [*lint._lexicon(), *lint._twice(), *lint._languages()]
