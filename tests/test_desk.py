"""Tickets: what they hold, who may answer them, and what cannot leak through them."""

import threading

import pytest

from bot import desk, desk_text
from bot.bootstrap import Bot
from bot.delivery import Author
from store import people
from store.models import Staff
from tests.talk import Talk


@pytest.fixture
def agent(bot: Bot) -> Staff:
    return desk.member(bot.database, username="agent1@desk.example", sample_users=True)


def ticket_of(talk: Talk, words: str = "I want to talk to a person") -> str:
    said = talk.say(words).said
    assert said.ticket
    return said.ticket


def texts(bot: Bot, ref: str) -> list[str]:
    return [message.text for message, _ in desk.show(bot.database, ref)[1]]


def test_a_ticket_holds_the_conversation_before_it(talk: Talk) -> None:
    talk.say("my flurbs are gribbled")
    talk.press("handoff", label="Talk to a person")
    (case,) = desk.open_cases(talk.bot.database)
    assert ["my flurbs are gribbled"] == texts(talk.bot, case.ticket.ref)


def test_what_the_bot_can_answer_does_not_join_the_ticket(talk: Talk) -> None:
    ref = ticket_of(talk)
    assert "answer" == talk.say("which cards do you accept").said.outcome
    talk.say("zork fizzle blah")
    assert ["I want to talk to a person", "zork fizzle blah"] == texts(talk.bot, ref)


def test_a_linked_customer_is_known_and_not_asked_for_a_contact(bot: Bot) -> None:
    talk = Talk(bot).signed_in()
    talk.say("I want to talk to a person")
    assert "e-mail address or phone" not in talk.last.reply.text
    (case,) = desk.open_cases(bot.database)
    row = desk_text.row(case)
    assert {"number": "001234", "name": "Maple Dental Group"} == row["account"]
    assert "demo@maple.example" == row["contact"]
    assert "Maple Dental Group (001234)" in desk_text.page(case, [])


def test_another_account_never_sees_what_staff_wrote_for_the_first(bot: Bot, agent: Staff) -> None:
    """A chat that links to another account without signing out starts afresh."""
    talk = Talk(bot).signed_in("demo@maple.example")
    ref = ticket_of(talk)
    desk.reply(bot.database, ref=ref, text="Your balance is -210.69.", staff=agent)
    assert "-210.69" in str(bot.delivery.history(talk.address))
    with bot.database.write() as session:
        person = people.person(session, platform="console", workspace="", user=talk.user)
        erable = people.portal_user_named(session, username="demo@erable.example")
        (account, _), *_ = people.accounts_of(session, portal_user_id=erable.id)
        people.link(session, person_id=person.id, portal_user_id=erable.id, account_id=account.id)
    assert "-210.69" not in str(bot.delivery.history(talk.address))


def test_after_signing_out_staff_are_told_that_nothing_can_be_sent(bot: Bot, agent: Staff) -> None:
    talk = Talk(bot).signed_in()
    ref = ticket_of(talk)
    assert f"**{ref}** stays open" in talk.say("sign out").reply.text
    with pytest.raises(desk.Refused) as refused:
        desk.reply(bot.database, ref=ref, text="Hello?", staff=agent)
    assert "demo@maple.example" == refused.value.values["contact"]


def test_a_word_to_a_ticket_closed_meanwhile_is_not_said_to_be_added(
    bot: Bot, agent: Staff
) -> None:
    """Staff close it between the turn's reading and its writing: the turn is run again."""
    talk = Talk(bot)
    first = ticket_of(talk)
    handoff = bot.dispatcher.commands["handoff"].handle
    from dataclasses import replace

    def slow(context):
        answer = handoff(context)
        if context.memory.ticket_ref == first:
            desk.close(bot.database, ref=first, staff=agent)
        return answer

    commands = {
        **bot.dispatcher.commands,
        "handoff": replace(bot.dispatcher.commands["handoff"], handle=slow),
    }
    dispatcher = replace(
        bot.dispatcher,
        commands=commands,
        router=replace(bot.dispatcher.router, commands=commands),
    )
    bot.delivery._dispatcher = dispatcher
    assert ("miss", None) == (
        (said := talk.say("zork fizzle blah").said).outcome,
        said.ticket,
    )
    second = talk.press("handoff").said.ticket
    assert "zork fizzle blah" in texts(bot, second)


def test_closing_at_once_happens_once(bot: Bot, agent: Staff) -> None:
    talk = Talk(bot)
    ref = ticket_of(talk)
    came: list[str] = []

    def close() -> None:
        try:
            desk.close(bot.database, ref=ref, staff=agent)
            came.append("closed")
        except desk.Refused:
            came.append("refused")

    threads = [threading.Thread(target=close) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ["closed", "refused"] == sorted(came)
    notices = [m for m in bot.delivery.history(talk.address) if m.author is Author.STAFF]
    assert 1 == len(notices)


@pytest.mark.parametrize("words", ["", "   ", "x" * 4001])
def test_an_answer_must_say_something(bot: Bot, agent: Staff, words: str) -> None:
    ref = ticket_of(Talk(bot))
    with pytest.raises(desk.Refused):
        desk.reply(bot.database, ref=ref, text=words, staff=agent)
