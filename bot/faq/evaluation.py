"""Scores what was understood of labelled questions."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bot.faq.matcher import LISTED, OFF

Row = Mapping[str, Any]
OUT_OF_SCOPE = "oos"
ANSWERED = frozenset({"answer", "social"})


def wanted(row: Row) -> frozenset[str]:
    """List the topics that serve a row; none when it is out of scope."""
    if row["expected"] == OUT_OF_SCOPE:
        return frozenset()
    return frozenset({row["expected"], *row.get("also", ())})


def evaluate(
    rows: Sequence[Row], answers: Sequence[Row]
) -> tuple[dict[str, float], list[tuple[Row, Row]]]:
    """Give the figures of a set, shares of 1, and the in-scope rows whose first topic is wrong.

    An answer has `outcome`, `topic`, `score` and `candidates`, as `faq ask --json` prints it.
    """
    pairs = list(zip(rows, answers, strict=True))
    inside = [(row, answer) for row, answer in pairs if wanted(row)]
    outside = [answer for row, answer in pairs if not wanted(row)]
    wrong = [(row, answer) for row, answer in inside if not _first_serves(row, answer)]
    outcomes = Counter(_outcome(row, answer) for row, answer in inside)
    scores = sorted(answer["score"] for answer in outside)
    hits = [answer["score"] for row, answer in inside if _first_serves(row, answer)]
    count = max(len(inside), 1)
    figures: dict[str, float] = {
        "inside": len(inside),
        "outside": len(outside),
        "top1": len(hits) / count,
        "auroc": _auroc([answer["score"] for _, answer in inside], scores),
        **{f"at{share}": _at(hits, scores, share / 100) / count for share in (5, 1)},
        **{name: outcomes[name] / count for name in ("right", "clarified", "wrong", "declined")},
        "false": sum(map(_is_false, outside)) / max(len(outside), 1),
        "asked": sum(answer["outcome"] == "clarify" for answer in outside) / max(len(outside), 1),
    }
    return {name: round(value, 4) for name, value in figures.items()}, wrong


def _first_serves(row: Row, answer: Row) -> bool:
    return any(topic in wanted(row) for topic, _ in answer["candidates"][:1])


def _outcome(row: Row, answer: Row) -> str:
    if answer["outcome"] in ANSWERED:
        return "right" if answer["topic"] in wanted(row) else "wrong"
    if answer["outcome"] == "clarify":
        listed = {topic for topic, _ in answer["candidates"][:LISTED]}
        return "clarified" if wanted(row) & listed else "wrong"
    asked_for = answer["outcome"] == "handoff" and "human-agent" in wanted(row)
    return "right" if asked_for else "declined"


def _is_false(answer: Row) -> bool:
    return answer["outcome"] in ANSWERED and not (answer["topic"] or "").startswith(OFF)


def _auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """Tell how often a question in scope scores above one out of scope; ties count half."""
    pairs = sum(bisect_left(outside, one) + bisect_right(outside, one) for one in inside) / 2
    return pairs / max(len(inside) * len(outside), 1)


def _at(hits: Sequence[float], outside: Sequence[float], share: float) -> int:
    """Count right answers above the score that this share of out-of-scope questions exceeds."""
    allowed = int(share * len(outside))
    limit = outside[-1 - allowed] if allowed < len(outside) else float("-inf")
    return sum(score > limit for score in hits)
