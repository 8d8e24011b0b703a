"""The topics that are likely next, as buttons."""

from bot.faq import library
from bot.faq.library import Topic
from bot.messages import Button

PERSON = "handoff"


def next_steps(topic: Topic, *, language: str) -> tuple[Button, ...]:
    """Name the topics of `see` that exist, each a button to its answer."""
    known = library.topics()
    return tuple(_button(known[other], language) for other in topic.see if other in known)


def _button(topic: Topic, language: str) -> Button:
    """Lead to a person by the same action everywhere, so that no answer offers one twice."""
    action = PERSON if topic.action == PERSON else f"faq:{topic.id}"
    return Button(topic.text(language).title, action=action)
