"""What an adapter reads: conversations, private messages, files."""

import pytest

from bot import desk
from bot.bootstrap import Bot
from bot.delivery import Author, reading
from store import people
from tests.statements import counted
from tests.talk import Talk


def test_an_answer_of_staff_reaches_the_chat_by_itself(bot: Bot) -> None:
    talk = Talk(bot)
    ticket = talk.say("I want to talk to a person").said.ticket
    agent = desk.member(bot.database, username="agent1@desk.example", sample_users=True)
    desk.reply(bot.database, ref=ticket, text="Good morning!\n- one\n- two", staff=agent)
    fresh = bot.delivery.fresh([talk.address])[talk.address]
    assert (Author.STAFF, "Good morning!\n- one\n- two", True) == (
        fresh[-1].author,
        fresh[-1].reply.text,
        fresh[-1].private,
    )
    assert {} == bot.delivery.fresh([Talk(bot).address])


def test_private_turns_show_to_the_signed_in_alone(bot: Bot) -> None:
    talk = Talk(bot).signed_in()
    talk.say("thanks")
    assert "210.69" in talk.say("what is my balance").reply.text
    assert 4 == len(bot.delivery.history(talk.address))
    with bot.database.write() as session:
        person = people.person(session, platform="console", workspace="", user=talk.user)
        people.unlink(session, person_id=person.id)
    left = bot.delivery.history(talk.address)
    assert ["thanks"] == [m.reply.text for m in left if m.author is Author.CUSTOMER]
    assert "210.69" not in str(left)


def test_signing_out_ends_the_conversation(bot: Bot) -> None:
    talk = Talk(bot).signed_in()
    talk.say("what is my balance")
    bot.delivery.sign_out(talk.address)
    assert () == bot.delivery.history(talk.address)
    assert "210.69" not in talk.say("what is my balance").reply.text
    assert bot.delivery.holder(talk.address) is None


def test_a_picture_is_for_the_people_of_its_account(bot: Bot) -> None:
    erable = Talk(bot).signed_in("demo@erable.example")
    picture = erable.press("aging").reply.picture
    download = bot.delivery.download(erable.address, picture.file.ref)
    content = b"".join(download.chunks)
    assert content.startswith(b"\x89PNG")
    assert picture.file.size == len(content)
    for other in (Talk(bot), Talk(bot).signed_in("demo@maple.example")):
        other.say("hello")
        assert bot.delivery.download(other.address, picture.file.ref) is None
    bot.delivery.sign_out(erable.address)
    assert bot.delivery.download(erable.address, picture.file.ref) is None


def test_only_the_newest_messages_of_a_long_conversation_are_read(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "HISTORY", 6)
    talk = Talk(bot)
    for number in range(5):
        talk.press("help", label=f"{number}")
    history = bot.delivery.history(talk.address)
    assert ["2", "3", "4"] == [m.reply.text for m in history if m.author is Author.CUSTOMER]
    assert 6 == len(history)


def test_all_pages_together_cost_one_query(bot: Bot) -> None:
    """However many are open."""
    talks = [Talk(bot) for _ in range(5)]
    for talk in talks[:4]:
        talk.say("hello")
    with counted(bot, "SELECT") as queries:
        fresh = bot.delivery.fresh([talk.address for talk in talks[1:]])
    assert 1 == len(queries)
    assert {talk.address for talk in talks[1:4]} == fresh.keys()
    assert [talks[1].last] == list(fresh[talks[1].address])
    bot.delivery.sign_out(talks[1].address)
    assert {} == bot.delivery.fresh([talks[1].address])


@pytest.mark.parametrize("change", [{"role": "technical"}, {"active": False}])
def test_who_may_not_see_figures_any_more_reads_neither_answers_nor_questions(
    bot: Bot, change: dict[str, object]
) -> None:
    talk = Talk(bot).signed_in()
    talk.say("what is my balance")
    with bot.database.write() as session:
        user = people.portal_user_named(session, username="demo@maple.example")
        row = (
            people.accounts_of(session, portal_user_id=user.id)[0][1] if "role" in change else user
        )
        for name, value in change.items():
            setattr(row, name, value)
        session.add(row)
    assert () == bot.delivery.history(talk.address)
