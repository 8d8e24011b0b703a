"""A sentence about calls: which calls it asks for, and the words of it that were not understood.

What each reader finds is taken out of the sentence. What is left in the end, and changes
something, was not understood; nothing is dropped silently.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from bot import slots
from bot.calls_view import words as vocabulary
from bot.calls_view.view import XLS, CallsView
from bot.slots.calendar_names import weekdays
from bot.slots.formats import format_words
from bot.slots.found_cities import found_cities
from bot.slots.identifiers import found_extension, found_phone
from bot.slots.limits import (
    Compared,
    Comparison,
    compared_amounts,
    compared_durations,
    with_unit_twice,
)
from bot.slots.places import Mention, found_places, unabbreviated
from bot.slots.words import plain, spaced
from store.call_filter import Between, CallOrder, Ending
from store.models.calls import Direction

LONGEST = 400  # characters: a longer message tells a story
CENT = 10_000  # millionths of a dollar
ALL = CallsView()
TAKEN = " _ "  # in place of what was read
_TOKEN = re.compile(r"\d+(?:[/.:,-]\d+)*[a-z]{0,4}|[^\W_]+")
_DAY = re.compile(r"(\d{1,2})[a-z]{0,4}")  # 15, 15th, 1er
_DOUBTFUL = re.compile(r"(?<![\w/.-])\d{1,4}(?:[/.-]\d{1,4}){1,2}(?![\w/-])")
_TYPED = re.compile(r"\w+")
_XLS = re.compile(r"\bxls\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a sentence asks for. `given` names the fields of the view that it says something of."""

    view: CallsView = ALL
    given: frozenset[str] = frozenset()
    file_format: str | None = None  # one of FORMATS, or XLS
    names_calls: bool = False
    asks_list: bool = False  # "show", "all", "how many"
    with_somebody: bool = False  # "calls from ...": what follows may be a name
    goes_on: bool = False  # from calls that were shown: "only", "and"
    latest_invoice: bool = False  # the month that it bills
    asks_how: bool = False  # for the steps rather than for calls
    asks_sums: bool = False
    whole: bool = False  # no filter any more
    step: int = 0  # to the period before (-1) or after (1)
    days: tuple[slots.Period, ...] = ()  # what a date such as 03/11/2026 can mean
    rest: tuple[str, ...] = ()  # words that were not understood

    @property
    def says_something(self) -> bool:
        return bool(self.given or self.file_format or self.latest_invoice or self.days)

    def onto(self, view: CallsView) -> CallsView:
        """Change a view by what was said."""
        kept = CallsView(period=view.period) if self.whole else view
        said = {name: getattr(self.view, name) for name in self.given}
        return replace(kept, **said).moved(self.step)


@dataclass(slots=True)
class _Reader:
    """A sentence on its way, and what was found in it."""

    words: str
    fields: dict[str, object] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    sides: set[Direction] = field(default_factory=set)  # that places and numbers tell
    names_calls: bool = False

    def cut(self, start: int, end: int) -> None:
        self.words = f"{self.words[:start]}{TAKEN}{self.words[end:]}"

    def take(self, pattern: re.Pattern[str]) -> bool:
        """Take out all that a pattern finds; tell whether there was any."""
        self.words, found = pattern.subn(TAKEN, self.words)
        return found > 0

    def take_words(self, key: str) -> bool:
        """Take out the words of an entry, which may name the calls too ("all calls")."""
        found = vocabulary.of(key).search(self.words)
        if found:
            self.names_calls |= vocabulary.calling().search(found[0]) is not None
        return self.take(vocabulary.of(key))


