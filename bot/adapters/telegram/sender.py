"""Puts messages out on Telegram, part by part."""

import asyncio
import html
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated

from bot.adapters.telegram.api import TelegramApi, receipt_of
from bot.adapters.telegram.copies import Copies, is_unknown, name_of
from bot.adapters.telegram.incoming import PLATFORM, slash_name
from bot.adapters.telegram.renderer import (
    Document,
    Key,
    Keyboard,
    Part,
    Photo,
    Words,
    instead,
    render,
)
from bot.adapters.telegram.typing import Typing
from bot.delivery import Delivered, Files, Keep, Outgoing, Rate, Receipt
from bot.messages import PRIVATE_CHAT, Button
from bot.spelled import with_commands

log = structlog.get_logger(__name__)

CHAT_RATE: Final = Rate(seconds=1.0, burst=3)  # one a second, short bursts are forgiven
GROUP_RATE: Final = Rate(seconds=3.5, burst=3)  # 20 a minute, the burst included
BURST: Final = 5  # of all messages together
PAYLOAD: Final = "private"  # of the link that opens the bot's own chat
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)  # it would fetch one-time links
_SAME: Final = "message is not modified"
_UNREADABLE: Final = "can't parse entities"
_NO_THREAD: Final = "message thread not found"
_TAG: Final = re.compile(r"<[^<>]+>")


