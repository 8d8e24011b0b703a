"""What staff teach the bot: which topic answers a customer's own words."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot import slots
from bot.commands import Knowledge
from bot.desk.cases import Refused
from bot.faq import library
from bot.faq.language import guess
from bot.faq.lexicon import lexicon
from bot.faq.normalise import prepare
from bot.faq.realwords import real_words
from bot.i18n import N_
from bot.redaction import redact
from store import people, taught, tickets
from store.db import Session
from store.models import Staff
from store.tickets import Case

LONGEST_PHRASE = 160  # characters: what is longer is no question
NAMED = 3  # topics that are offered
FEWEST_WORDS = 2
_QUOTES = " \t\n\"'«»“”\N{NO-BREAK SPACE}"
_NUMBER = re.compile(r"\d(?:[\s-]?\d){4}")  # as long as an account's
_NAME = 4  # letters from which a part of a name is looked for


@dataclass(frozen=True, slots=True)
class Lesson:
    """A phrase that is fit to be taught, and the topic it asks for."""

    topic: str
    text: str
    language: str


def lesson(
    knowledge: Knowledge,
    *,
    topic: str,
    words: str,
    reader: str,
    language: str,
    names: Iterable[str],
) -> Lesson:
    """Make a phrase of the words of staff or a customer.

    `reader` is the language of titles in what is said; `language` is the phrase's when its words
    do not tell; `names` are the customer's. Raises Refused, in plain words.
    """
    text = " ".join(words.split()).strip(_QUOTES)
    expect_topic(topic)
    _expect_a_question(text)
    _expect_nobodys(text, names)
    _expect_new(knowledge, topic, text, reader)
    found = guess(text)
    return Lesson(topic, text, found.language if found else language)


def expect_topic(topic: str) -> None:
    """Raise Refused for a topic that does not exist, naming the nearest."""
    if topic not in library.topics():
        near = process.extract(topic, library.topics().keys(), scorer=fuzz.WRatio, limit=NAMED)
        raise Refused(
            N_("There is no topic {topic}. The nearest are: {topics}."),
            topic=topic,
            topics=", ".join(name for name, _, _ in near),
        )


def _expect_a_question(text: str) -> None:
    if not text:
        raise Refused(N_("There are no words to learn."))
    if len(text) > LONGEST_PHRASE:
        raise Refused(
            N_("That is longer than a question: at most {limit} characters."), limit=LONGEST_PHRASE
        )
    said = lexicon().stems(prepare(text))
    if text.startswith("/") or len(said) < FEWEST_WORDS:
        raise Refused(N_("That is no question. Write it as a customer would ask it."))
    if all(lexicon().is_function(word) for word in said):
        raise Refused(N_("That could be about anything. A phrase needs a word that tells."))


def _expect_nobodys(text: str, names: Iterable[str]) -> None:
    """Raise Refused for what is of one customer alone: it would be kept and shown to staff."""
    for finds, msgid in _PRIVATE:
        if finds(text):
            raise Refused(msgid)
    for name in _said(text, names):
        raise Refused(N_("Leave out the customer's name: {name}."), name=name)


def _said(text: str, names: Iterable[str]) -> Iterator[str]:
    """Find names that are said whole, or by a part that is no word of either language."""
    said = {word.casefold() for word in re.findall(r"\w+", text)}
    for name in filter(str.strip, names):
        if name.strip().casefold() in text.casefold():
            yield name.strip()
        for part in re.findall(r"\w+", name):
            if len(part) >= _NAME and part.casefold() in said - real_words():
                yield part


def _expect_new(knowledge: Knowledge, topic: str, text: str, reader: str) -> None:
    if knowledge.meaning(text) == topic:
        raise already_answered(topic, reader)
    owner = knowledge.owner(text)
    if owner == "":
        raise Refused(N_("That is on the list of what I do not answer."))
    if owner not in {None, topic}:
        raise Refused(
            N_("That is a phrase of “{topic}” already, word for word."), topic=title(owner, reader)
        )
    if knowledge.with_phrase(topic, text).meaning(text) != topic:
        raise Refused(
            N_(
                "I would not answer that with “{topic}” even so: it says more than one thing, or "
                "something that goes to a person first."
            ),
            topic=title(topic, reader),
        )


def already_answered(topic: str, language: str) -> Refused:
    return Refused(N_("I answer that with “{topic}” already."), topic=title(topic, language))


def title(target: str | None, language: str) -> str:
    """Name a topic for people; a command by its name."""
    known = library.topics().get(target or "")
    return known.text(language).title if known else (target or "").removeprefix(library.OFF)


def titles(first: Sequence[str], language: str) -> tuple[tuple[str, str], ...]:
    """List all topics with their titles: those given first, then the others by title."""
    rest = sorted(library.topics().keys() - set(first), key=lambda topic: title(topic, language))
    return tuple((topic, title(topic, language)) for topic in (*first, *rest))


def question(session: Session, case: Case) -> str:
    """Give the customer's sentence that a topic should have answered, in one line."""
    return " ".join((tickets.question(session, ticket_id=tickets.id_of(case.ticket)) or "").split())


def names_of(session: Session, case: Case) -> tuple[str, ...]:
    """List what the customer of a ticket and their company are called."""
    user_id = case.ticket.portal_user_id
    user = people.portal_user(session, portal_user_id=user_id) if user_id else None
    return (
        case.person.display_name,
        case.account.legal_name if case.account else "",
        f"{user.first_name} {user.last_name}" if user else "",
    )


def learn(session: Session, lesson: Lesson, *, ref: str, staff: Staff, case: Case | None) -> bool:
    """Keep a phrase: it counts in every process from now on. False when it holds already."""
    assert staff.id is not None  # noqa: S101 - it was read from the store
    return taught.add(
        session,
        ref=ref,
        topic=lesson.topic,
        language=lesson.language,
        text=lesson.text,
        staff_id=staff.id,
        ticket_id=case.ticket.id if case else None,
    )


def taught_text(session: Session, ref: str) -> str:
    """Give the words of a phrase that holds. Raises Refused when there is none of that ref."""
    text = taught.text_of(session, ref=ref)
    if text is None:
        raise Refused(N_("There is no taught phrase {ref}."), ref=ref)
    return text


def unlearn(session: Session, ref: str, *, staff: Staff) -> None:
    """Withdraw a phrase, if it holds still."""
    assert staff.id is not None  # noqa: S101 - it was read from the store
    taught.withdraw(session, ref=ref, staff_id=staff.id)


_PRIVATE: tuple[tuple[Callable[[str], object], str], ...] = (
    (
        lambda text: redact(text).found or "[•••" in text,
        N_("Leave out the card number or password."),
    ),
    (slots.email, N_("Leave out the e-mail address.")),
    (slots.phone, N_("Leave out the phone number.")),
    (
        lambda text: slots.transaction_number(text) or slots.account_number(text),
        N_("Leave out the invoice or account number."),
    ),
    (slots.amounts, N_("Leave out the amount.")),
    (_NUMBER.search, N_("Leave out the number.")),
)