def read(text: str, *, today: date) -> Asked:
    """Read a sentence in any language; of a long one its beginning."""
    typed = unabbreviated(text[:LONGEST])
    reader = _Reader(plain(typed))
    # Before slips are mended: of many cities, names are a letter away from other words.
    _take_places(reader, list(found_cities(reader.words, typed, vocabulary.spoken())))
    reader.words = with_unit_twice(vocabulary.repaired(reader.words))
    asks_list = vocabulary.of("asking").search(reader.words) is not None
    goes_on = vocabulary.narrowing().search(reader.words) is not None
    file_format = slots.file_format(reader.words)
    if file_format == "xlsx" and _XLS.search(reader.words):
        file_format = XLS
    if file_format:
        reader.take(format_words())
    _take_limits(reader)
    _take_party(reader)
    if reader.take_words("per_extension"):
        reader.fields["per_extension"] = True
    told = {key: reader.take_words(key) for key in ("everything", "billed", "later", "earlier")}
    _take_charged(reader)
    _take_order(reader)
    reader.names_calls |= reader.take(vocabulary.of("nouns"))
    _take_places(reader, list(found_places(reader.words)))
    is_missed = _take_ending(reader)
    _take_direction(reader)
    if is_missed:  # who misses a call was called
        reader.fields.setdefault("direction", Direction.IN)
    days = slots.date_readings(reader.words, today=today)
    _take_period(reader, today)
    if days and "period" not in reader.fields:
        reader.take(_DOUBTFUL)
    asks_how = reader.take(vocabulary.of("how"))
    with_somebody = vocabulary.with_somebody().search(reader.words) is not None
    asks_sums = _take_idle(reader)
    return Asked(
        view=CallsView(**reader.fields),  # type: ignore[arg-type]
        given=frozenset(reader.fields),
        file_format=file_format,
        names_calls=reader.names_calls,
        asks_list=asks_list,
        with_somebody=with_somebody,
        goes_on=goes_on,
        latest_invoice=told["billed"],
        asks_how=asks_how,
        asks_sums=asks_sums,
        whole=told["everything"],
        step=told["later"] - told["earlier"],
        days=() if "period" in reader.fields else days,
        rest=tuple(_left(reader.words, text[:LONGEST])),
    )


def _take_limits(reader: _Reader) -> None:
    """Read "over a dollar" and "under 5 minutes" into the whole numbers that the store compares."""
    for name, unit, compared in (
        ("charge_millionths", CENT, compared_amounts),
        ("seconds", 1, compared_durations),
    ):
        found = list(compared(reader.words))
        if found:
            reader.fields[name] = _between(found, unit)
        for one in reversed(found):
            reader.cut(one.start, one.end)


def _between(found: list[Compared], unit: int) -> Between:
    least: list[int] = []
    most: list[int] = []
    for one in found:
        value = one.limit.value * unit
        match one.limit.comparison:
            case Comparison.OVER:
                least.append(_whole(value, ROUND_FLOOR) + 1)
            case Comparison.AT_LEAST:
                least.append(_whole(value, ROUND_CEILING))
            case Comparison.UNDER:
                most.append(_whole(value, ROUND_CEILING) - 1)
            case Comparison.AT_MOST:
                most.append(_whole(value, ROUND_FLOOR))
    return Between(max(least, default=None), min(most, default=None))


def _whole(value: Decimal, rounding: str) -> int:
    return max(0, int(value.to_integral_value(rounding=rounding)))


def _take_party(reader: _Reader) -> None:
    """Read one phone number or extension, and whether calls go to it or come from it."""
    sides: tuple[tuple[str, Direction], ...]
    if phone := found_phone(reader.words):
        match, reader.fields["party"] = phone
        sides = (("to", Direction.OUT), ("by", Direction.IN), ("from", Direction.IN))
    elif extension := found_extension(reader.words):
        match, reader.fields["party"] = extension, extension["digits"]
        sides = (("to", Direction.IN), ("by", Direction.OUT))
    else:
        return
    start = match.start()
    for key, side in sides:
        if before := vocabulary.before(key).search(reader.words, 0, match.start()):
            reader.sides.add(side)
            reader.names_calls |= vocabulary.calling().search(before[0]) is not None
            start = before.start()
    reader.cut(start, match.end())


def _take_charged(reader: _Reader) -> None:
    if reader.take(vocabulary.of("toll")):
        reader.sides.add(Direction.OUT)
        reader.fields.setdefault("charge_millionths", Between(1))
    if reader.take(vocabulary.of("charged")):
        reader.fields.setdefault("charge_millionths", Between(1))
    if reader.take(vocabulary.of("free")):
        reader.fields.setdefault("charge_millionths", Between(None, 0))


