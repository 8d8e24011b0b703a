"""Compares what was posted to the bot with what the platform received from it.

It reads the two records and nothing else: `python -m tests.faults.checker POSTED RECEIVED`.
"""

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SAYS = {"chat.postMessage", "sendMessage"}
NUMBER = re.compile(r"INV9\d{7}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    posts: int
    events: int  # different ones that were taken
    answers: int
    lost: int  # events without an answer
    doubled: int  # answers beyond the first of their event
    out_of_order: int  # answers that came after one of a later event
    strange: int  # messages that answer no event of their conversation
    responses_lost: int  # of which the bot was not told
    seconds: float  # from the first post to the last answer

    @property
    def per_second(self) -> float:
        return round(self.events / self.seconds, 1)


def check(posted: Path, received: Path) -> Findings:
    """Compare two records. Events count in the order of their first posts, room by room."""
    posts, sent = list(_lines(posted)), list(_lines(received))
    asked: defaultdict[str, list[str]] = defaultdict(list)
    for post in posts:
        if post["asked"] not in asked[post["room"]]:
            asked[post["room"]].append(post["asked"])
    said: defaultdict[str, list[str]] = defaultdict(list)
    for message in sent:
        said[_room(message)].append(_number(message))
    answers = Counter((room, number) for room, numbers in said.items() for number in numbers)
    events = {(room, number) for room, numbers in asked.items() for number in numbers}
    times = [record["at"] for record in (*posts, *sent)]
    return Findings(
        posts=len(posts),
        events=len(events),
        answers=len(sent),
        lost=len(events - answers.keys()),
        doubled=sum(answers[event] - 1 for event in events & answers.keys()),
        out_of_order=sum(_late(asked[room], numbers) for room, numbers in said.items()),
        strange=sum(answers[event] for event in answers.keys() - events),
        responses_lost=sum(message["lost"] for message in sent),
        seconds=round(max(times) - min(times), 1),
    )


def _lines(record: Path) -> Iterator[dict[str, Any]]:
    with record.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _room(message: dict[str, Any]) -> str:
    arguments = message["arguments"]
    return str(arguments.get("channel") or arguments.get("chat_id"))


def _number(message: dict[str, Any]) -> str:
    found = NUMBER.search(str(message["arguments"].get("text")))
    return found[0] if found and message["method"] in SAYS else ""


def _late(asked: Sequence[str], said: Sequence[str]) -> int:
    places = {number: place for place, number in enumerate(asked)}
    late, latest = 0, -1
    for number in said:
        place = places.get(number, latest)
        late += place < latest
        latest = max(latest, place)
    return late


if __name__ == "__main__":
    found = check(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps({**asdict(found), "per_second": found.per_second}))
