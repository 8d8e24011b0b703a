"""Files asked for in the web chat, from the question to the link, as its page is told them."""

import pytest
from starlette.applications import Starlette

from bot import exporting
from bot.adapters.web.transport import routes
from bot.documents.cdr import Format
from tests.conftest import settings
from tests.exports.asking import work
from tests.platforms.running import SQLITE
from tests.test_web_transport import sign_in
from tests.web_visitor import Browser, turn
from tests.written_down import FILES, play


def line(spans):
    return "".join(span["text"] for span in spans)


def shown(message):
    """What the page draws of a message, in its order."""
    table, picture = message["table"], message["picture"]
    drawn = [line(message["title"] or [])]
    drawn += [line(each) for block in message["blocks"] for each in block["lines"]]
    drawn += [f"{fact['label']}: {fact['value']}" for fact in message["facts"]]
    if table:
        drawn += [" | ".join(column["label"] for column in table["columns"])]
        drawn += [" | ".join(row) for row in table["rows"]]
    drawn += [f"<{picture['filename']}> {picture['alt']}"] if picture else []
    drawn += [f"<{file['filename']}>" for file in message["files"]]
    drawn += [f"[{button['label']}]" for button in message["buttons"]]
    return "\n".join(filter(None, drawn))


@SQLITE
@pytest.mark.parametrize(
    ("language", "username"), [("en", "demo@maple.example"), ("fr", "demo@erable.example")]
)
def test_files_are_asked_for_and_come(bot, monkeypatch, language, username):
    monkeypatch.setattr(exporting, "AT_ONCE", dict.fromkeys(Format, 100))
    page = Browser(Starlette(routes=routes(bot.delivery, settings())))
    page.get("/")
    sign_in(bot, page, username)
    page.say(turn({"en": "hello", "fr": "bonjour"}[language]))

    def seen(said):
        known = {message["ref"] for message in page.history()}
        page.say(said)
        while work(bot):
            pass
        new = [message for message in page.history() if message["ref"] not in known]
        return "\n".join(shown(message) for message in new if message["from"] == "bot")

    def press(label):
        (*_, buttons) = [message["buttons"] for message in page.history() if message["buttons"]]
        action = next(button["action"] for button in buttons if button["label"] == label)
        return seen(turn("", action=action))

    play(FILES / f"web.{language}.txt", lambda text: seen(turn(text)), press)
