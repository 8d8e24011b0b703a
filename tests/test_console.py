"""The terminal: whole rendered replies, and the JSON lines that other programs drive it by.

With UPDATE=1 the goldens are written anew: read the diff.
"""

import io
import json
import os
from pathlib import Path

import pytest

from bot import desk
from bot.adapters.console.renderer import render, to_json
from bot.adapters.console.settings import ConsoleSettings
from bot.adapters.console.transport import Console
from bot.bootstrap import Bot, link_console
from tests.replies import SAMPLES
from tests.test_dispatcher import down

GOLDEN = Path(__file__).parent / "golden" / "console"
KEYS = {
    *"outcome topic topics command language private text title facts table buttons".split(),
    *"files picture ticket".split(),
}


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("kind", ["txt", "json"])
def test_golden(name: str, kind: str) -> None:
    message = SAMPLES[name]
    paths = {"p1c": "/files/picture.png"}
    got = (
        render(message.reply, paths, language=message.language)
        if kind == "txt"
        else to_json(message, message.reply, paths, message.language)
    ) + "\n"
    golden = GOLDEN / f"{name}.{kind}"
    if os.environ.get("UPDATE"):
        golden.write_text(got, "utf-8")
    assert got == golden.read_text("utf-8")


def test_no_golden_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == SAMPLES.keys()


@pytest.mark.parametrize(
    ("language", "asked", "size", "said"),
    [
        ("en", "my invoice", " kB)", "not saved here"),
        ("fr", "ma facture", " ko)", "pas enregistré"),
    ],
)
def test_a_file_that_is_put_nowhere_says_once_how_to_get_it(
    bot, tmp_path, language, asked, size, said
) -> None:
    for files, times in ((None, 1), (tmp_path, 0)):
        settings = ConsoleSettings(
            user=f"files-{times}", conversation=f"files-{times}", language=language, files=files
        )
        link_console(bot, user=settings.user, username="demo@maple.example")
        out = io.StringIO()
        Console(bot.delivery, settings, io.StringIO(f"{asked}\n{asked}\n"), out).run()
        shown = out.getvalue().replace("\N{NO-BREAK SPACE}", " ")
        assert 2 == shown.count(size)
        assert times == " ".join(shown.split()).count(said)
        assert times == shown.count("--files")


def drive(bot: Bot, *lines: object, as_user: str = "", **changes: object) -> list[dict]:
    """Send lines to the JSON interface; gives the objects that came back."""
    settings = ConsoleSettings(
        **{"user": "driver", "conversation": "driver", "as_json": True, **changes}
    )
    if as_user:
        link_console(bot, user=settings.user, username=as_user)
    said = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    out = io.StringIO()
    Console(bot.delivery, settings, io.StringIO(said), out).run()
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_one_object_a_line_with_every_field(bot: Bot) -> None:
    answers = drive(bot, {"text": "my payment is pending"}, {"action": "help"}, {"text": ""})
    assert 3 == len(answers)
    assert all(answer.keys() == KEYS for answer in answers)
    assert ["answer", "social", "clarify"] == [answer["outcome"] for answer in answers]
    assert ["pending-payment", "help", None] == [answer["topic"] for answer in answers]
    assert [None, "help", None] == [answer["command"] for answer in answers]


@pytest.mark.parametrize(
    "line", ["{", "[]", "7", '"text"', "{}", '{"text": 7}', '{"action": []}', "\ud800", ""]
)
@pytest.mark.parametrize(("language", "words"), [("en", "could not read"), ("fr", "pas pu lire")])
def test_a_bad_line_gives_an_error_and_the_next_one_an_answer(
    bot: Bot, line: str, language: str, words: str
) -> None:
    bad, good = drive(bot, line, {"text": "bonjour"}, language=language)
    assert ("error", language, KEYS) == (bad["outcome"], bad["language"], bad.keys())
    assert words in bad["text"]
    assert "social" == good["outcome"]


