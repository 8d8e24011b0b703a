"""A stand-in for Telegram's Bot API."""

import json
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.platforms.faults import Fault
from tests.platforms.serving import Breach, LocalServer, Upload, program
from tests.platforms.telegram_chats import Chats
from tests.platforms.telegram_checks import (
    ACTIONS,
    ANSWER_LIMIT,
    bad,
    check_commands,
    check_language,
    check_length,
    need,
)
from tests.platforms.telegram_updates import Updates

TOKEN = "123456:TEST"
ME = {"id": 123456, "is_bot": True, "first_name": "Billing bot", "username": "billing_test_bot"}
ABILITIES = {
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
# Whose values are JSON where the body is a form.
NESTED = set(
    "allowed_updates caption_entities commands entities link_preview_options reply_markup "
    "reply_parameters scope".split()
)


class TelegramServer(LocalServer):
    """`with TelegramServer() as telegram`, the bot with `{telegram.url}/bot` as its base_url.

    Set before or while it runs: `cannot_write`, `blocked` (ids of chats), what `chats` names.
    Beside the record: `chats` (messages, files), `updates` (waiting, webhook), `commands` by
    scope and language, `descriptions` by method and language, `pressed` (answered callback
    queries by id).
    """

    crashed = "500 Internal Server Error"
    sends = frozenset(
        {
            "sendMessage",
            "sendPhoto",
            "sendDocument",
            "editMessageText",
            "editMessageCaption",
            "editMessageReplyMarkup",
        }
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.chats = Chats(ME)
        self.cannot_write = self.chats.cannot_write
        self.blocked = self.chats.blocked
        self.updates = Updates()
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.descriptions: dict[tuple[str, str], str] = {}
        self.pressed: dict[str, dict[str, Any]] = {}
        self.methods = {
            "answerCallbackQuery": self._answer_press,
            "deleteWebhook": self.updates.delete_webhook,
            "editMessageCaption": self.chats.edit_caption,
            "editMessageReplyMarkup": self.chats.edit_keyboard,
            "editMessageText": self.chats.edit_text,
            "getFile": self.chats.get_file,
            "getMe": lambda _arguments: {**ME, **ABILITIES},
            "getMyCommands": self._get_commands,
            "getUpdates": self.updates.get,
            "getWebhookInfo": self.updates.webhook_info,
            "sendChatAction": self._act,
            "sendDocument": self.chats.send_document,
            "sendMessage": self.chats.send_message,
            "sendPhoto": self.chats.send_photo,
            "setMyCommands": self._set_commands,
            "setMyDescription": lambda given: self._describe(given, "description", 512),
            "setMyShortDescription": lambda given: self._describe(given, "short_description", 120),
            "setWebhook": self.updates.set_webhook,
        }

    def push(self, event: dict[str, Any]) -> int:
        """Have getUpdates hand an update out; gives its update_id, made if it has none."""
        update_id = self.updates.keep(event)
        self.soon(self.updates.announce)
        return update_id

    async def opening(self) -> None:
        """Need nothing."""

    async def closing(self) -> None:
        await self.updates.close()

    def routes(self) -> list[Route]:
        return [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/files/{file_id}", self._download, methods=["GET"]),
        ]

    def refusal(self, error: str) -> Response:
        code = int(error[:3])
        return JSONResponse({"ok": False, "error_code": code, "description": error[4:]}, code)

    def fault(self, fault: Fault) -> Response:
        if fault is Fault.UNAVAILABLE:
            return self.refusal("503 Service Unavailable")
        seconds = self.faults.retry_after
        body = {
            "ok": False,
            "error_code": 429,
            "description": f"Too Many Requests: retry after {seconds}",
            "parameters": {"retry_after": seconds},
        }
        return JSONResponse(body, 429)

    def success(self, result: Any) -> Response:
        return JSONResponse({"ok": True, "result": result})

    def name(self, result: Any) -> str:
        return f"{result['message_id']}"

    def unknown(self, method: str) -> Breach:
        return Breach("404 Not Found", f"{method} is no method known here")

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        if request.path_params["token"] != TOKEN:
            return self.refusal("401 Unauthorized")
        try:
            arguments = await _arguments(request)
        except ValueError as error:
            self.breaches.append(f"{method}: {error}")
            return self.refusal("400 Bad Request: can't parse JSON object")
        if moved := self.chats.moved.get(int(arguments.get("chat_id") or 0)):
            return _upgraded(moved)
        return await self.answer(request, method, arguments)

    async def _download(self, request: Request) -> Response:
        file = self.chats.files.get(request.path_params["file_id"])
        if request.path_params["token"] != TOKEN or not file:
            return self.refusal("404 Not Found")
        return Response(file.content, media_type=file.media_type)

    def _act(self, arguments: dict[str, Any]) -> bool:
        self.chats.check_open(arguments)
        if arguments.get("action") not in ACTIONS:
            raise bad("wrong parameter action in request", f"action {arguments.get('action')!r}")
        return True

    def _answer_press(self, arguments: dict[str, Any]) -> bool:
        need(arguments, "callback_query_id")
        check_length(arguments.get("text") or "", ANSWER_LIMIT, "text")
        self.pressed[arguments["callback_query_id"]] = arguments
        return True

    def _set_commands(self, arguments: dict[str, Any]) -> bool:
        check_commands(arguments.get("commands"))
        key = (_scope(arguments), check_language(arguments))
        self.commands[key] = arguments["commands"]
        return True

    def _get_commands(self, arguments: dict[str, Any]) -> list[dict[str, str]]:
        return self.commands.get((_scope(arguments), check_language(arguments)), [])

    def _describe(self, arguments: dict[str, Any], name: str, limit: int) -> bool:
        text = arguments.get(name) or ""
        check_length(text, limit, name)
        self.descriptions[name, check_language(arguments)] = text
        return True


def _upgraded(new_id: int) -> Response:
    """Say that a group became a supergroup, and which."""
    body = {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new_id},
    }
    return JSONResponse(body, 400)


def _scope(arguments: dict[str, Any]) -> str:
    """Name a scope: "default", "all_private_chats", or "chat:42"."""
    scope = arguments.get("scope") or {"type": "default"}
    return ":".join(str(part) for part in scope.values())


async def _arguments(request: Request) -> dict[str, Any]:
    """Read them out of query and body. Raises ValueError for JSON that is none."""
    arguments: dict[str, Any] = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        return arguments | dict(json.loads(await request.body() or b"{}"))
    async with request.form() as form:
        for name, value in form.items():
            arguments[name] = await _file(value) if isinstance(value, UploadFile) else value
    nested = {name for name in NESTED & arguments.keys() if isinstance(arguments[name], str)}
    return arguments | {name: json.loads(arguments[name]) for name in nested}


async def _file(part: UploadFile) -> Upload:
    kind = part.content_type or "application/octet-stream"
    return Upload(part.filename or "", kind, await part.read())


if __name__ == "__main__":
    program(TelegramServer)
