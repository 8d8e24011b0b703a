"""A stand-in for Slack: its Web API, its uploads and its Socket Mode."""

import json
from collections.abc import Mapping
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.platforms.faults import Fault
from tests.platforms.serving import Breach, LocalServer, Method, Refused, program
from tests.platforms.slack_checks import (
    USER,
    check_channel,
    check_ts,
    check_view,
    check_words,
    need,
)
from tests.platforms.slack_files import Files
from tests.platforms.slack_rooms import Rooms, Written, is_on, named
from tests.platforms.slack_socket import SocketMode

BOT_TOKEN = "xoxb-test"
APP_TOKEN = "xapp-test"
TEAM = "T0TEAM"
AUTHOR = {"user": "U0BOT", "bot_id": "B0BOT", "team": TEAM}
SCOPES = "app_mentions:read,channels:history,chat:write,commands,files:write,im:history,im:write"
# Whose values are JSON where the body is a form.
NESTED = {"attachments", "blocks", "files", "metadata", "view"}


class SlackServer(LocalServer):
    """`with SlackServer() as slack`, the bot with `{slack.url}/api/` as its base_url.

    Set before or while it runs: `users` and `channels` (what users.info and conversations.info
    say more of an id), `closed` (channel to error, e.g. "not_in_channel"), `scopes`. Beside the
    record: `rooms` (what is written where), `files`, `views` by id, `socket` (acks).
    """

    crashed = "internal_error"
    sends = frozenset(
        {"chat.postMessage", "chat.update", "chat.postEphemeral", "files.completeUploadExternal"}
    )

    def __init__(self, *, enterprise: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.enterprise = enterprise
        self.scopes = SCOPES
        self.users: dict[str, dict[str, Any]] = {}
        self.channels: dict[str, dict[str, Any]] = {}
        self.closed: dict[str, str] = {}
        self.views: dict[str, dict[str, Any]] = {}
        self.rooms = Rooms()
        self.files = Files(self.rooms, AUTHOR, self.breaches)
        self.socket = SocketMode(self.breaches)
        self.methods = self._methods()
        self._used: set[str] = set()
        self._numbers_given = count(1)

    def _methods(self) -> Mapping[str, Method]:
        return {
            "api.test": lambda arguments: {"args": arguments},
            "apps.connections.open": lambda _arguments: {"url": self.socket.url},
            "auth.test": lambda _arguments: self._who(),
            "chat.postEphemeral": self._whisper,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.history": self.rooms.history,
            "conversations.info": self._channel,
            "conversations.open": self._open,
            "conversations.replies": self.rooms.replies,
            "files.completeUploadExternal": self.files.complete,
            "files.getUploadURLExternal": lambda given: self.files.reserve(given, self.url),
            "files.info": self.files.info,
            "users.info": self._user,
            "views.open": self._open_view,
            "views.update": self._update_view,
        }

    def push(self, event: dict[str, Any]) -> str:
        """Send an envelope over Socket Mode; gives its envelope_id, made if it has none."""
        envelope = {
            "envelope_id": f"envelope-{next(self._numbers_given)}",
            "type": "events_api",
            "accepts_response_payload": False,
            **event,
        }
        if envelope["type"] == "events_api":
            envelope = {"retry_attempt": 0, "retry_reason": "", **envelope}
        self.socket.keep(envelope)
        self.soon(self.socket.deliver)
        return str(envelope["envelope_id"])

    async def opening(self) -> None:
        await self.socket.open()

    async def closing(self) -> None:
        await self.socket.close()

    def routes(self) -> list[Route]:
        return [
            Route("/api/{method}", self._call, methods=["GET", "POST"]),
            Route("/upload/v1/{file_id}", self._upload, methods=["POST"]),
        ]

    def refusal(self, error: str) -> Response:
        return JSONResponse({"ok": False, "error": error})

    def fault(self, fault: Fault) -> Response:
        if fault is Fault.TOO_MANY:
            headers = {"Retry-After": str(self.faults.retry_after)}
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)
        return PlainTextResponse("Service Unavailable", 503)

    def success(self, result: Any) -> Response:
        return JSONResponse({"ok": True, **result}, headers={"x-oauth-scopes": self.scopes})

    def name(self, result: Any) -> str:
        if "files" in result:
            return str(result["files"][0]["id"])
        return str(result.get("ts") or result["message_ts"])

    def unknown(self, method: str) -> Breach:
        return Breach("unknown_method", f"{method} is no method known here")

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        token = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        given = request.headers.get("authorization")
        if given != f"Bearer {token}" and method != "api.test":
            return self.refusal("invalid_auth" if given else "not_authed")
        try:
            arguments = await _arguments(request)
        except ValueError as error:
            self.breaches.append(f"{method}: {error}")
            return self.refusal("invalid_json")
        return await self.answer(request, method, arguments)

    async def _upload(self, request: Request) -> Response:
        return await self.files.upload(request)

    def _who(self) -> dict[str, Any]:
        return {
            "url": f"{self.url}/",
            "team": "Test",
            "user": "billing-bot",
            "team_id": TEAM,
            "user_id": AUTHOR["user"],
            "bot_id": AUTHOR["bot_id"],
            "is_enterprise_install": False,
            **({"enterprise_id": self.enterprise} if self.enterprise else {}),
        }

    def _post(self, arguments: dict[str, Any]) -> dict[str, Any]:
        need(arguments, "channel")
        channel = arguments["channel"]
        if USER.fullmatch(str(channel)):
            channel = _direct(channel)
        self._check_room(channel)
        check_words(arguments)
        kept = ("text", "blocks", "metadata", "thread_ts")
        words = {name: arguments[name] for name in kept if arguments.get(name)}
        message = self.rooms.write(channel, {**AUTHOR, **words})
        return {"channel": channel, "ts": message["ts"], "message": message}

    def _update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        need(arguments, "channel", "ts")
        self._check_room(arguments["channel"])
        check_ts(arguments, "ts")
        check_words(arguments)
        message = self.rooms.find(arguments["channel"], arguments["ts"])
        if message.get("bot_id") != AUTHOR["bot_id"]:
            raise Refused("cant_update_message")
        message.pop("blocks", None)  # text alone takes the blocks away
        message |= {"text": arguments["text"], "edited": {"ts": self.rooms.next_ts(), **AUTHOR}}
        if arguments.get("blocks"):
            message["blocks"] = named(arguments["blocks"])
        if arguments.get("metadata") is not None:
            message["metadata"] = arguments["metadata"]
        facts = {name: arguments[name] for name in ("channel", "ts", "text")}
        return {**facts, "message": message}

    def _whisper(self, arguments: dict[str, Any]) -> dict[str, Any]:
        need(arguments, "channel", "user")
        self._check_room(arguments["channel"])
        check_words(arguments)
        return {"message_ts": self.rooms.next_ts()}

    def _check_room(self, channel: Any) -> None:
        check_channel(channel)
        if channel in self.closed:
            raise Refused(self.closed[channel])

    def _open(self, arguments: dict[str, Any]) -> dict[str, Any]:
        need(arguments, "users")
        users = str(arguments["users"]).split(",")
        if len(users) > 8 or not all(USER.fullmatch(user) for user in users):
            raise Breach("user_not_found", f"users {arguments['users']!r}")
        several = "G" + "".join(user[1:] for user in users)[:20]
        return {"channel": {"id": _direct(users[0]) if len(users) == 1 else several}}

    def _channel(self, arguments: dict[str, Any]) -> dict[str, Any]:
        need(arguments, "channel")
        channel = arguments["channel"]
        self._check_room(channel)
        direct = channel.startswith("D")
        facts: Written = {"id": channel, "is_im": direct, "is_archived": False}
        if not direct:
            facts |= {"name": channel.lower(), "is_channel": True, "is_member": True}
        facts |= {"is_mpim": False, "is_private": channel[0] != "C", "is_ext_shared": False}
        return {"channel": {**facts, **self.channels.get(channel, {})}}

    def _user(self, arguments: dict[str, Any]) -> dict[str, Any]:
        need(arguments, "user")
        user = arguments["user"]
        if not USER.fullmatch(user):
            raise Breach("user_not_found", f"{user!r} is no id of a user")
        facts = {"id": user, "team_id": TEAM, "name": user.lower(), "is_bot": False}
        facts |= {"locale": "en-US", "tz": "America/Toronto", **self.users.get(user, {})}
        if not is_on(arguments.get("include_locale")):
            del facts["locale"]
        return {"user": facts}

    def _open_view(self, arguments: dict[str, Any]) -> dict[str, Any]:
        need(arguments, "trigger_id", "view")
        if arguments["trigger_id"] in self._used:
            raise Breach("exchanged_trigger_id", "a trigger_id was used twice")
        check_view(arguments["view"])
        self._used.add(arguments["trigger_id"])
        return self._show(f"V{next(self._numbers_given):07d}", arguments["view"])

    def _update_view(self, arguments: dict[str, Any]) -> dict[str, Any]:
        need(arguments, "view")
        check_view(arguments["view"])
        wanted = ("id", arguments.get("view_id")), ("external_id", arguments.get("external_id"))
        for view in self.views.values():
            if any(value and view.get(name) == value for name, value in wanted):
                return self._show(view["id"], arguments["view"])
        raise Refused("not_found")

    def _show(self, view_id: str, view: dict[str, Any]) -> dict[str, Any]:
        blocks = named(view["blocks"])
        facts = {"id": view_id, "hash": self.rooms.next_ts(), "state": {"values": {}}}
        self.views[view_id] = {**view, "blocks": blocks, "team_id": TEAM, **facts}
        return {"view": self.views[view_id]}


def _direct(user: str) -> str:
    return f"D{user[1:]}"


async def _arguments(request: Request) -> dict[str, Any]:
    """Read them out of query and body. Raises ValueError for JSON that is none."""
    arguments: dict[str, Any] = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        return arguments | dict(json.loads(await request.body() or b"{}"))
    async with request.form() as form:
        arguments |= {name: value for name, value in form.items() if isinstance(value, str)}
    return arguments | {name: json.loads(arguments[name]) for name in NESTED & arguments.keys()}


if __name__ == "__main__":
    program(SlackServer)
