"""Commands in a text, as people have to type them where they are."""

import re
from collections.abc import Callable, Collection
from dataclasses import replace

from bot.messages import Fact, Reply

_COMMAND = re.compile(r"(?<!\S)/([a-z][a-z-]*)\b")


def with_commands(reply: Reply, known: Collection[str], spell: Callable[[str], str]) -> Reply:
    """Write each "/name" of a reply's words and facts as a platform spells that command."""

    def spelled(text: str) -> str:
        if "/" not in text:
            return text
        return _COMMAND.sub(lambda m: spell(m[1]) if m[1] in known else m[0], text)

    facts = tuple(Fact(fact.label, spelled(fact.value)) for fact in reply.facts)
    return replace(reply, text=spelled(reply.text), facts=facts)
