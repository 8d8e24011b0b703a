"""Find out by reading back which parts of a message are out already."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from slack_sdk.errors import SlackApiError

from bot.adapters.slack.api import SlackApi, code_of

EVENT_TYPE: Final = "billing_bot_message"
_SKEW: Final = timedelta(minutes=5)  # between Slack's clock and ours
_PAGES: Final = 10
_PAGE: Final = 200  # messages
_BLIND: Final = frozenset(
    {
        *("missing_scope", "not_in_channel", "channel_not_found", "method_not_supported"),
        *("method_not_supported_for_channel_type", "unknown_method", "thread_not_found"),
        *("not_allowed_token_type", "access_denied", "no_permission"),
    }
)


class Blind(Exception):
    """The room cannot be read, so nobody knows whether the message is out."""


def mark(ref: str, part: int) -> dict[str, Any]:
    """Make the metadata by which a posted part is known again."""
    return {"event_type": EVENT_TYPE, "event_payload": {"ref": ref, "part": part}}


async def parts_out(
    api: SlackApi, *, channel: str, thread: str | None, ref: str, since: datetime
) -> dict[int, str]:
    """Give the ts of each part of a message that is out.

    Raises Blind when the room cannot be read, and as the client does.
    """
    found: dict[int, str] = {}
    async for message in _messages(api, channel, thread, since):
        part = _part(message, ref)
        if part is not None:
            found.setdefault(part, str(message.get("ts")))
    return found


async def is_shared(
    api: SlackApi, *, channel: str, thread: str | None, file: str, since: datetime
) -> bool:
    """Tell whether a file was shared in a room. Raises as `parts_out` does."""
    async for message in _messages(api, channel, thread, since):
        files = message.get("files") or []
        if any(isinstance(other, Mapping) and other.get("id") == file for other in files):
            return True
    return False


async def _messages(
    api: SlackApi, channel: str, thread: str | None, since: datetime
) -> AsyncIterator[Mapping[str, Any]]:
    oldest = f"{(since - _SKEW).timestamp():.6f}"
    asked: dict[str, Any] = {
        "channel": channel,
        "oldest": oldest,
        "limit": _PAGE,
        "include_all_metadata": True,
    }
    for _ in range(_PAGES):
        try:
            if thread:
                page = await api.client.conversations_replies(ts=thread, **asked)
            else:
                page = await api.client.conversations_history(**asked)
        except SlackApiError as error:
            if code_of(error) in _BLIND:
                raise Blind from None
            raise
        for message in page.get("messages") or []:
            if isinstance(message, Mapping):
                yield message
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
        asked["cursor"] = cursor
    raise Blind  # there is more than anybody wants to read: it may be further back


def _part(message: Mapping[str, Any], ref: str) -> int | None:
    """Know a part by its metadata, or by the id of its first block where Slack gives none."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    if payload.get("ref") == ref:
        return int(payload.get("part", 0))
    blocks = message.get("blocks") or [{}]
    named, _, number = str(blocks[0].get("block_id", "")).partition(".")
    return int(number) if named == ref and number.isdigit() else None
