"""What a customer types can never mention anybody, link anywhere or change how it looks."""

import json
import re

import pytest

from tests.platforms.running import SQLITE
from tests.slack.people import DESK_ROOM, ROOM
from tests.slack.running import text_of

TYPED = "<!channel> <http://x.example|y> *b* _i_ ~s~ `c` <@U0ANA> <#C0ROOM> &amp; > q"
# As Slack hands over what was typed so; TYPED itself is what Slack sends of real markup.
ESCAPED = TYPED.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
PERSON = "I want to talk to a person"
CONTROL = re.compile(r"<[!@#a-z]", re.IGNORECASE)
WORDS = {"text", "plain_text", "raw_text"}  # the elements that Slack shows as they are
SHAPES = {
    *("actions", "button", "header", "rich_text", "rich_text_list", "rich_text_section"),
    *("input", "modal", "plain_text_input", "static_select", "table"),
}


def types(part) -> set[str]:
    """List the types of everything in blocks or a modal."""
    if isinstance(part, list):
        return set().union(*map(types, part))
    if not isinstance(part, dict):
        return set()
    own = {part["type"]} if isinstance(part.get("type"), str) else set()
    return own.union(*map(types, part.values()))


def is_inert(blocks, text="") -> bool:
    """Nothing of it is read as a mention, a link or markup."""
    shown = json.dumps(blocks, ensure_ascii=False)
    return types(blocks) <= WORDS | SHAPES and not CONTROL.search(shown + text)


def are_inert(sents) -> bool:
    return all(
        sent.arguments.get("mrkdwn", True) is (sent.method != "chat.postMessage")
        and is_inert(sent.arguments["blocks"], text_of(sent))
        for sent in sents
    )


@pytest.mark.parametrize("typed", [ESCAPED, TYPED], ids=["typed", "markup"])
def test_words_at_the_desk(slack, bot, ana, typed):
    """The desk reads the customer's words as words."""
    ana.says(typed)
    ana.says(PERSON)
    ana.says(f"zork fizzle {typed}")
    first, further = bot.said_to(DESK_ROOM)
    assert are_inert(slack.sent)
    assert "*b* _i_ ~s~ `c`" in text_of(first)
    assert "*b* _i_ ~s~ `c`" in text_of(further)


@SQLITE
def test_words_in_a_form(slack, bot, ana, gordon):
    """So do they in the form in which staff answer."""
    ana.says(ESCAPED)
    ana.says(PERSON)
    gordon.presses(bot.said_to(DESK_ROOM)[0], "Reply")
    (opened,) = slack.called("views.open")
    assert is_inert(opened["view"])
    assert "*b* _i_" in str(opened["view"])


@SQLITE
def test_words_of_staff(slack, bot, ana, gordon):
    """What staff write is words for the customer, too."""
    ana.says(PERSON)
    gordon.presses(bot.said_to(DESK_ROOM)[0], "Reply")
    (view,) = slack.views.values()
    gordon.interacts(gordon.submission(view, TYPED))
    assert are_inert(slack.sent)
    assert "*b* _i_ ~s~" in text_of(bot.said_to(ana.chat)[-1])


@SQLITE
@pytest.mark.parametrize("asked", ["where is {}", "transaction {}", "my e-mail is {}", "{}"])
def test_words_that_are_repeated(slack, bot, rosalind, asked):
    """Whatever the bot says back to a question, in a room or in private, is inert."""
    rosalind.says(asked.format(ESCAPED))
    rosalind.mentions(asked.format(ESCAPED))
    rosalind.commands(asked.format(ESCAPED), room=ROOM)
    assert 3 <= len(slack.sent)
    assert are_inert(slack.sent)


@SQLITE
def test_name(slack, bot, ana):
    """A person's name that looks like markup is no markup either."""
    (asked,) = ana.says("what is my balance?")
    body = ana.press(asked, "Make a payment")
    body["user"]["name"] = "<!channel>"
    ana.interacts(body)
    ana.says(PERSON)
    assert 1 == len(bot.said_to(DESK_ROOM))
    assert are_inert(slack.sent)
