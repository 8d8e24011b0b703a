"""Talk to the bot in a terminal, or drive it line by line with JSON."""

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO
from uuid import uuid4

from bot.adapters.console.renderer import render, to_json
from bot.adapters.console.settings import ConsoleSettings
from bot.delivery import Author, Delivery, Message, StoreDown
from bot.i18n import N_, Localizer
from bot.messages import Address, FileRef, Reply, Request
from bot.redaction import redact

POLL_SECONDS = 0.5
PROMPT = "> "


class Console:
    """One conversation over a pair of text streams."""

    def __init__(
        self, delivery: Delivery, settings: ConsoleSettings, lines: TextIO, out: TextIO
    ) -> None:
        self._delivery = delivery
        self._settings = settings
        self._lines = lines
        self._out = out
        self._loc = Localizer(settings.language or "en")
        self._shown: set[str] = set()
        self._told_of_files = settings.files is not None or settings.as_json
        self._turn = threading.Lock()
        self._address = Address(platform="console", room=settings.conversation, user=settings.user)

    def run(self) -> None:
        """Answer until the input ends; what staff write meanwhile appears by itself."""
        self._show_missed()
        done = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(done,), daemon=True)
        watcher.start()
        try:
            for line in self._read():
                with self._turn:
                    self._answer(line)
        finally:
            done.set()
            watcher.join()
        with self._turn:
            self._show_fresh()

    def _read(self) -> Iterator[str]:
        while True:
            if not self._settings.as_json and self._lines.isatty():
                self._write(PROMPT, end="")
            line = self._lines.readline()
            if not line or (not self._settings.as_json and line.strip() == "/quit"):
                return
            yield line.rstrip("\n")

    def _answer(self, line: str) -> None:
        try:
            text, action = self._parse(line)
        except (ValueError, RecursionError):
            self._say(None, Reply(text=self._loc.text(N_("I could not read that line."))))
            return
        try:
            messages = self._delivery.exchange(self._request(text, action))
        except StoreDown:
            self._say(None, Reply(text=self._loc.text(_NOT_SENT)))
            return
        if not messages:
            self._say(None, Reply(text=self._loc.text(_STILL_AT_WORK)))
        for message in messages:
            self._shown.add(message.ref)
            self._loc = Localizer(message.language)
            self._say(message, message.reply)

    def _parse(self, line: str) -> tuple[str, str | None]:
        """Read one line of input. Raises ValueError for JSON of another shape."""
        if not self._settings.as_json:
            return line, None
        said: Any = json.loads(line)
        if not isinstance(said, dict) or not ({"text", "action"} & said.keys()):
            raise ValueError
        text, action = said.get("text", ""), said.get("action")
        if not isinstance(text, str) or not isinstance(action, str | None):
            raise ValueError
        return text, action

    def _request(self, text: str, action: str | None) -> Request:
        address, clean = self._address, redact(text)
        return Request(
            platform=address.platform,
            user=address.user,
            room=address.room,
            event_id=uuid4().hex,
            one_to_one=True,
            pulled=True,
            text=clean.text,
            masked=clean.masked,
            action=action,
            locale=self._settings.language,
        )

    def _say(self, message: Message | None, reply: Reply) -> None:
        paths = self._save(reply)
        if self._settings.as_json:
            self._write(to_json(message, reply, paths, self._loc.language))
        else:
            self._write(render(reply, paths, language=self._loc.language) + "\n")
        self._tell_of_files(reply)

    def _save(self, reply: Reply) -> dict[str, str]:
        """Put the files of a reply where `--files` asked for them."""
        if self._settings.files is None:
            return {}
        refs = [*reply.files, *([reply.picture.file] if reply.picture else [])]
        return {file.ref: str(path) for file in refs if (path := self._save_one(file))}

    def _tell_of_files(self, reply: Reply) -> None:
        """Say once, under the first file that is put nowhere, how to get it."""
        if reply.files and not self._told_of_files:
            self._told_of_files = True
            self._write(self._loc.text(_NOT_SAVED) + "\n")

    def _save_one(self, file: FileRef) -> Path | None:
        assert self._settings.files is not None  # noqa: S101 - the caller looked
        download = self._delivery.download(self._address, file.ref)
        if download is None:
            return None
        self._settings.files.mkdir(parents=True, exist_ok=True)
        # A file name is ours, but it never leaves the folder whatever it says.
        path = self._settings.files / Path(file.filename).name
        with path.open("wb") as target:
            for chunk in download.chunks:
                target.write(chunk)
        return path

    def _watch(self, done: threading.Event) -> None:
        while not done.wait(POLL_SECONDS):
            with self._turn:
                self._show_fresh()

    def _show_missed(self) -> None:
        """Show what staff wrote since the last words of a conversation that is gone on with."""
        try:
            history = self._delivery.history(self._address)
        except StoreDown:
            return
        said = [at for at, message in enumerate(history) if message.author is Author.CUSTOMER]
        for message in history[said[-1] if said else 0 :]:
            if message.author is Author.STAFF:
                self._show(message)
        self._shown = {message.ref for message in history}

    def _show_fresh(self) -> None:
        for message in self._fresh():
            if message.ref not in self._shown:
                self._shown.add(message.ref)
                if self._is_news(message):
                    self._show(message)

    def _is_news(self, message: Message) -> bool:
        """Leave out newer states of a message that bring nothing: a line cannot be taken back."""
        if message.replaces is None:
            return True
        seen = message.replaces in self._shown
        self._shown.add(message.replaces)
        return not seen or bool(message.reply.files or message.reply.buttons)

    def _show(self, message: Message) -> None:
        """Show what came by itself: beside the answers, which go line by line with the input."""
        staff = message.author is Author.STAFF
        label = Localizer(message.language).text("Message from our team") if staff else ""
        paths = self._save(message.reply)
        text = f"\n{label}\n{render(message.reply, paths, language=message.language)}\n"
        print(text, file=sys.stderr if self._settings.as_json else self._out, flush=True)

    def _fresh(self) -> tuple[Message, ...]:
        try:
            return self._delivery.fresh([self._address]).get(self._address, ())
        except StoreDown:
            return ()

    def _write(self, text: str, end: str = "\n") -> None:
        self._out.write(text + end)
        self._out.flush()


_STILL_AT_WORK = N_(
    "I am still working on what you wrote before. The answer will appear here by itself."
)
_NOT_SAVED = N_(
    "This file is not saved here. To get files, start the chat with --files FOLDER; "
    "their paths are then shown."
)
_NOT_SENT = N_(
    "Sorry, I cannot reach our records right now, so your message was not sent. "
    "Please try again in a moment."
)
