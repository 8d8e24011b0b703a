"""Files asked for on Telegram, from the question to the document, as people see it."""

from bot import exporting
from bot.documents.cdr import Format
from bot.jobs import telling
from tests.platforms.running import SQLITE
from tests.telegram.people import Person, keys_of, shown
from tests.written_down import FILES, IN_FRENCH_FIRST, play


@SQLITE
@IN_FRENCH_FIRST
def test_files_are_asked_for_and_come(telegram, bot, monkeypatch, language, username):
    monkeypatch.setattr(exporting, "AT_ONCE", dict.fromkeys(Format, 100))
    monkeypatch.setattr(telling, "percent", lambda *_: -1)  # how much by when is the machine's
    person = Person(bot).sign_in(username)
    person.say({"en": "hello", "fr": "bonjour"}[language])

    def seen(act):
        before = len(telegram.sent)
        act()
        bot.make_files()
        return "\n".join(map(visible, telegram.sent[before:]))

    def visible(sent):
        uploads = [sent.arguments[kind] for kind in ("document", "photo") if kind in sent.arguments]
        names = [f"<{upload.filename}>" for upload in uploads]
        changed = "(changed) " if sent.method.startswith("edit") else ""
        said = changed + shown(telegram, sent)
        return "\n".join([*names, said, *(f"[{key['text']}]" for key in keys_of(sent))]).rstrip()

    def press(label):
        (*_, asked) = [s for s in telegram.sent if keys_of(s)]
        return seen(lambda: person.press(asked, label))

    play(FILES / f"telegram.{language}.txt", lambda line: seen(lambda: person.say(line)), press)
