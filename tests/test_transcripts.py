"""Plays every conversation under transcripts/ through the console adapter and the whole bot.

A transcript is `<topic>.<locale>.txt`. Its first line says who chats ("given: nobody" or a user
name of the sample data, of a customer or of the desk). Lines starting with "> " are theirs;
"> [Label]" presses the button of that label in the last reply, and T-###### stands for the ticket
that was named last, as P-###### does for the phrase. With UPDATE=1 the bot's side is written anew:
read the diff.
"""

import io
import re
from pathlib import Path

import pytest

from bot import desk
from bot.adapters.console.settings import ConsoleSettings
from bot.adapters.console.transport import Console
from bot.bootstrap import Bot, link_console
from tests.written_down import check, said_in

FOLDER = Path(__file__).parent / "transcripts"
DESK = "@desk.example"
MANY_PAPERS = {"invoice.en.txt", "invoice-choice.en.txt", "goes-on.en.txt"}  # the French ones do
FILES = sorted(FOLDER.rglob("*.txt"))
_BUTTON = re.compile(r"^  \[(?P<label>.+?)\] (?P<action>/\S.*)$", re.MULTILINE)
_NAMED = re.compile(r"\b[TP]-[0-9A-Z]{6}\b")


class Script(io.StringIO):
    """Standard input that says the next line once the bot has answered the one before."""

    def __init__(self, lines: list[str], out: io.StringIO) -> None:
        super().__init__()
        self._said = iter(lines)
        self._out = out
        self.played: list[str] = []
        self._answered = ""
        self._named: dict[str, str] = {}

    def isatty(self) -> bool:
        return False

    def readline(self, *_size: int) -> str:
        self._answered = self._out.getvalue()
        self._named |= {found[0][0]: found[0] for found in _NAMED.finditer(self._answered)}
        self._out.seek(0)
        self._out.truncate()
        if self._answered:
            self.played.append(self._answered)
        line = next(self._said, None)
        if line is None:
            return ""
        self.played.append(f"> {line}")
        return self._typed(line) + "\n"

    def _typed(self, line: str) -> str:
        if not line.startswith("["):
            return re.sub("([TP])-######", lambda found: self._named[found[1]], line)
        actions = {m["label"]: m["action"] for m in _BUTTON.finditer(self._answered)}
        return actions[line.strip("[]")]


def play(bot: Bot, path: Path) -> str:
    locale = path.suffixes[0][1:]
    given, *rest = path.read_text("utf-8").splitlines()
    who = given.removeprefix("given:").strip()
    said = said_in(rest)
    console = ConsoleSettings(user="transcript", conversation="transcript", language=locale)
    if who.endswith(DESK):
        member = desk.member(bot.database, username=who, sample_users=True)
        key = {"platform": "console", "workspace": "", "user": console.user}
        desk.link(bot.database, staff=member, linked=True, **key)
    elif who != "nobody":
        link_console(bot, user=console.user, username=who)
    out = io.StringIO()
    script = Script(said, out)
    Console(bot.delivery, console, script, out).run()
    return "\n".join([given, *script.played]).rstrip() + "\n"


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.slow if path.name in MANY_PAPERS else (), id=path.stem)
        for path in FILES
    ],
)
def test_a_conversation_goes_as_written_down(bot: Bot, path: Path) -> None:
    check(path, play(bot, path))
