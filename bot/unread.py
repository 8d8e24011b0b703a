"""Words beside "invoice" that choose one in a way nobody has taught: "my biggest invoice"."""

import re
from functools import cache

from bot.faq import library
from bot.faq.spelling import Speller
from bot.history_view import ASKING, BESIDE, INVOICES, LONGEST, in_every_language, words
from bot.i18n import languages, phrases
from bot.slots.words import plain

_AROUND = (-2, -1, 1, 2, 3)  # « ma facture la plus élevée »
# What the topic's own phrases say of other things, and what chooses an invoice nonetheless.
_CHOOSING = phrases("paid | other | others | another")


def unread(text: str, *beside: str) -> list[str]:
    """List, as typed, the words around an invoice that no way of asking for one has, or nearly.

    `beside` are lists of words marked by `phrases` that say nothing. Longer messages tell stories:
    of them nothing is listed.
    """
    said = words(text) if len(text) <= LONGEST else []
    nouns = in_every_language(INVOICES)
    places = {at + step for at, word in enumerate(said) if word in nouns for step in _AROUND}
    near = (said[at] for at in sorted(places) if 0 <= at < len(said))
    idle = in_every_language(BESIDE, ASKING, INVOICES, *beside)
    typed = {plain(word): word for word in re.findall(r"\w+", text)}
    return [typed.get(word, word) for word in near if word not in idle and not _is_known(word)]


def _is_known(word: str) -> bool:
    if word in in_every_language(_CHOOSING):
        return False
    speller = _speller()
    return not word.isalpha() or speller.repair(word) in speller.vocabulary


@cache
def _speller() -> Speller:
    """Know the words in which invoices are asked for."""
    topic = library.with_action("invoice")
    asked = (topic.text(language).phrases for language in languages()) if topic else ()
    return Speller(sorted({word for said in asked for phrase in said for word in words(phrase)}))
