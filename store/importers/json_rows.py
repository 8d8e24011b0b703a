"""Objects out of a JSON array, `{"result": [...]}` or JSON lines, however long, one at a time.

An object becomes named cells: {"from": {"id": "x"}} is the cell "from.id".
"""

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

_BLOCK = 1 << 20  # characters
_LONGEST = 4 << 20  # characters of one object
_BETWEEN = re.compile(r"[\s,]*")
_OPENING = re.compile(r'\s*(?:\{\s*"(?:result|results|data|cdrs)"\s*:\s*)?\[\s*')
_decode = json.JSONDecoder().raw_decode

Found = tuple[int, list[str], str]  # number, cells as "name=value", trouble


def rows(text: TextIO) -> Iterator[Found]:
    """Number the objects from 1. What cannot be read ends the file, with its trouble said."""
    for number, (value, trouble) in enumerate(_values(text), 1):
        if trouble:
            yield number, [str(value)], trouble
        elif isinstance(value, dict):
            yield number, [f"{name}={cell}" for name, cell in named(value).items()], ""
        else:
            yield number, [str(value)[:1000]], "this is no call: an object is expected"


def named(value: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Flatten an object to named cells."""
    found: dict[str, str] = {}
    for name, one in value.items():
        if isinstance(one, dict):
            found |= named(one, f"{prefix}{name}.")
        else:
            found[prefix + name] = _cell(one)
    return found


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _values(text: TextIO) -> Iterator[tuple[Any, str]]:
    buffer = text.read(_BLOCK)
    opening = _OPENING.match(buffer)
    at = opening.end() if opening else 0
    while True:
        at = _end_of(_BETWEEN, buffer, at)
        if at == len(buffer):
            buffer, at = text.read(_BLOCK), 0
            if not buffer:
                return
            continue
        if opening and buffer[at] == "]":
            return
        try:
            value, at = _decode(buffer, at)
        except (ValueError, RecursionError):
            more = text.read(_BLOCK)
            if not more or len(buffer) - at > _LONGEST:
                yield buffer[at : at + 200], "this is no JSON, or it is cut off; no more was read"
                return
            buffer, at = buffer[at:] + more, 0
        else:
            yield value, ""


def _end_of(pattern: re.Pattern[str], buffer: str, at: int) -> int:
    match = pattern.match(buffer, at)
    return match.end() if match else at
