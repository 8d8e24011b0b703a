"""The sign of typing in a chat whose answer takes longer than a moment."""

import asyncio
from dataclasses import dataclass, field

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.adapters.telegram.api import TelegramApi
from bot.waiting import cancelled

FIRST_SECONDS = 0.8  # an answer within it needs no sign
AGAIN_SECONDS = 4.5  # Telegram shows it for five
TIMES = 4


@dataclass
class Typing:
    api: TelegramApi
    _chats: dict[str, asyncio.TimerHandle] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def expect(
        self, room: str, thread: str, *, times: int = TIMES, wait: float = FIRST_SECONDS
    ) -> None:
        """Show it unless an answer goes out soon."""
        self.done(room)
        if times:
            loop = asyncio.get_running_loop()
            self._chats[room] = loop.call_later(wait, self._show, room, thread, times)

    def done(self, room: str) -> None:
        """Show it no more: an answer goes out."""
        waiting = self._chats.pop(room, None)
        if waiting is not None:
            waiting.cancel()

    async def close(self) -> None:
        """Show nothing any more, nowhere."""
        for room in list(self._chats):
            self.done(room)
        await cancelled(self._tasks)

    def _show(self, room: str, thread: str, times: int) -> None:
        task = asyncio.create_task(self.show(room, thread, ChatAction.TYPING))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.expect(room, thread, times=times - 1, wait=AGAIN_SECONDS)

    async def show(self, room: str, thread: str, action: str) -> None:
        """Show what the bot is doing; whatever goes wrong with it harms nobody."""
        try:
            await self.api.bot.send_chat_action(
                chat_id=int(room), action=action, message_thread_id=int(thread) if thread else None
            )
        except (TelegramError, TimeoutError, ValueError):
            return
