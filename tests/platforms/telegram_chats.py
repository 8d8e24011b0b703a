"""What the bot has written in Telegram's chats, and the files that went with it."""

import time
from collections import defaultdict
from itertools import count
from typing import Any

from tests.platforms.serving import Refused, Upload
from tests.platforms.telegram_checks import (
    bad,
    check_file,
    need,
    number,
    read_caption,
    read_keyboard,
    read_text,
)

Written = dict[str, Any]
SAME = (
    "400 Bad Request: message is not modified: specified new message content and reply markup "
    "are exactly the same as a current content and reply markup of the message"
)


class Chats:
    """`messages` by chat and message id; `files`: name and bytes by file_id.

    `known` says more of chats than their id tells; in those of `cannot_write` the bot may not be
    the first to write, and those of `blocked` have blocked it. `moved` are groups that became
    supergroups, by their old id; `closed` are threads that are gone.
    """

    def __init__(self, author: dict[str, Any]) -> None:
        self.messages: defaultdict[int, dict[int, Written]] = defaultdict(dict)
        self.files: dict[str, Upload] = {}
        self.known: dict[int, dict[str, Any]] = {}
        self.cannot_write: set[int] = set()
        self.blocked: set[int] = set()
        self.moved: dict[int, int] = {}
        self.closed: set[int] = set()
        self._author = author
        self._message_ids: defaultdict[int, count[int]] = defaultdict(lambda: count(1))

    def send_message(self, arguments: dict[str, Any]) -> Written:
        return self._write(arguments, read_text(arguments))

    def send_photo(self, arguments: dict[str, Any]) -> Written:
        file_id = self._file(arguments, "photo")
        shape = {"width": 800, "height": 600}
        photo = [{**self._facts(file_id), **shape}]
        return self._write(arguments, {"photo": photo, **read_caption(arguments)})

    def send_document(self, arguments: dict[str, Any]) -> Written:
        file_id = self._file(arguments, "document")
        file = self.files[file_id]
        names = {"file_name": file.filename, "mime_type": file.media_type}
        document = {**self._facts(file_id), **names}
        return self._write(arguments, {"document": document, **read_caption(arguments)})

    def edit_text(self, arguments: dict[str, Any]) -> Written:
        return self._edit(arguments, "text", read_text(arguments))

    def edit_caption(self, arguments: dict[str, Any]) -> Written:
        return self._edit(arguments, "caption", read_caption(arguments))

    def edit_keyboard(self, arguments: dict[str, Any]) -> Written:
        return self._edit(arguments, "", {})

    def get_file(self, arguments: dict[str, Any]) -> dict[str, Any]:
        need(arguments, "file_id")
        return {**self._facts(arguments["file_id"]), "file_path": f"files/{arguments['file_id']}"}

    def check_open(self, arguments: dict[str, Any]) -> int:
        """Give the chat's id. Raises Refused, 403, where the bot may not write."""
        need(arguments, "chat_id")
        chat_id = number(arguments, "chat_id")
        if chat_id in self.cannot_write:
            raise Refused("403 Forbidden: bot can't initiate conversation with a user")
        if chat_id in self.blocked:
            raise Refused("403 Forbidden: bot was blocked by the user")
        return chat_id

    def _write(self, arguments: dict[str, Any], content: dict[str, Any]) -> Written:
        chat_id = self.check_open(arguments)
        keyboard = read_keyboard(arguments)
        message_id = next(self._message_ids[chat_id])
        thread: dict[str, Any] = {}
        if arguments.get("message_thread_id"):
            if number(arguments, "message_thread_id") in self.closed:
                raise Refused("400 Bad Request: message thread not found")
            thread["message_thread_id"] = number(arguments, "message_thread_id")
            thread["is_topic_message"] = True
        self.messages[chat_id][message_id] = {
            "message_id": message_id,
            "from": self._author,
            "chat": self._chat(chat_id),
            "date": int(time.time()),
            **thread,
            **content,
            **keyboard,
        }
        return self.messages[chat_id][message_id]

    def _edit(self, arguments: dict[str, Any], part: str, content: dict[str, Any]) -> Written:
        chat_id = self.check_open(arguments)
        need(arguments, "message_id")
        before = self.messages[chat_id].get(number(arguments, "message_id"))
        if before is None:
            raise Refused("400 Bad Request: message to edit not found")
        if part and ("text" in before) != (part == "text"):
            raise Refused(f"400 Bad Request: there is no {part} in the message to edit")
        replaced = {"reply_markup", *((part, "entities", "caption_entities") if part else ())}
        after = {name: value for name, value in before.items() if name not in replaced}
        after |= {**content, **read_keyboard(arguments)}
        if after == before:
            raise Refused(SAME)
        after["edit_date"] = int(time.time())
        self.messages[chat_id][before["message_id"]] = after
        return after

    def _chat(self, chat_id: int) -> dict[str, Any]:
        if chat_id > 0:
            chat = {"id": chat_id, "type": "private", "first_name": "Customer"}
        else:
            kind = "supergroup" if str(chat_id).startswith("-100") else "group"
            chat = {"id": chat_id, "type": kind, "title": "Group"}
        return {**chat, **self.known.get(chat_id, {})}

    def _file(self, arguments: dict[str, Any], kind: str) -> str:
        """Give the file_id of what is sent: an upload, or one that was sent before."""
        given = arguments.get(kind)
        if isinstance(given, str) and given.startswith("attach://"):
            given = arguments.get(given.removeprefix("attach://"))
        if isinstance(given, Upload):
            check_file(given, kind)
            file_id = f"{kind}-{len(self.files) + 1}"
            self.files[file_id] = given
            return file_id
        if not given:
            raise bad(f"there is no {kind} in the request")
        self._facts(given)
        return str(given)

    def _facts(self, file_id: Any) -> dict[str, Any]:
        if file_id not in self.files:
            raise bad("wrong file identifier/HTTP URL specified", f"file_id {file_id!r}")
        file_size = len(self.files[file_id].content)
        return {"file_id": file_id, "file_unique_id": f"u-{file_id}", "file_size": file_size}
