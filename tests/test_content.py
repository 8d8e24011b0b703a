"""Rules that every text for people obeys, so that adding one needs no new test."""

import re
from collections import Counter

import pytest
from babel.messages.catalog import Message

from bot import handlers
from bot.commands import discover
from bot.faq import facts, library
from bot.faq.library import Kind
from bot.i18n import SOURCE_LANGUAGE, languages
from bot.markup import parse
from bot.router import Router
from tests.catalogue import extracted, path_of, read
from tests.conftest import TODAY

OTHERS = [language for language in languages() if language != SOURCE_LANGUAGE]
TOPICS = library.topics()
PROPER = {
    *"contact-billing accepted-cards autopay-when-charged autopay-setup autopay-status".split(),
    *"card-add-failed change-card pending-payment phone-payment make-payment last-payment".split(),
    *"cdr-where cdr-before-july-2025 invoice-pdf data-retention transaction-history".split(),
    *"transaction-types credit-timing credit-balance-negative balance view-aging".split(),
    *"update-bill-to notification-emails time-zone french-language add-user".split(),
    *"manage-users-missing password-rules forgot-password first-login human-agent".split(),
}
SMALL_TALK = {"greeting", "thanks", "goodbye", "help", "are-you-a-bot"}
NUMBERS = re.compile(r"\d+")
PLACEHOLDERS = re.compile(r"\{\w+\}")
# In Canadian French: a no-break space before the colon and the per cent sign and inside
# guillemets, none before the other marks.
BAD_FRENCH = re.compile(r"(?<!\d) [:%](?!\w)|\s[;!?]|«(?!\u00a0)|(?<!\u00a0)»|[“”]|\w'\s")


def topics() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.id)


def test_every_topic_that_was_promised_is_there() -> None:
    proper = {topic.id for topic in TOPICS.values() if topic.kind is Kind.TOPIC}
    assert PROPER == {topic for topic in proper if not topic.startswith("off-")}
    assert SMALL_TALK == {topic.id for topic in TOPICS.values() if topic.kind is Kind.SOCIAL}


@topics()
def test_a_topic_says_the_same_in_every_language(topic: library.Topic) -> None:
    """Same facts filled in, same figures, mail addresses and phone numbers."""
    english = topic.texts[SOURCE_LANGUAGE].answer
    for language in OTHERS:
        other = topic.texts[language].answer
        assert facts.used(english) == facts.used(other)
        assert Counter(NUMBERS.findall(PLACEHOLDERS.sub("", english))) == Counter(
            NUMBERS.findall(PLACEHOLDERS.sub("", other))
        )


@topics()
def test_a_topic_leads_on_to_topics_and_commands_that_exist(topic: library.Topic) -> None:
    assert set(topic.see) <= TOPICS.keys()
    assert topic.id not in topic.see
    assert topic.action is None or topic.action in discover(handlers)


@topics()
@pytest.mark.parametrize("language", languages())
def test_an_answer_is_short_filled_in_and_parses(topic: library.Topic, language: str) -> None:
    answer = topic.answer(language=language, today=TODAY)
    assert not re.search(r"[{}]", answer)
    assert len(answer) < 1000
    assert parse(answer)
    if language == "fr":
        assert not BAD_FRENCH.search(answer), BAD_FRENCH.search(answer)


def test_no_phrase_stands_in_two_topics() -> None:
    where: dict[str, set[str]] = {}
    for phrase in library.phrases():
        where.setdefault(phrase.text.casefold(), set()).add(phrase.target)
    assert [] == [text for text, found in where.items() if len(found) > 1]


@pytest.mark.parametrize("step", [10, pytest.param(1, marks=pytest.mark.slow)])
def test_every_phrase_finds_its_own_topic(step: int) -> None:
    matcher = Router(discover(handlers)).matcher
    wrong = [
        (phrase.text, phrase.target, found.off, found.candidates[:1])
        for phrase in library.phrases()[::step]
        if (found := matcher.match(phrase.text))
        and phrase.target not in {found.off, *(target for target, _ in found.candidates[:1])}
    ]
    assert [] == wrong


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_translates_every_text_and_nothing_else(language: str) -> None:
    """`make catalogue` has nothing to do, and nothing is left to translate."""
    wanted = {(message.context, message.id) for message in extracted() if message.id}
    have = {(m.context, m.id): m for m in read(path_of(language), language) if m.id}
    assert wanted == have.keys()
    assert [] == [m.id for m in have.values() if m.fuzzy or not all(strings(m))]


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_what_the_original_does(language: str) -> None:
    for message in read(path_of(language), language):
        if not message.id:
            continue
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        wanted = {name for original in originals for name in PLACEHOLDERS.findall(original)}
        for string in strings(message):
            # « un paiement » need not say the number.
            assert wanted - {"{n}"} <= set(PLACEHOLDERS.findall(string)) <= wanted, message.id


def test_french_texts_keep_to_canadian_typography() -> None:
    texts = [s for m in read(path_of("fr"), "fr") if m.id for s in strings(m) if "|" not in s]
    assert [] == [text for text in texts if BAD_FRENCH.search(text)]


def strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (str(message.string),)
