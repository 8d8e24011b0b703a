"""Text as Telegram takes it: how it is counted, joined, cut and written as HTML; pure.

Text is cut before it is written, so a tag or an entity can never be cut in two.
"""

import html
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final, Literal

_BREAKS: Final = ("\n\n", "\n", " ")  # where to cut, best first
_HOLLOW: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # count as letters, show nothing


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that look the same; whatever they are, they are never markup."""

    text: str
    tag: Literal["", "b", "i", "pre"] = ""


Runs = tuple[Run, ...]


def units(text: str) -> int:
    """Count UTF-16 code units, the strictest of the ways in which Telegram's limits are read."""
    return len(text) + sum(character > "\uffff" for character in text)


def length(runs: Runs) -> int:
    """Count what is left of the runs once Telegram has read the tags, in UTF-16 code units."""
    return sum(units(run.text) for run in runs)


def is_visible(text: str) -> bool:
    """Tell whether there is anything to see; Telegram refuses a message without."""
    return any(
        character not in _HOLLOW
        and unicodedata.category(character)[0] not in "ZM"
        and unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
        for character in text
    )


def to_html(runs: Runs) -> str:
    return "".join(
        f"<{run.tag}>{_escape(run.text)}</{run.tag}>" if run.tag else _escape(run.text)
        for run in runs
        if run.text
    )


def join(parts: Iterable[Runs], separator: str) -> Runs:
    """Put the separator between the parts that have any text."""
    joined: list[Run] = []
    for part in parts:
        if length(part):
            joined += (Run(separator), *part) if joined else part
    return tuple(joined)


def split(runs: Runs, limit: int) -> Iterator[Runs]:
    """Cut into pieces of at most `limit` UTF-16 code units (2 or more), each with visible text.

    The break that a cut is made at is dropped; pieces with nothing to see are too.
    """
    while True:
        text = "".join(run.text for run in runs)
        end, start = (len(text), len(text)) if units(text) <= limit else _cut(text, limit)
        if is_visible(text[:end]):
            yield _slice(runs, 0, end)
        if start == len(text):
            return
        runs = _slice(runs, start, len(text))


def _cut(text: str, limit: int) -> tuple[int, int]:
    """Find where the first piece ends and where the next one starts."""
    reach = sum(used <= limit for used in accumulate(map(units, text[:limit])))
    for mark in _BREAKS:
        at = text.rfind(mark, 0, reach + len(mark))
        if at > 0:
            return at, at + len(mark)
    return reach, reach


def _slice(runs: Runs, start: int, end: int) -> Runs:
    cut: list[Run] = []
    at = 0
    for run in runs:
        text = run.text[max(start - at, 0) : max(end - at, 0)]
        if text:
            cut.append(replace(run, text=text))
        at += len(run.text)
    return tuple(cut)


def _escape(text: str) -> str:
    return html.escape(text, quote=False).replace('"', "&quot;")