def _take_order(reader: _Reader) -> None:
    """Read "the 10 longest calls", "my biggest call", « les 5 derniers appels »."""
    tried = ((pattern.search(reader.words), order) for pattern, order in vocabulary.orders())
    found, order = next(((found, order) for found, order in tried if found), (None, ""))
    if found is None:
        return
    reader.fields["order"] = CallOrder(order)
    start, end = found.start("order"), found.end("order")
    count = found["before"] or found["after"]
    if count:
        reader.fields["limit"] = vocabulary.counted(count)
        group = "before" if found["before"] else "after"
        first, last = sorted([(start, end), found.span(group)])
        reader.cut(*last)
        reader.cut(*first)
    else:
        reader.cut(start, end)
        if found["single"]:
            reader.fields["limit"] = 1
    if reader.take(vocabulary.of("noun")):
        reader.names_calls = True
        reader.fields.setdefault("limit", 1)


def _take_places(reader: _Reader, found: list[Mention]) -> None:
    if not found:
        return
    codes = (*reader.places, *(mention.code for mention in found))
    reader.places = reader.fields["places"] = tuple(dict.fromkeys(codes))
    for mention in reversed(found):
        if mention.to or mention.from_:
            reader.sides.add(Direction.OUT if mention.to else Direction.IN)
        said = reader.words[mention.start : mention.end]
        reader.names_calls |= vocabulary.calling().search(said) is not None
        reader.cut(mention.start, mention.end)


def _take_ending(reader: _Reader) -> bool:
    """Read whether calls were answered; tell whether they were missed."""
    is_missed = reader.take_words("missed")
    if reader.take_words("unanswered") or is_missed:
        reader.fields["ending"] = Ending.UNANSWERED
    elif reader.take_words("answered"):
        reader.fields["ending"] = Ending.ANSWERED
    return is_missed


def _take_direction(reader: _Reader) -> None:
    """Read which way calls go: from the words for it, else from "to" and "from"."""
    both, said = False, set()
    entries = vocabulary.keys_of("both", "in", "out", "internal")
    pattern = vocabulary.of("both", "in", "out", "internal")
    while match := pattern.search(reader.words):
        key = entries[spaced(match[0])]
        reader.names_calls |= vocabulary.calling().search(match[0]) is not None
        both |= key == "both"
        said |= {Direction(key)} if key != "both" else set()
        reader.cut(match.start(), match.end())
    said = said or reader.sides
    if both or len(said) > 1:
        reader.fields["direction"] = None
    elif said:
        reader.fields["direction"] = said.pop()


def _take_period(reader: _Reader, today: date) -> None:
    """Read the period; words of the calendar that say nothing of it stay, as not understood."""
    found = slots.period(reader.words, today=today)
    if found is None:
        return
    reader.fields["period"] = (found.first, found.last)
    kept, at = [], 0
    for token in _TOKEN.finditer(reader.words):
        without = f"{reader.words[: token.start()]} {reader.words[token.end() :]}"
        if token[0] in vocabulary.idle() and not token[0].isdigit():
            continue
        if slots.period(without, today=today) != found or _repeats(token[0], found, today):
            kept.append(reader.words[at : token.start()])
            at = token.end()
    reader.words = TAKEN.join([*kept, reader.words[at:]])


def _repeats(word: str, found: slots.Period, today: date) -> bool:
    """Tell a word that says again what is known: the year, the month, the weekday."""
    if (day := _DAY.fullmatch(word)) and int(day[1]) in {found.first.day, found.last.day}:
        return True
    alone = slots.period(word, today=today)
    if alone is None:
        return False
    if alone.first <= found.first and found.last <= alone.last:
        return True
    return word in weekdays() and weekdays()[word][0] == found.first.weekday()


def _take_idle(reader: _Reader) -> bool:
    """Take out what changes nothing; tell whether the sentence asks what calls come to."""
    sums = False
    entries = vocabulary.keys_of("sums", "idle")

    def taken(match: re.Match[str]) -> str:
        nonlocal sums
        sums |= entries[spaced(match[0])] == "sums"
        return TAKEN

    reader.words = vocabulary.of("sums", "idle").sub(taken, reader.words)
    return sums


def _left(words: str, text: str) -> Iterator[str]:
    """Go through the words that are left, as they were typed."""
    typed = {vocabulary.repaired(plain(word)): word for word in _TYPED.findall(text)}
    for token in dict.fromkeys(found[0] for found in _TOKEN.finditer(words)):
        yield typed.get(token, token)