@dataclass
class TelegramSender:
    """The Sender of Telegram.

    A bot cannot read back what it wrote, so a message that may be out is sent again: twice is
    better than never.
    """

    api: TelegramApi
    files: Files
    typing: Typing
    rate: Rate | None
    commands: Collection[str] = ()
    platform: str = PLATFORM
    writes_privately: bool = True
    looks_back: bool = False

    def pace(self, message: Outgoing) -> tuple[str, Rate]:
        """Name the chat and how fast it takes messages; groups have negative ids."""
        chat = message.to.user if message.aside else message.to.room
        return chat, GROUP_RATE if chat.startswith("-") else CHAT_RATE

    async def send(self, message: Outgoing, keep: Keep) -> Receipt:
        """Send the parts that are not out yet, in order."""
        out = list(message.parts)
        try:
            letter = await self._letter(message)
            self.typing.done(message.to.room)
            for number, part in enumerate(letter.parts):
                if number >= len(out):
                    if number >= CHAT_RATE.burst:
                        await asyncio.sleep(CHAT_RATE.seconds)
                    out.append(await self._put(letter, number, part))
                    if len(letter.parts) > 1:
                        await keep(out)
        except Exception as error:  # noqa: BLE001 - receipt_of raises what it does not know
            return replace(receipt_of(error, to_a_stranger=message.aside), parts=tuple(out))
        return Receipt(state=Delivered.SENT, message_id=out[-1] if out else None, parts=tuple(out))

    async def _letter(self, message: Outgoing) -> "_Letter":
        to = message.to
        buttons = [await self._resolved(button) for button in message.reply.buttons]
        reply = replace(message.reply, buttons=tuple(b for b in buttons if b is not None))
        reply = with_commands(reply, self.commands, lambda name: f"/{slash_name(name)}")
        return _Letter(
            message=message,
            chat=int(to.user if message.aside else to.room),
            thread=int(to.thread) if to.thread and not message.aside else None,
            parts=render(reply, ref=message.ref, language=message.language),
        )

    async def _resolved(self, button: Button) -> Button | None:
        """Put the bot's own address into the way to its private chat."""
        if not (button.url or "").startswith(PRIVATE_CHAT):
            return button
        me = await self.api.me()
        if me.username is None:
            return None
        return replace(button, url=f"https://t.me/{me.username}?start={PAYLOAD}")

    async def _put(self, letter: "_Letter", number: int, part: Part) -> str:
        try:
            return await self._try(letter, number, part)
        except ChatMigrated as moved:
            letter.chat = moved.new_chat_id
        except BadRequest as error:
            if _NO_THREAD not in str(error).lower() or letter.thread is None:
                raise
            letter.thread = None
        return await self._try(letter, number, part)

    async def _try(self, letter: "_Letter", number: int, part: Part) -> str:
        if isinstance(part, Words):
            return await self._words(letter, number, part)
        return await self._kept(letter, number, part)

    async def _kept(self, letter: "_Letter", number: int, part: Photo | Document) -> str:
        """Send a kept file by Telegram's own copy if there is one, else by its bytes."""
        to, ref = letter.message.to, part.file.ref
        copies = Copies(self.files, to, ref, owner=str((await self.api.me()).id))
        name = await copies.find()
        if name is not None:
            try:
                return str((await self._file(letter, number, part, name)).message_id)
            except BadRequest as error:
                if not is_unknown(error):
                    raise
            await copies.note(None)
        download = await asyncio.to_thread(self.files.download, to, ref)
        if download is None:
            log.warning("telegram: a file is not there any more", message=letter.message.ref)
            return await self._words(letter, number, instead(part, letter.message.language))
        # The library passes it on unread; `bot.adapters.telegram.http` knows how to send it.
        upload: Any = InputFile(download, filename=part.file.filename, read_file_handle=False)  # type: ignore[arg-type]
        sent = await self._file(letter, number, part, upload)
        await copies.note(name_of(sent))
        return str(sent.message_id)

    async def _words(self, letter: "_Letter", number: int, part: Words) -> str:
        said: dict[str, Any] = {
            "text": part.html,
            "parse_mode": ParseMode.HTML,
            "reply_markup": _markup(part.keyboard),
            "link_preview_options": _NO_PREVIEW,
        }
        try:
            return await self._say(letter, number, said)
        except BadRequest as error:
            if _UNREADABLE not in str(error).lower():
                raise
        # Better plain than not at all.
        plain = {"text": html.unescape(_TAG.sub("", part.html)), "parse_mode": None}
        return await self._say(letter, number, said | plain)

    async def _say(self, letter: "_Letter", number: int, said: dict[str, Any]) -> str:
        if letter.message.replaces and number == 0 and await self._edit(letter, said):
            return letter.message.replaces
        sent = await self.api.bot.send_message(**letter.place(number), **said)
        return str(sent.message_id)

    async def _edit(self, letter: "_Letter", said: dict[str, Any]) -> bool:
        """Change the message that was pressed; False when it cannot be changed."""
        try:
            await self.api.bot.edit_message_text(
                chat_id=letter.chat, message_id=int(letter.message.replaces or 0), **said
            )
        except BadRequest as error:
            return _SAME in str(error).lower()
        return True

    async def _file(
        self, letter: "_Letter", number: int, part: Photo | Document, file: str | InputFile
    ) -> Message:
        described: dict[str, Any] = {
            **letter.place(number),
            "caption": part.caption or None,
            "parse_mode": ParseMode.HTML,
            "reply_markup": _markup(part.keyboard),
        }
        is_photo = isinstance(part, Photo)
        action = ChatAction.UPLOAD_PHOTO if is_photo else ChatAction.UPLOAD_DOCUMENT
        thread = str(letter.thread) if letter.thread else ""
        await self.typing.show(str(letter.chat), thread, action)
        if is_photo:
            return await self.api.bot.send_photo(photo=file, **described)
        return await self.api.bot.send_document(document=file, **described)


@dataclass(slots=True)
class _Letter:
    message: Outgoing
    chat: int
    thread: int | None
    parts: tuple[Part, ...]

    def place(self, number: int) -> dict[str, Any]:
        """Say where a part goes; in a room the first one answers the person's own message."""
        answers = self.message.answers if number == 0 and not self.message.private else None
        return {
            "chat_id": self.chat,
            "message_thread_id": self.thread,
            "reply_parameters": answers
            and ReplyParameters(message_id=int(answers), allow_sending_without_reply=True),
        }


def _markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    if not keyboard:
        return None
    return InlineKeyboardMarkup([[_button(key) for key in row] for row in keyboard])


def _button(key: Key) -> InlineKeyboardButton:
    return InlineKeyboardButton(key.label, callback_data=key.data, url=key.url)
