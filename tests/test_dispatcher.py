"""The dispatcher's one promise: every request gets a reply, in the right language, once."""

import dataclasses
import io
import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.bootstrap import Bot
from bot.commands import Answer, Command, Context, Overtaken
from bot.delivery import StoreDown
from bot.messages import Outcome, Reply, request_to_json
from store import inbox, tickets
from store.db import Database
from store.models.types import now
from tests.talk import Talk


def said(message: object) -> object:
    assert message.said is not None
    return message.said


def with_command(bot: Bot, handle: Callable[[Context], Answer]) -> Talk:
    """A chat with a bot that knows one more command, `boom`."""
    boom = Command(name="boom", help="", handle=handle)
    commands = {**bot.dispatcher.commands, "boom": boom}
    router = replace(bot.dispatcher.router, commands=commands)
    dispatcher = replace(bot.dispatcher, commands=commands, router=router)
    bot.delivery._dispatcher = dispatcher
    return Talk(bot)


@pytest.mark.parametrize("locale", [None, "en", "fr-CA", "es", "", "xx", "zh-Hant-TW"])
def test_any_locale_gets_an_answer(bot: Bot, locale: str | None) -> None:
    reply = Talk(bot, locale=locale).press("help")
    assert ("fr" if locale == "fr-CA" else "en") == reply.language
    assert reply.reply.text


@pytest.mark.parametrize(
    "words",
    [
        "",
        "   ",
        "😀",
        "🙂" * 5000,
        "?",
        "/",
        "//",
        "/nosuch",
        "faq:../../x",
        "\ufdfa" * 40_000,
        "\0a",
    ],
)
def test_any_text_gets_an_answer(talk: Talk, words: str) -> None:
    message = talk.say(words)
    assert message.reply.text
    assert said(message).outcome in {Outcome.CLARIFY, Outcome.MISS, Outcome.ERROR}


@pytest.mark.parametrize("action", ["", "nosuch", "faq", "faq:nosuch", "faq:../x", ":", "a" * 5000])
@pytest.mark.parametrize(("locale", "words"), [("en", "Please ask me again"), ("fr", "Veuillez")])
def test_an_unknown_button_gets_a_kind_error(
    bot: Bot, action: str, locale: str, words: str
) -> None:
    message = Talk(bot, locale=locale).press(action)
    assert (Outcome.ERROR, locale) == (said(message).outcome, said(message).language)
    assert message.reply.buttons


def test_the_language_is_the_messages_then_the_conversations_then_the_persons(bot: Bot) -> None:
    talk = Talk(bot, locale="en-CA")
    assert "fr" == talk.say("comment ajouter une carte de crédit?").language
    assert "fr" == talk.say("pdf").language  # no evidence: the conversation goes on in French
    assert "en" == talk.say("where is my invoice?").language
    assert "en" == talk.press("faq:balance").language
    assert "fr" == talk.press("language:fr").language
    assert "fr" == talk.press("help").language


def test_a_language_that_was_chosen_holds_in_the_next_conversation(bot: Bot) -> None:
    talk = Talk(bot)
    talk.say("en français svp")
    bot.delivery.sign_out(talk.address)
    assert "fr" == talk.press("help").language


def test_a_request_is_answered_once(talk: Talk) -> None:
    first = talk.send(text="my payment is pending", event_id="one")
    again = talk.bot.delivery.exchange(talk.request("my payment is pending", event_id="one"))
    assert [first] == list(again)
    assert 2 == len(talk.bot.delivery.history(talk.address))  # the question and its answer


