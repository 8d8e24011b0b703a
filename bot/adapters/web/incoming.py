"""What the page posts: read, checked, redacted, and made into the neutral Request."""

import json
import re
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot import bodies
from bot.delivery import Author, Message
from bot.messages import Address, Reply
from bot.messages import Request as Turn
from bot.redaction import redact

BODY_LIMIT: Final = 64 * 1024  # bytes
_LONGEST_ACTION: Final = 256  # characters; the bot's own are far shorter
_UUID4: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


async def read(request: Request) -> dict[str, Any]:
    """Read what the page posted. Raises HTTPException 400 for another shape, 413 when too long."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(400, "not_json")
    body = await bodies.read(request, BODY_LIMIT)
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(400, "not_json") from None
    if not _is_a_turn(said):
        raise HTTPException(400, "not_a_turn")
    return dict(said)


def _is_a_turn(said: Any) -> bool:
    if not isinstance(said, dict) or not isinstance(said.get("text"), str):
        return False
    action, message = said.get("action", ""), said.get("message", "")
    if not isinstance(action, str) or not isinstance(message, str):
        return False
    short = len(action) <= _LONGEST_ACTION and len(message) <= _LONGEST_ACTION
    return short and bool(_UUID4.fullmatch(str(said.get("id"))))


def turn(said: dict[str, Any], address: Address, language: str) -> Turn:
    """Make the neutral Request; from here on nobody sees what was redacted."""
    clean = redact(_storable(said["text"]))
    return Turn(
        platform=address.platform,
        user=address.user,
        room=address.room,
        # With the visitor in it, nobody reads another's answers by repeating their id.
        event_id=f"{address.user}:{said['id']}",
        one_to_one=True,
        pulled=True,
        text=clean.text,
        masked=clean.masked,
        action=_storable(said["action"]) if said.get("action") else None,
        locale=language,
        message_id=_storable(said["message"]) if said.get("message") else None,
    )


def _storable(text: str) -> str:
    """Drop what no database keeps: lone surrogates and the null character."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")


def own_line(turn: Turn, answer: Message) -> Message:
    """Give the visitor's line as the history will: under the ref of its turn."""
    return Message(
        ref=answer.turn or answer.ref,
        at=answer.at,
        author=Author.CUSTOMER,
        language=answer.language,
        private=answer.private,
        reply=Reply(text=turn.text),
        turn=answer.turn,
    )
