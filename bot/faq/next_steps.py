"""The topics that are likely next, as buttons."""

from bot.faq import library
from bot.faq.library import Topic
from bot.messages import Button


def next_steps(topic: Topic, *, language: str) -> tuple[Button, ...]:
    """Name the topics of `see` that exist, each a button to its answer."""
    known = library.topics()
    return tuple(
        Button(known[other].text(language).title, action=f"faq:{other}")
        for other in topic.see
        if other in known
    )