def test_a_failing_handler_gets_an_apology_and_a_log_entry(bot: Bot, logged: io.StringIO) -> None:
    def fail(_context: Context) -> Answer:
        local = "4111 1111 1111 1111"
        raise RuntimeError(f"broken in {len(local)} places")

    talk = with_command(bot, fail)
    message = talk.press("boom")
    assert (Outcome.ERROR, True) == (said(message).outcome, message.private)
    assert "something went wrong on our side" in message.reply.text
    assert "turn failed" in logged.getvalue()
    assert "RuntimeError" in logged.getvalue()
    assert "4111" not in logged.getvalue()
    french = with_command(bot, fail)
    french.locale = "fr"
    assert "un problème est survenu de notre côté" in french.press("boom").reply.text


def test_what_a_failing_handler_left_is_not_written(bot: Bot) -> None:
    def fail(context: Context) -> Answer:
        context.defer(lambda session, _turn: session.connection().execute(text("SELECT nonsense")))
        raise RuntimeError

    assert Outcome.ERROR == said(with_command(bot, fail).press("boom")).outcome


def test_while_the_store_is_down_nothing_is_accepted(bot: Bot, talk: Talk) -> None:
    talk.say("hello")
    with down(bot), pytest.raises(StoreDown):
        talk.say("my payment is pending")
    assert "Pending" in (talk.say("my payment is pending").reply.title or "")


def test_a_store_that_goes_down_in_a_turn_loses_nothing(bot: Bot, logged: io.StringIO) -> None:
    """The event stays in the inbox, and is answered when its lease has run out."""
    gone = OperationalError("SELECT 1", {}, sqlite3.OperationalError("gone"))
    broken = True

    def flaky(_context: Context) -> Answer:
        if broken:
            raise gone
        return Answer(reply=Reply(text="Here I am again."))

    talk = with_command(bot, flaky)
    assert () == bot.delivery.exchange(talk.request("", "boom"))
    assert "store unavailable" in logged.getvalue()
    broken = False
    expire_leases(bot.database)
    take_up(bot)
    (answer,) = bot.delivery.history(talk.address)
    assert "Here I am again." == answer.reply.text


def test_a_turn_that_brings_its_process_down_gets_an_apology_in_the_end(bot: Bot) -> None:
    talk = Talk(bot)
    event = bot.delivery.accept(talk.request("hello"))
    bot.delivery.run(dataclasses.replace(event, attempts=4))
    assert "something went wrong" in bot.delivery.history(talk.address)[-1].reply.text


def test_events_of_one_lane_are_answered_in_order(bot: Bot) -> None:
    """The second event of a lane is left to whoever answers the first."""
    talk = Talk(bot)
    first = bot.delivery.accept(talk.request("hello"))
    second = bot.delivery.accept(talk.request("thanks"))
    assert (True, False) == (first.run, second.run)
    bot.delivery.run(second)
    assert () == bot.delivery.history(talk.address)
    bot.delivery.run(first)
    assert ["greeting", "thanks"] == [
        m.said.topic for m in bot.delivery.history(talk.address) if m.said
    ]


def test_an_event_nobody_answers_is_taken_up(bot: Bot) -> None:
    """Its process died between accepting and answering."""
    talk = Talk(bot)
    bot.delivery.accept(talk.request("hello"))
    assert [] == take_up(bot)
    expire_leases(bot.database)
    assert 1 == len(take_up(bot))
    assert "greeting" == bot.delivery.history(talk.address)[-1].said.topic
    assert [] == take_up(bot)


def test_two_processes_never_answer_one_event_twice(bot: Bot) -> None:
    """A lease ran out while its holder was still at work: the later one to close is dropped."""
    talk = Talk(bot)
    event = bot.delivery.accept(talk.request("hello"))
    bot.delivery.run(event)
    bot.delivery.run(event)
    assert 2 == len(bot.delivery.history(talk.address))


def test_a_log_line_says_nothing_of_what_was_said(bot: Bot, logged: io.StringIO) -> None:
    talk = Talk(bot).signed_in()
    talk.say("what is my balance, I am Jane Roe")
    talk.say("zxcv qwerty")
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert 2 == len(lines)
    assert not {"Jane", "zxcv", "210.69", "Maple"} & set(re.split(r'[\s"]', logged.getvalue()))
    assert {"event", "inbox", "turn", "outcome", "ms", "platform"} <= lines[0].keys()


