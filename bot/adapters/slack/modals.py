"""Forms that staff fill in: they open at once, and what they send goes the way of everything."""

from collections.abc import Mapping
from typing import Any, Final

from bot.adapters.slack.renderer import modal_blocks, safe
from bot.delivery import Form
from bot.i18n import Localizer
from bot.markup import escape
from bot.messages import Reply

REPLY: Final = "ticket:reply:"  # what the buttons say that open a form
FIGURES: Final = "ticket:figures:"
CALLBACK: Final = "ticket-reply"
BLOCK: Final = "answer"
FIELD: Final = "words"
_TITLE: Final = 24  # characters, as Slack limits them
_INPUT: Final = 3_000

Json = dict[str, Any]


def answer_form(form: Form, *, room: str, thread: str) -> Json:
    """Make the form in which staff write an answer; it remembers the desk's thread."""
    loc = Localizer(form.language)
    said = "\n\n".join("\n".join(map(escape, words.splitlines())) for words in form.words)
    field = {
        "type": "input",
        "block_id": BLOCK,
        "label": _plain(loc.text("Your answer to the customer")),
        "hint": _plain(loc.text("It goes to the customer alone, where they wrote.")),
        "element": {
            "type": "plain_text_input",
            "action_id": FIELD,
            "multiline": True,
            "max_length": _INPUT,
        },
    }
    blocks = [*modal_blocks(Reply(text=said), language=form.language), field]
    return _modal(form.ref, blocks, loc) | {
        "close": _plain(loc.text("Cancel")),
        "callback_id": CALLBACK,
        "private_metadata": f"{form.ref} {room} {thread}".strip(),
        "submit": _plain(loc.text("Send")),
    }


def figures_view(reply: Reply, *, ref: str, language: str) -> Json:
    """Show figures to the one who asked."""
    loc = Localizer(language)
    return _modal(ref, modal_blocks(reply, language=language), loc)


def note_view(text: str, *, ref: str, language: str) -> Json:
    """Say why something cannot be shown."""
    return figures_view(Reply(text=text), ref=ref, language=language)


def sent(view: Any) -> tuple[str, str, str, str] | None:
    """Read what a form sent: ticket, room, thread and words. None when it is none of ours."""
    if not isinstance(view, Mapping) or view.get("callback_id") != CALLBACK:
        return None
    try:
        ref, room, *thread = str(view["private_metadata"]).split(" ")
        words = view["state"]["values"][BLOCK][FIELD]["value"]
    except (KeyError, TypeError, ValueError):
        return None
    return ref, room, thread[0] if thread else "", words if isinstance(words, str) else ""


def _modal(ref: str, blocks: Any, loc: Localizer) -> Json:
    return {
        "type": "modal",
        "title": _plain(loc.text("Ticket {ref}", ref=ref)[:_TITLE]),
        "close": _plain(loc.text("Close")),
        "blocks": list(blocks),
    }


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": safe(text)}
