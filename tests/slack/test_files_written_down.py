"""Files asked for on Slack, from the question to the upload, as people see it."""

from bot import exporting
from bot.documents.cdr import Format
from bot.jobs import telling
from tests.platforms.running import SQLITE
from tests.slack.people import Person
from tests.slack.running import labels, words
from tests.written_down import FILES, IN_FRENCH_FIRST, play


@SQLITE
@IN_FRENCH_FIRST
def test_files_are_asked_for_and_come(slack, bot, monkeypatch, language, username):
    monkeypatch.setattr(exporting, "AT_ONCE", dict.fromkeys(Format, 100))
    monkeypatch.setattr(telling, "percent", lambda *_: -1)  # how much by when is the machine's
    bot.sign_in("U0FILES", username)
    person = Person("U0FILES", bot)
    person.says({"en": "hello", "fr": "bonjour"}[language])

    def seen(act):
        before = len(bot.said_to(person.chat))
        act()
        bot.make_files()
        return "\n".join(map(shown, bot.said_to(person.chat)[before:]))

    def shown(sent):
        if sent.method == "files.completeUploadExternal":
            files = [slack.files.all[file["id"]] for file in sent.arguments["files"]]
            return "\n".join(f"<{file['name']}> {file['alt_txt']}".rstrip() for file in files)
        changed = "(changed) " if sent.method == "chat.update" else ""
        said = [block for block in sent.arguments["blocks"] if block["type"] != "actions"]
        buttons = [f"[{label}]" for label in labels(sent)]
        return "\n".join([changed + words({"blocks": said}), *buttons])

    def press(label):
        (*_, asked) = [s for s in bot.said_to(person.chat) if "blocks" in s.arguments]
        return seen(lambda: person.presses(asked, label))

    play(FILES / f"slack.{language}.txt", lambda line: seen(lambda: person.says(line)), press)
