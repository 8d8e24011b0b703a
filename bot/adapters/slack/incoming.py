"""What Slack sends -> the neutral Request, redacted. Pure, and nothing a payload says can raise."""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

from bot.adapters.slack import modals
from bot.messages import LONGEST_ID, Request, storable
from bot.redaction import Redacted, redact, redact_filename

PLATFORM: Final = "slack"
SLASH_COMMAND: Final = "/billing"

_LONGEST_VALUE: Final = 2_000  # characters of a button's value, as Slack limits them
_SAID: Final = (None, "file_share", "thread_broadcast")  # subtypes of what a person writes


def of_event(body: Mapping[str, Any], *, bot_user: str | None) -> Request | None:
    """Read an Events API callback: a direct message, or a mention in a room.

    `bot_user` is the bot's own user id. None means that there is nothing to answer: the bot's
    own words or another bot's, an edit, a deletion, talk of a room that does not name the bot.
    """
    event = _at(body, "event")
    if not _is_for_us(event, bot_user):
        return None
    home, sent = _home_of_event(body), _id(event, "ts")
    one_to_one = _is_direct(event) and not _is_shared(body) and not home.stranger
    said = _kept(plain_text(_text(event, "text"), bot_user=bot_user))
    return _request(
        workspace=home.workspace,
        user=_id(event, "user"),
        room=_id(event, "channel"),
        # In a room the answer opens a thread under the question.
        thread=_id(event, "thread_ts") or ("" if one_to_one else sent),
        event_id=_id(body, "event_id"),
        one_to_one=one_to_one,
        stranger=home.stranger,
        text=said.text,
        masked=said.masked,
        attachments=_attachments(_at(event, "files")),
        message_id=sent,
    )


def of_command(body: Mapping[str, Any], *, commands: Collection[str]) -> Request:
    """Read the form fields of a slash command; `commands` are the names that may come first.

    A direct message between two people looks the same as the bot's own, and the bot cannot write
    there: whoever answers a one-to-one command opens the bot's own direct message first.
    Raises ValueError when the fields do not say who asks, and where.
    """
    room, trigger = _id(body, "channel_id"), _id(body, "trigger_id")
    one_to_one = _is_direct_room(room)  # what a channel calls itself says nothing
    typed = _kept(plain_text(_text(body, "text"), bot_user=None))
    request = _request(
        # Only the workspace that installed a command can use it: nobody here is a stranger.
        workspace=_id(body, "enterprise_id") or _id(body, "team_id"),
        user=_id(body, "user_id"),
        room=room,
        event_id=trigger and f"command:{trigger}",
        one_to_one=one_to_one,
        aside=not one_to_one,
        text=_as_command(typed.text, commands),
        masked=typed.masked,
        display_name=_text(body, "user_name"),
    )
    if request is None:
        raise ValueError("a slash command that does not say who asks, and where")
    return request


def of_action(body: Mapping[str, Any]) -> Request | None:
    """Read a pressed button or a choice of a menu; None when it says nothing to the bot."""
    action, container = _at(body, "actions", 0), _at(body, "container")
    value = _text(action, "value") or _text(action, "selected_option", "value")
    if not 0 < len(value) <= _LONGEST_VALUE:
        return None
    home, pressed = _home_of_action(body), _id(container, "message_ts")
    room = _id(container, "channel_id") or _id(body, "channel", "id")
    one_to_one = _is_direct_room(room) and not home.stranger
    aside = _at(container, "is_ephemeral") is True
    trigger = _id(body, "trigger_id") or _id(action, "action_ts")
    thread = _id(body, "message", "thread_ts") or _id(container, "thread_ts")
    return _request(
        workspace=home.workspace,
        user=_id(body, "user", "id"),
        room=room,
        # No thread can hang on a message that only one person sees.
        thread=thread or ("" if one_to_one or aside else pressed),
        event_id=trigger and f"action:{trigger}",
        one_to_one=one_to_one,
        aside=aside,
        stranger=home.stranger,
        action=value,
        display_name=_text(body, "user", "name"),
        message_id=pressed,
    )


def of_view(body: Mapping[str, Any]) -> Request | None:
    """Read what a form of staff sent. None when it is none of ours."""
    view = _at(body, "view")
    sent = modals.sent(view)
    if sent is None:
        return None
    home, form = _home_of_action(body), _id(view, "id")
    return _request(
        workspace=home.workspace,
        user=_id(body, "user", "id"),
        room=sent.room,
        thread=sent.thread,
        # A form is sent once; its id is Slack's own.
        event_id=form and f"view:{form}",
        one_to_one=False,
        aside=True,
        stranger=home.stranger,
        action=sent.action,
        text=_kept(sent.words).text,
        display_name=_text(body, "user", "name"),
    )


def plain_text(text: str, *, bot_user: str | None) -> str:
    """Turn Slack's markup into what the person typed; the mention of the bot itself is dropped.

    Custom emoji and `*bold*` stay as typed.
    """
    if bot_user:
        text = re.sub(rf"<@{re.escape(bot_user)}(?:\|[^<>]*)?>[,:]?[ \t]*", "", text)
    words = _MARKUP.sub(_words, text)
    # Last, so that what a person typed with the escaped characters is not read as markup.
    return _ESCAPED.sub(lambda found: _CHARACTERS[found[1]], words).strip()