def test_a_request_survives_the_inbox(talk: Talk) -> None:
    request = replace(talk.request("hi"), attachments=("voice",), message_id="7", locale="fr")
    stored = json.loads(json.dumps(request_to_json(request)))
    from bot.messages import request_from_json

    assert request == request_from_json(stored)


def test_a_deferred_write_that_fails_gets_an_apology(bot: Bot, logged: io.StringIO) -> None:
    """What the turn left is gone, the person reads words, and the lane goes on."""

    def fail(context: Context) -> Answer:
        context.defer(lambda session, _turn: session.connection().execute(text("SELECT nonsense")))
        return Answer(reply=Reply(text="All is well."))

    talk = with_command(bot, fail)
    assert "something went wrong" in talk.press("boom").reply.text
    assert "turn could not be written" in logged.getvalue()
    assert "greeting" == said(talk.say("hello")).topic


def test_a_request_nobody_can_read_does_not_block_its_lane(bot: Bot) -> None:
    talk = Talk(bot)
    event = bot.delivery.accept(talk.request("hello"))
    waiting = bot.delivery.accept(talk.request("thanks"))
    assert not waiting.run
    bot.delivery.run(dataclasses.replace(event, request={"unknown": "shape"}))
    assert ["thanks"] == [m.said.topic for m in bot.delivery.history(talk.address) if m.said]


def test_a_turn_that_was_overtaken_is_run_again(bot: Bot) -> None:
    runs = []

    def overtaken_once(context: Context) -> Answer:
        def write(_session: object, _turn_id: int) -> None:
            if len(runs) == 1:
                raise Overtaken

        runs.append(context.turn_ref)
        context.defer(write)
        return Answer(reply=Reply(text="Done."))

    assert "Done." == with_command(bot, overtaken_once).press("boom").reply.text
    assert 2 == len(runs)


def test_a_choice_is_answered_once(bot: Bot) -> None:
    """After "the second one" was answered, "yes" is no more an answer to that question."""
    talk = Talk(bot)
    talk.press("clarify:balance,last-payment")
    assert "last-payment" == said(talk.say("the second one")).topic
    assert "balance" != said(talk.say("yes")).topic


def test_another_answer_ends_a_choice_but_not_how_one_can_be_reached(bot: Bot) -> None:
    talk = Talk(bot)
    ticket = said(talk.say("let me talk to a human")).ticket
    talk.say("which cards do you accept")
    reached = talk.say("my number is 613 555 0142")
    assert (ticket, "handoff") == (said(reached).ticket, said(reached).command)
    assert "613-555-0142" in reached.reply.text


@pytest.mark.parametrize("words", ["/handoff still waiting", "/handoff contact:<b>me</b>"])
def test_only_an_address_or_number_is_taken_for_a_contact(talk: Talk, words: str) -> None:
    talk.say(words)
    with talk.bot.database.read() as session:
        (case,) = tickets.open_cases(session)
    assert "" == case.ticket.contact


class down:  # noqa: N801 - reads as a word in a with statement
    """The store cannot be reached while the block runs."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    def __enter__(self) -> None:
        gone = Database.connect("postgresql://nobody@127.0.0.1:1/none")
        self.real = self.bot.delivery._database
        self.bot.delivery._database = gone

    def __exit__(self, *_: object) -> None:
        self.bot.delivery._database.dispose()
        self.bot.delivery._database = self.real


def expire_leases(database: Database) -> None:
    with database.write() as session:
        session.connection().execute(
            inbox.inbox.update().values(lease_until=now() - timedelta(seconds=1))
        )


def take_up(bot: Bot) -> list[inbox.Accepted]:
    with bot.database.write() as session:
        events = inbox.take_stale(session)
    for event in events:
        bot.delivery.run(event)
    return events
