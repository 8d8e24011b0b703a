"""Several answers in one reply, each under its title."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from bot.commands import Answer
from bot.faq import library
from bot.messages import Button, Outcome, Reply

MOST_BUTTONS = 6  # the asides with them


@dataclass(frozen=True, slots=True)
class _Part:
    """The answer to one of several questions, under its title."""

    topic: str
    title: str
    reply: Reply

    @property
    def has_figures(self) -> bool:
        return bool(self.reply.facts or self.reply.table or self.reply.picture)


def joined(answers: Sequence[tuple[str, Answer]], *, language: str) -> Answer:
    """Join answers, given with their topics, in the order they were asked for.

    Facts, table and picture are those of the first answer that has any; what the others show
    stands in their sentences, and a button leads to it whole. It is an error only when all are.
    """
    parts = [
        _Part(topic, reply.title or library.topics()[topic].text(language).title, reply)
        for topic, answer in answers
        if (reply := answer.reply) is not None
    ]
    shown = next((part for part in parts if part.has_figures), parts[0])
    reply = replace(
        shown.reply,
        title=parts[0].title,
        text=_text(parts),
        buttons=_buttons(parts, shown),
    )
    failed = all(answer.outcome is Outcome.ERROR for _, answer in answers)
    return Answer(reply=reply, outcome=Outcome.ERROR if failed else Outcome.ANSWER)


def _text(parts: Sequence[_Part]) -> str:
    """Put the answers one below the other; what two of them say is said once."""
    first, *rest = parts
    paragraphs = dict.fromkeys(first.reply.text.split("\n\n"))
    for part in rest:
        paragraphs |= dict.fromkeys((f"**{part.title}**", *part.reply.text.split("\n\n")))
    return "\n\n".join(paragraphs)


def _buttons(parts: Sequence[_Part], shown: _Part) -> tuple[Button, ...]:
    """Choose the next steps from each answer in turn, and the asides once."""
    in_turn = chain.from_iterable(zip_longest(*(part.reply.buttons for part in parts)))
    found = {button.action or button.url: button for button in in_turn if button}
    for part in parts:
        found.pop(f"faq:{part.topic}", None)
        if part.has_figures:
            found.pop(library.topics()[part.topic].action, None)
    quiet = [button for button in found.values() if button.quiet]
    loud = [*_left_out(parts, shown), *(b for b in found.values() if not b.quiet)]
    return (*loud[: MOST_BUTTONS - len(quiet)], *quiet)


def _left_out(parts: Sequence[_Part], shown: _Part) -> Iterator[Button]:
    """Offer the whole of each answer whose figures found no room."""
    for part in parts:
        action = library.topics()[part.topic].action
        if part is not shown and part.has_figures and action:
            yield Button(part.title, action=action)