def test_while_the_store_is_down_the_person_is_told(bot: Bot) -> None:
    with down(bot):
        (answer,) = drive(bot, {"text": "bonjour"}, language="fr")
    assert "error" == answer["outcome"]
    assert "votre message n'a pas été envoyé" in answer["text"]


def test_figures_are_private_and_a_picture_is_saved(bot: Bot, tmp_path: Path) -> None:
    (answer,) = drive(
        bot, {"action": "aging"}, as_user="demo@erable.example", files=tmp_path, language="fr"
    )
    assert ("answer", True, "aging", "view-aging") == (
        answer["outcome"],
        answer["private"],
        answer["command"],
        answer["topic"],
    )
    picture = answer["picture"]
    assert "image/png" == picture["media_type"]
    assert picture["alt"]
    assert Path(picture["path"]).read_bytes().startswith(b"\x89PNG")
    assert [len(answer["table"]["columns"])] * len(answer["table"]["rows"]) == [
        len(row) for row in answer["table"]["rows"]
    ]


def test_a_stranger_gets_the_how_to_and_a_private_sign_in(bot: Bot) -> None:
    (answer,) = drive(bot, {"text": "what is my balance"})
    assert ("answer", "balance", None, True) == (
        answer["outcome"],
        answer["topic"],
        answer["command"],
        answer["private"],
    )
    assert "/link/" in answer["buttons"][0]["url"]


def test_a_ticket_opens_joins_and_is_answered(bot: Bot, capsys: pytest.CaptureFixture[str]) -> None:
    """A person asked for, what is missed later joins, and the desk's answer arrives."""
    opened, joined = drive(bot, {"text": "let me talk to a human"}, {"text": "zork qwertz blah"})
    assert ["handoff"] * 2 == [opened["outcome"], joined["outcome"]]
    assert opened["ticket"]
    assert opened["ticket"] == joined["ticket"]
    agent = desk.member(bot.database, username="agent1@desk.example", sample_users=True)
    _, messages = desk.show(bot.database, opened["ticket"])
    assert ["let me talk to a human", "zork qwertz blah"] == [m.text for m, _ in messages]
    desk.reply(bot.database, ref=opened["ticket"], text="It is sorted.", staff=agent)
    desk.close(bot.database, ref=opened["ticket"], staff=agent)
    (fresh,) = drive(bot, {"text": "zork qwertz blah"})
    assert "miss" == fresh["outcome"]  # the ticket is closed: the next miss is a first one
    assert "It is sorted." not in json.dumps(fresh)


def test_the_second_miss_opens_a_ticket(bot: Bot) -> None:
    first, second, contact = drive(
        bot, {"text": "zork qwertz"}, {"text": "blah fizzle"}, {"text": "reach me at a@b.example"}
    )
    assert ["miss", "handoff", "handoff"] == [a["outcome"] for a in (first, second, contact)]
    assert "If I do not know then either, I will pass it to our team." in first["text"]
    assert second["text"].startswith("I do not know that one either.")
    assert second["ticket"] == contact["ticket"]
    case, _ = desk.show(bot.database, second["ticket"])
    assert "a@b.example" == case.ticket.contact


def test_an_urgent_message_opens_a_ticket_at_once(bot: Bot) -> None:
    (answer,) = drive(bot, {"text": "vous m'avez facturé deux fois!"})
    assert "handoff" == answer["outcome"]
    case, _ = desk.show(bot.database, answer["ticket"])
    assert (True, ["double-charge"], "fr") == (
        case.ticket.urgent,
        case.ticket.reasons,
        case.ticket.language,
    )


def test_card_numbers_never_reach_the_store(bot: Bot) -> None:
    number = "4111 1111 " + "1111 1111"
    drive(bot, {"text": f"I want to talk to a human, my card is {number}"})
    (case,) = desk.open_cases(bot.database)
    _, messages = desk.show(bot.database, case.ticket.ref)
    assert number not in messages[0][0].text
    assert "1111" in messages[0][0].text
