"""Why a text is understood as it is, in lines for those who grow the knowledge base."""

from collections.abc import Iterator
from dataclasses import asdict

from bot.faq.gate import gate
from bot.faq.matcher import Matcher
from bot.faq.scoring import Findings, ranked

SHOWN = 3


def explain(matcher: Matcher, text: str) -> Iterator[str]:
    """Say what was repaired, which units were read, what both scorers found, and the outcome."""
    found = matcher.look(text)
    if found is None:
        yield "nothing known in it: miss"
        return
    reading = found.reading
    yield f"read as    {reading.text}"
    yield "repaired   " + (", ".join(f"{a} -> {b}" for a, b in reading.repaired) or "nothing")
    yield f"units      {' '.join(reading.units)}"
    yield from _scores(matcher, found)
    match = matcher.judge(found)
    right, listed = gate().chances(matcher.evidence(found))
    yield "evidence   " + _pairs(asdict(matcher.evidence(found)).items())
    yield f"chances    first right {right:.2f}, one of three right {listed:.2f}"
    yield f"outcome    {match.verdict}" + (f" {match.off}" if match.off else "")


def _scores(matcher: Matcher, found: Findings) -> Iterator[str]:
    classes = [*matcher.names, "(out of scope)"]
    if found.certainty:
        how = "word for word" if found.certainty == 1 else "nearly as staff approved it"
        yield f"known      {how}"
    yield "classifier " + _pairs(ranked(found.logits, classes)[:SHOWN])
    yield "nearest    " + _pairs(ranked(found.likeness, classes)[:SHOWN])
    yield "together   " + _pairs(ranked(found.probabilities, classes)[:SHOWN])


def _pairs(values: object) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in values)  # type: ignore[attr-defined]
