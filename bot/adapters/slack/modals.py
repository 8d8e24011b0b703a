"""Forms that staff fill in: they open at once, and what they send goes the way of everything."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from bot.adapters.slack.renderer import modal_blocks, safe
from bot.delivery import Form, TeachForm
from bot.i18n import Localizer
from bot.markup import escape
from bot.messages import Reply

REPLY: Final = "ticket:reply:"  # what the buttons say that open a form
FIGURES: Final = "ticket:figures:"
TEACH: Final = "teach:"  # alone with a ticket; with more it says what to learn
CALLBACK: Final = "ticket-reply"
TEACHES: Final = "teach"  # the callback of the other form
BLOCK: Final = "answer"
FIELD: Final = "words"
TOPIC_BLOCK: Final = "about"
TOPIC: Final = "topic"
_TITLE: Final = 24  # characters, as Slack limits them
_INPUT: Final = 3_000
_OPTIONS, _OPTION_TEXT = 100, 75

Json = dict[str, Any]


def answer_form(form: Form, *, room: str, thread: str) -> Json:
    """Make the form in which staff write an answer; it remembers the desk's thread."""
    loc = Localizer(form.language)
    said = "\n\n".join("\n".join(map(escape, words.splitlines())) for words in form.words)
    field = _input(
        BLOCK,
        loc.text("Your answer to the customer"),
        loc.text("It goes to the customer alone, where they wrote."),
        {
            "type": "plain_text_input",
            "action_id": FIELD,
            "multiline": True,
            "max_length": _INPUT,
        },
    )
    blocks = [*modal_blocks(Reply(text=said), language=form.language), field]
    return _modal(form.ref, blocks, loc) | _sends(
        loc, CALLBACK, place=f"{form.ref} {room} {thread}", submit=loc.text("Send")
    )


def teach_form(form: TeachForm, *, room: str, thread: str) -> Json:
    """Make the form in which staff choose the topic that answers a phrase, which they may edit."""
    loc = Localizer(form.language)
    options = [
        {"text": _plain(title[:_OPTION_TEXT]), "value": topic} for topic, title in form.topics
    ]
    topic = _input(
        TOPIC_BLOCK,
        loc.text("Which topic answers it?"),
        loc.text("The likeliest come first."),
        {"type": "static_select", "action_id": TOPIC, "options": options[:_OPTIONS]},
    )
    phrase = _input(
        BLOCK,
        loc.text("What customers ask"),
        loc.text("Nothing of one customer alone: no name, number or amount."),
        {"type": "plain_text_input", "action_id": FIELD, "max_length": _INPUT}
        | ({"initial_value": form.words[:_INPUT]} if form.words else {}),
    )
    return _modal(form.ref, [topic, phrase], loc) | _sends(
        loc, TEACHES, place=f"{form.ref} {room} {thread}", submit=loc.text("Teach the bot")
    )


def figures_view(reply: Reply, *, ref: str, language: str) -> Json:
    """Show figures to the one who asked."""
    loc = Localizer(language)
    return _modal(ref, modal_blocks(reply, language=language), loc)


def note_view(text: str, *, ref: str, language: str) -> Json:
    """Say why something cannot be shown."""
    return figures_view(Reply(text=text), ref=ref, language=language)


class Sent(NamedTuple):
    """What a form sent: what it asks of the bot, in which room and thread, and the words."""

    action: str
    room: str
    thread: str
    words: str


def sent(view: Any) -> Sent | None:
    """Read what a form sent. None when it is none of ours."""
    if not isinstance(view, Mapping) or view.get("callback_id") not in {CALLBACK, TEACHES}:
        return None
    try:
        ref, room, *thread = str(view["private_metadata"]).split(" ")
        values = view["state"]["values"]
        words = values[BLOCK][FIELD]["value"]
        action = REPLY + ref
        if view["callback_id"] == TEACHES:
            action = f"{TEACH}{ref} {values[TOPIC_BLOCK][TOPIC]['selected_option']['value']}"
    except (KeyError, TypeError, ValueError):
        return None
    return Sent(action, room, thread[0] if thread else "", words if isinstance(words, str) else "")


def opens(action: str) -> bool:
    """Tell whether a button opens a form, or what only the one who pressed sees."""
    return action.startswith((REPLY, FIGURES)) or (action.startswith(TEACH) and " " not in action)


def _input(block: str, label: str, hint: str, element: Json) -> Json:
    return {
        "type": "input",
        "block_id": block,
        "label": _plain(label),
        "hint": _plain(hint),
        "element": element,
    }


def _modal(ref: str, blocks: Any, loc: Localizer) -> Json:
    return {
        "type": "modal",
        "title": _plain(loc.text("Ticket {ref}", ref=ref)[:_TITLE]),
        "close": _plain(loc.text("Close")),
        "blocks": list(blocks),
    }


def _sends(loc: Localizer, callback: str, *, place: str, submit: str) -> Json:
    """Give what makes a form of a modal; `sent` reads the place back."""
    return {
        "close": _plain(loc.text("Cancel")),
        "callback_id": callback,
        "private_metadata": place.strip(),
        "submit": _plain(submit),
    }


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": safe(text)}