_MARKUP: Final = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_ESCAPED: Final = re.compile(r"&(lt|gt|amp);")
_CHARACTERS: Final = {"lt": "<", "gt": ">", "amp": "&"}
_BARE: Final = re.compile(r"\A(?:mailto:|tel:|[a-z][a-z0-9+.-]*://)|/\Z", re.IGNORECASE)


def _words(found: re.Match[str]) -> str:
    """Give the plain words of one `<...>`: a mention, a room, a group, a date or a link."""
    target, label = found[1], found[2] or ""
    kind, name = target[0], target[1:]
    if kind in "@#":
        return kind + (label.removeprefix(kind) or name)
    if kind == "!":
        return _special(name, label)
    address = re.sub(r"\A(?:mailto|tel):", "", target)
    if not label or target.startswith("tel:") or _BARE.sub("", label) == _BARE.sub("", target):
        return label or address
    return f"{label} ({address})"


def _special(name: str, label: str) -> str:
    """Read `<!here>`, `<!subteam^S1|@team>` and `<!date^1792800000^{date}|1 November>`."""
    command, _, argument = name.partition("^")
    if command == "date":
        return label or argument
    return "@" + (label.removeprefix("@") or argument or command)


def _as_command(text: str, commands: Collection[str]) -> str:
    """Put a slash before a command that was named; nothing at all asks for help."""
    first, *rest = text.split(maxsplit=1) or ["help"]
    name = first.removeprefix("/").lower().replace("_", "-")
    return " ".join([f"/{name}", *rest]) if name in commands else text or "/help"


def _is_for_us(event: Any, bot_user: str | None) -> bool:
    # Slack sends a mention anew, with another event id, when its message is edited.
    if any(_at(event, mark) for mark in ("bot_id", "hidden", "edited")):
        return False
    if _at(event, "subtype") not in _SAID or _id(event, "user") == bot_user:
        return False
    # What mentions the bot in a room also comes as a message there.
    return _text(event, "type") == ("message" if _is_direct(event) else "app_mention")


def _is_direct(event: Any) -> bool:
    return _at(event, "channel_type") == "im" or _is_direct_room(_id(event, "channel"))


def _is_direct_room(room: str) -> bool:
    return room.startswith("D")


def _is_shared(body: Any) -> bool:
    """Tell a room shared with another organization; what is no plain "no" counts as a yes."""
    return _at(body, "is_ext_shared_channel") not in (None, False)


class _Home(NamedTuple):
    workspace: str  # the enterprise if they are of ours, else the user's team
    stranger: bool


def _home_of_event(body: Any) -> _Home:
    """Tell whose user writes; the authorization and the context are the bot's own side."""
    event, shared = _at(body, "event"), _is_shared(body)
    granted = _at(body, "authorizations", 0)
    place, place_enterprise = _id(body, "team_id"), _id(body, "enterprise_id")
    team = _id(granted, "team_id") or _id(body, "context_team_id") or place
    enterprise = _id(granted, "enterprise_id") or _id(body, "context_enterprise_id")
    if not shared:
        enterprise = enterprise or place_enterprise
    # Slack names no team in messages with files.
    theirs = _id(event, "user_team") or _id(event, "team")
    if not theirs:
        return _Home(place if shared else enterprise or place, stranger=shared)
    same_enterprise = not shared or (theirs, enterprise) == (place, place_enterprise)
    ours = theirs in {team, enterprise} or (bool(enterprise) and same_enterprise)
    return _Home((ours and enterprise) or theirs, stranger=not ours)


def _home_of_action(body: Any) -> _Home:
    """Tell whose user pressed; Slack gives the enterprise as the team of some users of one."""
    team = _id(body, "team", "id")
    enterprise = _id(body, "enterprise", "id") or _id(body, "team", "enterprise_id")
    theirs = _id(body, "user", "team_id") or team
    # No team is named where the whole enterprise installed the bot.
    ours = theirs in {team, enterprise} or (bool(enterprise) and not team)
    return _Home((ours and enterprise) or theirs, stranger=not ours)


def _attachments(files: Any) -> tuple[str, ...]:
    found = files if isinstance(files, list) else []
    names = (_text(file, "name") or _text(file, "title") or "file" for file in found)
    return tuple(redact_filename(storable(name)).text for name in names)


def _kept(text: str) -> Redacted:
    # What is not stored goes first: it must not hide a card number from the eyes of redaction.
    return redact(storable(text))


_NEEDED: Final = ("workspace", "user", "room", "event_id", "message_id")


def _request(**parts: Any) -> Request | None:
    if not all(parts.get(name, True) for name in _NEEDED):
        return None
    try:
        return Request(platform=PLATFORM, **parts)
    except ValueError:
        return None


def _at(data: Any, *path: str | int) -> Any:
    """Follow keys and indexes into foreign JSON; None where there is nothing."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _text(data: Any, *path: str | int) -> str:
    found = _at(data, *path)
    return found if isinstance(found, str) else ""


def _id(data: Any, *path: str | int) -> str:
    found = storable(_text(data, *path))
    return found if len(found) <= LONGEST_ID else ""
