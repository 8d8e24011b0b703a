"""What staff teach the bot: a phrase they approve counts at once, in every process."""

import tomllib
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from bot import desk
from bot.bootstrap import Bot, build, router
from bot.cli import commands
from bot.i18n import Localizer
from store import taught
from store.db import Database
from tests.conftest import settings
from tests.platforms.running import SQLITE
from tests.talk import Talk

ASKED = "are my flurbs gribbled by the gnome"
ASKED_IN_FRENCH = "les gribouilles de ma patente sont-tu flurbées"
AGENT = "agent2@desk.example"  # speaks English
FRENCH_AGENT = "agent1@desk.example"


@pytest.fixture
def other(bot: Bot) -> Iterator[Bot]:
    """Another process on the same store."""
    url = bot.database.engine.url.render_as_string(hide_password=False)
    database = Database.connect(url)
    built = build(settings(), database)
    yield built
    built.delivery.close()
    database.dispose()


@pytest.fixture
def staff(bot: Bot) -> Talk:
    return at_the_desk(bot, AGENT)


def at_the_desk(bot: Bot, username: str) -> Talk:
    """The chat of somebody of the desk."""
    talk = Talk(bot)
    member = desk.member(bot.database, username=username, sample_users=True)
    desk.link(
        bot.database, staff=member, platform="console", workspace="", user=talk.user, linked=True
    )
    return talk


def ticket(bot: Bot, *said: str) -> str:
    """A ticket of somebody who said this."""
    talk = Talk(bot)
    for text in said:
        talk.say(text)
    ref = talk.press("handoff").said.ticket
    assert ref
    return ref


def topic_of(bot: Bot, text: str) -> str | None:
    return Talk(bot).say(text).said.topic


def labels(talk: Talk) -> list[str]:
    assert talk.last is not None
    return [button.label for button in talk.last.reply.buttons]


@pytest.mark.parametrize("asked", [ASKED, ASKED_IN_FRENCH])
def test_what_staff_approve_counts_in_every_process(
    bot: Bot, other: Bot, staff: Talk, asked: str
) -> None:
    """And no more once they take it back."""
    ref = ticket(bot, asked)
    assert topic_of(other, asked) is None
    staff.say(f"/teach {ref} view-aging {asked}")
    assert ["view-aging"] * 2 == [topic_of(one, asked) for one in (other, bot)]
    staff.press_labelled("Take it back")
    assert [None] * 2 == [topic_of(one, asked) for one in (other, bot)]


@pytest.mark.parametrize(
    "said",
    [
        "Are my FLURBS gribbled by the gnome??",
        "hi, are my flurbs gribbled by the gnome please",
        "are my flurbs gribled by the gnome",
        "are my flurbs gribbled by the gnomes",
    ],
)
@SQLITE
def test_nearly_the_same_words_are_answered_too(bot: Bot, staff: Talk, said: str) -> None:
    assert topic_of(bot, said) is None
    staff.say(f"/teach {ticket(bot, ASKED)} view-aging {ASKED}")
    assert "view-aging" == topic_of(bot, said)


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("i want the gribbled paper of flurbs", "i do not want the gribbled paper of flurbs"),
        ("is the gribbled thing for the new flurb", "is the gribbled thing for the last flurb"),
        ("mes flurbs gribouillés en papier", "pas mes flurbs gribouillés en papier"),
    ],
)
@SQLITE
def test_words_that_mean_something_else_are_not(
    bot: Bot, staff: Talk, phrase: str, said: str
) -> None:
    """However near they are by letters: "not", another concept."""
    staff.say(f"/teach {ticket(bot, ASKED)} view-aging {phrase}")
    assert "view-aging" == topic_of(bot, phrase)
    assert "view-aging" != topic_of(bot, said)


