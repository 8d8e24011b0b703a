"""Speak another language, and say how the invoices and the portal do."""

import re
from functools import cache

from babel import Locale

from bot.commands import Answer, Command, Context
from bot.documents import living
from bot.faq import library
from bot.i18n import N_, Localizer, known, languages, phrases
from bot.messages import Button, Reply
from bot.slots.words import plain
from store import people
from store.db import Session

_SHORTEST_NAME = 4  # letters: shorter ones are words of other meanings ("fon", "even")
# Who names one of these means the account's language, not that of the chat.
_OF_THE_ACCOUNT = phrases(
    "invoice | invoices | bill | bills | portal | account | statement | notifications | emails | "
    "user | users | screens | login | site"
)


def handle(context: Context) -> Answer:
    """Go on in the language that the argument or the sentence names.

    When it is about invoices or the portal, say how they change theirs, and offer the chat's.
    """
    words = set(re.findall(r"\w+", plain(context.request.text)))
    wanted = known(context.args) or _named(words)
    if wanted is None and words & _unspoken():
        return _ask(context)
    if not context.request.is_chosen and (wanted is None or words & _account_words()):
        return _about_the_account(context)
    return _ask(context) if wanted is None else _switch(context, wanted)


def _switch(context: Context, wanted: str) -> Answer:
    context.speak(wanted)

    def write(session: Session, _turn_id: int) -> None:
        people.choose_language(session, person_id=context.person.id, language=wanted)

    context.defer(write)
    text = context.loc.text("Of course, let us continue in English. What can I do for you?")
    return Answer(reply=Reply(text=text))


def _about_the_account(context: Context) -> Answer:
    topic = library.with_action("language")
    language = context.loc.language
    if topic is None:
        return _ask(context)
    others = tuple(button for button in _buttons() if button.action != f"language:{language}")
    reply = Reply(
        title=topic.text(language).title,
        text=living.with_figures(
            context, topic.id, topic.answer(language=language, today=context.today())
        ),
        buttons=others,
    )
    return Answer(reply=reply)


def _ask(context: Context) -> Answer:
    text = context.loc.text("I speak English and French. Which do you prefer?")
    return Answer(reply=Reply(text=text, buttons=_buttons()))


def _buttons() -> tuple[Button, ...]:
    """Offer each language by its own name."""
    return tuple(
        Button(
            (Locale(language).get_display_name() or language).capitalize(), f"language:{language}"
        )
        for language in languages()
    )


def _account_words() -> set[str]:
    lists = (Localizer(language).phrases(_OF_THE_ACCOUNT) for language in languages())
    return {plain(word) for words in lists for word in words}


@cache
def _unspoken() -> frozenset[str]:
    """List the names, in the languages spoken here, of those that are not."""
    named = (Locale(language).languages for language in languages())
    others = (name for names in named for code, name in names.items() if code not in languages())
    return frozenset(folded for name in others if len(folded := plain(name)) > _SHORTEST_NAME)


def _named(words: set[str]) -> str | None:
    """Find the language whose name, in any language spoken here, is among the words."""
    for language in languages():
        for spoken in languages():
            if plain(Locale(language).get_display_name(spoken) or "") in words:
                return language
    return None


command = Command(
    name="language", help=N_("English or French"), place=70, handle=handle, public=True
)
