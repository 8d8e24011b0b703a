"""Puts messages out on Slack, each part once."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import structlog
from slack_sdk.errors import SlackApiError

from bot.adapters.slack.api import SlackApi, code_of, receipt_of
from bot.adapters.slack.incoming import PLATFORM, SLASH_COMMAND
from bot.adapters.slack.lookback import Blind, is_shared, mark, parts_out
from bot.adapters.slack.renderer import Part, Post, Upload, instead, render
from bot.adapters.slack.uploads import NoFile, Uploads
from bot.delivery import Delivered, Files, Keep, Outgoing, Rate, Receipt
from bot.messages import DESK, PRIVATE_CHAT
from bot.spelled import with_commands

log = structlog.get_logger(__name__)

ROOM_RATE: Final = Rate(seconds=1.0, burst=4)  # Slack: one a second, short bursts are forgiven
_PREPARED: Final = "?"  # before the id of a file that is uploaded and perhaps shared
_GONE: Final = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"}
)
_UNKNOWN_BLOCKS: Final = frozenset({"invalid_blocks", "invalid_blocks_format"})
_NOT_OURS: Final = frozenset({"channel_not_found", "not_in_channel"})
_SHUT: Final = _NOT_OURS | {"is_archived"}
_DESK_SECONDS: Final = 60.0  # between tries to get into the desk's room


@dataclass
class SlackSender:
    """The Sender of Slack.

    A message that may be out is looked for in its room; where the bot cannot read, it is
    UNCERTAIN and never repeated.
    """

    api: SlackApi
    files: Files
    commands: Collection[str] = ()
    platform: str = PLATFORM
    writes_privately: bool = True
    looks_back: bool = True
    rate: Rate | None = None
    _uploads: Uploads = field(init=False)

    def __post_init__(self) -> None:
        self._uploads = Uploads(self.api, self.files)

    def pace(self, message: Outgoing) -> tuple[str, Rate]:
        """Name the channel, or whose direct message it is, and how fast it takes messages."""
        to = message.to
        return (to.user if message.aside else to.room), ROOM_RATE

    async def send(self, message: Outgoing, keep: Keep) -> Receipt:
        """Post the parts that are not out yet, in order."""
        out = list(message.parts)
        try:
            letter = await self._letter(message)
            for number, part in enumerate(letter.parts):
                if number >= ROOM_RATE.burst:
                    await asyncio.sleep(ROOM_RATE.seconds)
                await self._put(letter, number, part, out, keep)
                if len(letter.parts) > 1:
                    await keep(out)
        except Blind:
            return Receipt(state=Delivered.UNCERTAIN, parts=tuple(out))
        except Exception as error:  # noqa: BLE001 - receipt_of raises what it does not know
            receipt = _of_desk(error) if message.to.user == DESK else None
            return replace(receipt or receipt_of(error), parts=tuple(out))
        return Receipt(state=Delivered.SENT, message_id=out[0] if out else None, parts=tuple(out))

    async def _letter(self, message: Outgoing) -> "_Letter":
        """Find where a message goes, what it is made of, and what of it is out already."""
        buttons = tuple(b for b in message.reply.buttons if _is_for_slack(b.url))
        reply = replace(message.reply, buttons=buttons)
        reply = with_commands(reply, self.commands, lambda name: f"{SLASH_COMMAND} {name}")
        parts = render(reply, ref=message.ref, language=message.language)
        letter = _Letter(message=message, channel=message.to.room, parts=parts)
        if message.aside:
            letter.channel = await self.api.direct(message.to.user)
        else:
            letter.thread = message.to.thread or None
            if letter.thread is None and not message.one_to_one and message.parts:
                letter.thread = message.parts[0]  # it begins the thread
        if message.resumed:
            await self._look_back(letter)
        return letter

    async def _look_back(self, letter: "_Letter") -> None:
        """Find what of a message is out; of one that begins a thread, also in that thread."""
        message = letter.message
        asked: dict[str, Any] = {"ref": message.ref, "since": message.at}
        try:
            letter.found = await parts_out(
                self.api, channel=letter.channel, thread=letter.thread, **asked
            )
        except Blind:
            if not message.one_to_one:
                raise
            letter.channel, letter.thread = await self.api.direct(message.to.user), None
            letter.found = await parts_out(self.api, channel=letter.channel, thread=None, **asked)
        if letter.thread is None and not message.one_to_one and 0 in letter.found:
            letter.thread = letter.found[0]
            letter.found |= await parts_out(
                self.api, channel=letter.channel, thread=letter.thread, **asked
            )

    async def _put(
        self, letter: "_Letter", number: int, part: Part, out: list[str], keep: Keep
    ) -> None:
        done = out[number] if number < len(out) else letter.found.get(number)
        if done is not None and not done.startswith(_PREPARED):
            if number >= len(out):
                out.append(done)
            return
        if isinstance(part, Upload):
            await self._share(letter, number, part, out, keep)
        else:
            out.append(await self._post(letter, number, part))
            if not letter.message.one_to_one and letter.thread is None:
                letter.thread = out[0]  # what a room's thread begins with is one message

    async def _post(self, letter: "_Letter", number: int, post: Post) -> str:
        said: dict[str, Any] = {"text": post.text, "blocks": list(post.blocks)}
        try:
            return await self._say(letter, number, said)
        except SlackApiError as error:
            if code_of(error) in _UNKNOWN_BLOCKS:
                # Better plain than not at all.
                return await self._say(letter, number, {"text": post.text})
            if code_of(error) not in _NOT_OURS or not letter.message.one_to_one:
                raise
        # A slash command in a chat of two other people: the bot's own chat is elsewhere.
        letter.channel = await self.api.direct(letter.message.to.user)
        letter.thread = None
        return await self._say(letter, number, said)

    async def _say(self, letter: "_Letter", number: int, said: dict[str, Any]) -> str:
        if letter.message.replaces and number == 0:
            updated = await self._update(letter, said)
            if updated is not None:
                return updated
        posted = await self.api.client.chat_postMessage(
            channel=letter.channel,
            thread_ts=letter.thread,
            metadata=mark(letter.message.ref, number),
            mrkdwn=False,
            unfurl_links=False,
            unfurl_media=False,
            **said,
        )
        return str(posted["ts"])

    async def _update(self, letter: "_Letter", said: dict[str, Any]) -> str | None:
        """Update the message that was pressed; None when it is not there any more."""
        assert letter.message.replaces is not None  # noqa: S101 - the caller looked
        try:
            updated = await self.api.client.chat_update(
                channel=letter.channel, ts=letter.message.replaces, **said
            )
        except SlackApiError as error:
            if code_of(error) in _GONE:
                return None
            raise
        return str(updated.get("ts") or letter.message.replaces)

    async def _share(
        self, letter: "_Letter", number: int, upload: Upload, out: list[str], keep: Keep
    ) -> None:
        """Upload a file and share it; its id is kept in between, to be looked for later."""
        if number < len(out):
            file = out[number].removeprefix(_PREPARED)
            if letter.message.resumed and await is_shared(
                self.api,
                channel=letter.channel,
                thread=letter.thread,
                file=file,
                since=letter.message.at,
            ):
                out[number] = file
                return
        else:
            try:
                file = await self._uploads.prepare(letter.message.to, upload)
            except NoFile:
                log.warning("slack: a file is not there any more", message=letter.message.ref)
                gone = instead(letter.message.ref, number, letter.message.language)
                out.append(await self._post(letter, number, gone))
                return
            out.append(_PREPARED + file)
            await keep(out)
        await self._uploads.share(file, upload, channel=letter.channel, thread=letter.thread)
        out[number] = file


@dataclass(slots=True)
class _Letter:
    message: Outgoing
    channel: str
    parts: Sequence[Part]
    thread: str | None = None
    found: dict[int, str] = field(default_factory=dict)  # by reading back


def _of_desk(error: Exception) -> Receipt | None:
    """Wait for the bot to be let into the desk's room: no ticket may be missing there."""
    if not isinstance(error, SlackApiError) or code_of(error) not in _SHUT:
        return None
    log.error("slack: the bot is not in the desk's channel: invite it", error=code_of(error))
    return Receipt(state=Delivered.RETRY, retry_after=_DESK_SECONDS)


def _is_for_slack(url: str | None) -> bool:
    """Leave out the way to the private chat: there it shows by itself."""
    return url is None or not url.startswith(PRIVATE_CHAT)