@SQLITE
def test_what_is_taught_adds_no_word_to_the_vocabulary(bot: Bot, staff: Talk) -> None:
    """Else a slip of one customer would be mended into the words of another."""
    before = router().matcher.look("zorblattico")
    staff.say(f"/teach {ticket(bot, ASKED)} view-aging where is my zorblattica gribble")
    knowing = bot.dispatcher.lessons.now().matcher
    assert "view-aging" == knowing.known("where is my zorblattica gribble")
    found = knowing.look("my zorblatica invoice")
    assert found
    assert {"zorblatica"} <= set(found.reading.words)
    assert before is None
    assert "zorblattica" not in str(Talk(bot).say("zorblatica gribble").reply)


@SQLITE
def test_the_customers_own_words_are_proposed(bot: Bot, staff: Talk) -> None:
    """Those that the bot did not understand, not what was said to get a person."""
    ref = ticket(bot, "what is my balance", ASKED, "/handoff")
    said = staff.say(f"/teach {ref}").reply.text
    assert f"Which topic answers “{ASKED}”?" in said
    assert f"/teach {ref} balance …" in said
    staff.say(f"/teach {ref} view-aging")
    assert ["Aging: what is late"] == labels(staff)
    staff.press_labelled("Aging: what is late")
    assert "From now on I answer" in staff.last.reply.text
    assert "view-aging" == topic_of(bot, ASKED)


@pytest.mark.parametrize("how", ["reply {ref} We are on it.", "close {ref}", "show {ref}"])
@SQLITE
def test_whoever_deals_with_a_ticket_may_teach(bot: Bot, staff: Talk, how: str) -> None:
    ref = ticket(bot, ASKED)
    staff.say("/ticket " + how.format(ref=ref))
    staff.press_labelled("Teach the bot")
    assert ASKED in staff.last.reply.text


@SQLITE
def test_only_the_desk_may_teach(bot: Bot) -> None:
    ref = ticket(bot, ASKED)
    talk = Talk(bot)
    for way in (f"{ref} view-aging {ASKED}", "undo P-123456"):
        assert "Only members of our team" in talk.say(f"/teach {way}").reply.text
    assert topic_of(bot, ASKED) is None


REFUSED = [
    ("view-aging my card is 4111 1111 1111 1111", "Leave out the card number or password."),
    ("view-aging my password is Hunter2!x", "Leave out the card number or password."),
    ("view-aging where is [•••• 1111] gribbled", "Leave out the card number or password."),
    ("view-aging write to ana@maple.example flurb", "Leave out the e-mail address."),
    ("view-aging call me at 514-555-0123 flurb", "Leave out the phone number."),
    ("view-aging flurb invoice INV00054321", "Leave out the invoice or account number."),
    ("view-aging flurb account 001234", "Leave out the invoice or account number."),
    ("view-aging why 1,234.56 $ of flurbs", "Leave out the amount."),
    ("view-aging the flurb 98 76 54 3", "Leave out the number."),
    ("view-aging does Rosalind have flurbs", "Leave out the customer's name: Rosalind."),
    ("view-aging " + "flurb " * 30, "longer than a question"),
    ("view-aging flurb", "That is no question."),
    ("view-aging what is it about", "That could be about anything."),
    ("balence are my flurbs gribbled", "There is no topic balence. The nearest are: balance,"),
    ("balance what is my balance", "I answer that with “Current balance” already."),
    ("view-aging what is my balance", "That is a phrase of “Current balance” already"),
    ("view-aging there is a fire in my building", "something that goes to a person first"),
]


@pytest.mark.parametrize(("words", "why"), REFUSED, ids=lambda value: value[:40])
@SQLITE
def test_what_is_not_fit_to_be_a_phrase_is_refused(
    bot: Bot, staff: Talk, words: str, why: str
) -> None:
    customer = Talk(bot).signed_in()
    customer.say(ASKED)
    ref = customer.press("handoff").said.ticket
    with bot.database.write() as session:
        person = desk.found(session, ref).person
        person.display_name = "Rosalind"
        session.add(person)
    assert why in staff.say(f"/teach {ref} {words}").reply.text
    with bot.database.read() as session:
        assert [] == taught.listed(session)


