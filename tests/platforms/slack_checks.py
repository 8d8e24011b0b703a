"""What Slack's documentation asks of the arguments of its methods."""

import re
from typing import Any

from tests.platforms.serving import Breach

CHANNEL = re.compile(r"[CDG][A-Z0-9]{1,20}")
USER = re.compile(r"[UW][A-Z0-9]{1,20}")
TS = re.compile(r"\d{10}\.\d{6}")


def need(arguments: dict[str, Any], *names: str) -> None:
    for name in names:
        if arguments.get(name) in (None, "", []):
            raise Breach("invalid_arguments", f"{name} is missing")


def check_channel(channel: Any) -> None:
    if not (isinstance(channel, str) and CHANNEL.fullmatch(channel)):
        raise Breach("channel_not_found", f"{channel!r} is no id of a channel")


def check_ts(arguments: dict[str, Any], name: str) -> None:
    value = arguments.get(name)
    if value is not None and not (isinstance(value, str) and TS.fullmatch(value)):
        raise Breach("invalid_arguments", f"{name} {value!r} is no timestamp of a message")


def check_words(arguments: dict[str, Any]) -> None:
    """Check text, blocks, thread and metadata of a message."""
    text, blocks = arguments.get("text"), arguments.get("blocks") or []
    if not (isinstance(text, str) and text.strip()):
        raise Breach("no_text", "a message without text, which notifications and readers show")
    check_blocks(text, blocks)
    check_ts(arguments, "thread_ts")
    if arguments.get("metadata") is not None:
        _check_metadata(arguments["metadata"])


def check_blocks(text: str, blocks: Any) -> None:
    from tests.slack_limits import check_message

    _check_objects(blocks)
    try:
        check_message(text, blocks)
    except AssertionError as error:
        raise Breach("invalid_blocks", str(error)) from error


def _check_objects(blocks: Any) -> None:
    if not (isinstance(blocks, list) and all(isinstance(block, dict) for block in blocks)):
        raise Breach("invalid_blocks_format", "blocks is no list of objects")


def _check_metadata(metadata: Any) -> None:
    kind = metadata.get("event_type") if isinstance(metadata, dict) else None
    if not (isinstance(kind, str) and re.fullmatch(r"\w+", kind, re.ASCII)):
        raise Breach("invalid_metadata_format", "metadata without an alphanumeric event_type")
    if not isinstance(metadata.get("event_payload"), dict):
        raise Breach("invalid_metadata_format", "metadata without an event_payload object")


def check_view(view: Any) -> None:
    if not isinstance(view, dict) or view.get("type") not in {"modal", "home"}:
        raise Breach("invalid_arguments", "the view is neither a modal nor a home tab")
    if view["type"] == "modal" and "title" not in view:
        raise Breach("invalid_arguments", "a modal without a title")
    for name in ("title", "submit", "close"):
        if name in view:
            _check_label(name, view[name])
    for name, limit in {"private_metadata": 3000, "callback_id": 255, "external_id": 255}.items():
        if len(view.get(name) or "") > limit:
            raise Breach("invalid_arguments", f"{name} of a view over {limit} characters")
    _check_view_blocks(view)


def _check_label(name: str, label: Any) -> None:
    text = label.get("text") if isinstance(label, dict) else None
    if not isinstance(text, str) or label.get("type") != "plain_text":
        raise Breach("invalid_arguments", f"{name} of a view is no plain_text")
    if not 1 <= len(text) <= 24:
        raise Breach("invalid_arguments", f"{name} of a view is not of 1 to 24 characters")


def _check_view_blocks(view: dict[str, Any]) -> None:
    from tests.slack_limits import check_view_blocks

    _check_objects(view.get("blocks"))
    try:
        check_view_blocks(view["blocks"])
    except AssertionError as error:
        raise Breach("invalid_arguments", str(error)) from error
    if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        raise Breach("invalid_arguments", "a view with an input has no submit")
