"""In which language somebody wrote."""

import pytest

from bot.faq import library
from bot.faq.language import Guess, guess

ENGLISH = [
    "what is my balance",
    "wat do i owe",
    "hows my balance",
    "cant log in",
    "thanks!",
    "hello",
    "can you send me the facture",
    "where are my invoices",
    "I'd like to pay",
    "u charged me 2x",
    "call history from early october",
]
FRENCH = [
    "quel est mon solde",
    "ou est ma facture",
    "deja paye",
    "c combien",
    "chu pas capable de me logger",
    "ya tu un solde",
    "bonjour",
    "merci",
    "svp",
    "allô",
    "où",
    "facture",
    "ma bill est trop haute",
    "j'ai payé mon invoice",
    "le payment est pending",
    "mon balance",
    "L’ÉCHÉANCE",
    "cest quoi Toll-free",
]
NOTHING = ["invoice", "auto pay", "PDF", "CDR", "ok", "bye", "12", "INV00054321", "", "?", "👍"]


@pytest.mark.parametrize("text", ENGLISH)
def test_english(text: str) -> None:
    """English is known for sure, chat spelling included."""
    assert guess(text) == Guess("en", sure=True)


@pytest.mark.parametrize("text", FRENCH)
def test_french(text: str) -> None:
    """French is known for sure: spoken Quebec French, no accents, English nouns in it."""
    assert guess(text) == Guess("fr", sure=True)


@pytest.mark.parametrize("text", NOTHING)
def test_no_evidence(text: str) -> None:
    """Borrowed words, signs and numbers say nothing about the language."""
    assert guess(text) is None


@pytest.mark.parametrize(("text", "language"), [("oui", "fr"), ("Non.", "fr"), ("yes", "en")])
def test_bare_answers_are_not_sure(text: str, language: str) -> None:
    """A bare yes is no reason to change the language of a conversation."""
    assert guess(text) == Guess(language, sure=False)


def test_phrases_of_topics() -> None:
    """Of the topics' sentences, one in two hundred at most is taken for the other language."""
    phrases = library.phrases()
    wrong = [
        p.text for p in phrases if (g := guess(p.text)) and g.sure and g.language != p.language
    ]
    assert len(wrong) <= len(phrases) / 200, wrong