def test_a_refusal_is_said_in_the_language_of_staff(bot: Bot) -> None:
    staff = at_the_desk(bot, FRENCH_AGENT)
    said = staff.say(f"/teach {ticket(bot, ASKED)} balance what is my balance").reply.text
    french = Localizer("fr").text("I answer that with “{topic}” already.", topic="Solde actuel")
    assert french == said


def test_what_two_approve_at_once_is_kept_once(bot: Bot, staff: Talk, monkeypatch) -> None:
    """The second is told, as if they had come later."""
    ref = ticket(bot, ASKED)
    member = desk.member(bot.database, username=FRENCH_AGENT, sample_users=True)
    lesson = desk.lesson

    def beaten(*args, **more):
        """Find it fit; meanwhile a colleague approves it."""
        monkeypatch.setattr(desk, "lesson", lesson)
        found = lesson(*args, **more)
        with bot.database.write() as session:
            assert desk.learn(session, found, ref="P-000000", staff=member, case=None)
        return found

    monkeypatch.setattr(desk, "lesson", beaten)
    staff.say(f"/teach {ref} view-aging {ASKED}")
    assert "already" in staff.last.reply.text
    with bot.database.read() as session:
        assert ["P-000000"] == [one.phrase.ref for one in taught.listed(session)]


@SQLITE
def test_phrases_that_cannot_be_read_leave_the_bot_as_it_was(
    bot: Bot, other: Bot, staff: Talk, monkeypatch, logged
) -> None:
    staff.say(f"/teach {ticket(bot, ASKED)} view-aging {ASKED}")

    def broken(_session):
        raise RuntimeError("gnomes")

    monkeypatch.setattr(taught, "live", broken)
    assert "balance" == topic_of(other, "what is my balance")
    assert "taught phrases could not be read" in logged.getvalue()


def test_the_command_line_teaches_lists_and_withdraws(bot: Bot, monkeypatch) -> None:
    monkeypatch.setenv("BILLING_BOT_ENV", "development")
    monkeypatch.setenv("BILLING_BOT_LOG_LEVEL", "ERROR")
    url = bot.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)

    def faq(*arguments: str) -> Result:
        return CliRunner().invoke(commands, ["faq", *arguments])

    ref = ticket(bot, ASKED)
    done = faq("teach", "view-aging", ASKED, "--by", AGENT, "--ticket", ref)
    assert 0 == done.exit_code, done.output
    phrase = done.output.partition(":")[0]
    assert "view-aging" == topic_of(bot, ASKED)
    assert 1 == faq("teach", "view-aging", ASKED).exit_code
    quoted = 'the "zork" \\ fizzles in blahs'
    assert 0 == faq("teach", "view-aging", quoted).exit_code
    listed = faq("taught").output
    assert f"{phrase}  view-aging  en  {ASKED}  ({AGENT}, {ref})" in listed
    lines = faq("export").output.splitlines()
    assert "# bot/faq/entries/view-aging.toml, [en], phrases" == lines[0]
    written = tomllib.loads("phrases = [\n" + "\n".join(lines[1:]) + "\n]")
    assert {"phrases": [ASKED, quoted]} == written
    assert "known      word for word" in faq("explain", "--taught", ASKED).output
    assert "known " not in faq("explain", ASKED).output
    assert f"Forgotten: {ASKED}\n" == faq("untaught", phrase.lower()).output
    assert topic_of(bot, ASKED) is None
    assert 1 == faq("untaught", phrase).exit_code


def test_each_change_has_a_number_of_its_own(bot: Bot, staff: Talk) -> None:
    """As many phrases may hold as before, and yet others: a process must notice."""
    ref = ticket(bot, ASKED)
    numbers = []
    for words in (ASKED, "gribble my flurbs today"):
        staff.say(f"/teach {ref} view-aging {words}")
        numbers.append(revision(bot))
        staff.press_labelled("Take it back")
        numbers.append(revision(bot))
    assert [1, 2, 3, 4] == numbers


def revision(bot: Bot) -> int:
    with bot.database.read() as session:
        number, _rows = taught.live(session)
    return number
