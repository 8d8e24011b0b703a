"""Invoices by more than their dates: the last three, the oldest, those that are unpaid."""

from collections.abc import Iterator
from datetime import date

import pytest

from bot.bootstrap import Bot
from bot.faq import library
from bot.handlers.invoice import claims
from bot.unread import unread
from store.models import PaymentState, TransactionType
from tests.conftest import TODAY, Stores
from tests.newcomer import Newcomer, rows, wired
from tests.talk import Talk


@pytest.fixture(scope="module")
def bot(stores: Stores) -> Iterator[Bot]:
    with wired(stores) as built:
        yield built


@pytest.fixture
def newcomer(bot: Bot) -> Newcomer:
    return Newcomer(bot)


def billed(newcomer: Newcomer, *, year: int = 2026, months: range) -> list[str]:
    """A monthly invoice of $10.00 on the first of each month, due at its end."""
    numbers = []
    for month in months:
        day = date(year, month, 1)
        due = day.replace(day=28)
        numbers.append(newcomer.has(TransactionType.INVOICE, day, 1000, due_date=due))
    return numbers


def given(talk: Talk, said: str) -> list[str]:
    """The numbers of the invoices whose PDFs come, in the order in which they come."""
    message = talk.say(said)
    assert message.said is not None
    assert message.said.command == "invoice"
    return [file.filename.split("-")[-1].removesuffix(".pdf") for file in message.reply.files]


RANKS = [
    ("my last 3 invoices", [9, 8, 7]),
    ("first invoice of april to june", [3]),
    ("the last invoice of april to june", [5]),
    ("les 2 factures les plus anciennes", [0, 1]),
    ("l'avant-dernière facture", [8]),
]
MORE_RANKS = [
    ("send me the two latest bills as pdf", [9, 8]),
    ("oldest invoice", [0]),
    ("my 2 oldest invoices", [0, 1]),
    ("my first 2 invoices", [0, 1]),
    ("the invoice before last", [8]),
    ("what is my second to last bill", [8]),
    ("my last 2 invoices of april to june", [5, 4]),
    ("mes deux dernières factures", [9, 8]),
    ("ma plus vieille facture", [0]),
    ("c'est quoi mes 2 dernières factures", [9, 8]),
]


@pytest.mark.parametrize(
    ("said", "at"), [*RANKS, *(pytest.param(*rank, marks=pytest.mark.slow) for rank in MORE_RANKS)]
)
def test_invoices_are_chosen_by_rank(newcomer: Newcomer, said: str, at: list[int]) -> None:
    numbers = billed(newcomer, months=range(1, 11))

    assert given(newcomer.talk(), said) == [numbers[n] for n in at]


def test_the_rank_is_told(newcomer: Newcomer) -> None:
    """Whoever asks for another than the latest reads which one it is."""
    billed(newcomer, months=range(8, 11))
    talk = newcomer.talk()

    assert (
        "Here is the invoice before your latest, of September 1, 2026: **$10.00**."
        in talk.say("the invoice before last").reply.text
    )
    assert (
        "Here is your oldest invoice whose PDF is kept, of August 1, 2026"
        in talk.say("oldest invoice").reply.text
    )
    three = talk.say("my last 5 invoices").reply
    assert three.text.startswith("3 invoices, $30.00 in all.\n\nYou asked for 5: I find no more.")
    french = newcomer.talk(locale="fr").say("l'avant-dernière facture").reply
    assert "Voici votre avant-dernière facture, datée du 1er septembre 2026" in french.text


def test_the_oldest_is_the_oldest_that_is_kept(newcomer: Newcomer) -> None:
    billed(newcomer, year=2024, months=range(9, 12))
    (kept,) = billed(newcomer, year=2024, months=range(12, 13))

    assert given(newcomer.talk(), "my oldest invoice") == [kept]


def test_one_alone_is_said_to_be(newcomer: Newcomer) -> None:
    billed(newcomer, months=range(10, 11))

    reply = newcomer.talk().say("the invoice before last").reply

    assert "It is the only one that I see." in reply.text


def owing(newcomer: Newcomer) -> list[str]:
    """Five invoices: two are paid, one in part; the last is not yet due."""
    numbers = billed(newcomer, months=range(7, 11))
    numbers += [newcomer.has(TransactionType.INVOICE, date(2026, 11, 1), 4000, due_date=TODAY)]
    newcomer.pays(2500, date(2026, 9, 2), PaymentState.CLEARED)
    newcomer.pays(300, date(2026, 11, 21), PaymentState.PENDING, settled_on=None)
    return numbers


def test_unpaid_invoices_are_those_that_are_open(newcomer: Newcomer) -> None:
    """With what is still to be paid of each, adding up to what is said of all."""
    numbers = owing(newcomer)
    talk = newcomer.talk()

    for said in (
        "factures à payer",
        "combien de factures impayées j'ai",
        "send me my unpaid invoices",
    ):
        assert given(talk, said) == numbers[:1:-1]
    assert talk.last is not None
    reply = talk.last.reply
    assert reply.text.startswith("3 invoices are unpaid: **$55.00** is still to be paid in all.")
    assert "A payment of $3.00 made on November 21, 2026 is pending" in reply.text
    assert [row[-1] for row in rows(reply)] == ["$40.00", "$10.00", "$5.00"]


def test_past_due_and_the_oldest_of_them(newcomer: Newcomer) -> None:
    """What is due today is not late."""
    numbers = owing(newcomer)
    talk = newcomer.talk()

    assert given(talk, "overdue invoices of 2026") == [numbers[3], numbers[2]]
    assert given(talk, "my oldest unpaid invoice") == [numbers[2]]
    assert given(talk, "my last unpaid invoice") == [numbers[4]]
    assert given(talk, "my paid invoices") == numbers[1::-1]
    assert given(talk, "unpaid invoices of october") == [numbers[3]]


def test_many_unpaid_come_as_a_zip(newcomer: Newcomer) -> None:
    billed(newcomer, months=range(7, 11))

    reply = newcomer.talk(locale="fr").say("mes factures impayées").reply

    assert [file.media_type for file in reply.files] == ["application/zip"]
    assert reply.text.startswith("4 factures sont impayées")
    assert reply.table is not None
    assert "Reste à payer" in [column.label for column in reply.table.columns]


def test_an_unpaid_invoice_older_than_the_pdfs_is_listed(newcomer: Newcomer) -> None:
    old, kept = (
        newcomer.has(TransactionType.INVOICE, day, 1000, due_date=day)
        for day in (date(2024, 3, 1), date(2026, 10, 1))
    )
    talk = newcomer.talk()

    assert given(talk, "unpaid invoices") == [kept]
    assert talk.last is not None
    assert [row[1] for row in rows(talk.last.reply)] == [kept, old]
    assert "PDFs of invoices are kept for 24 months" in talk.last.reply.text


def test_nothing_unpaid_is_said(newcomer: Newcomer) -> None:
    numbers = billed(newcomer, months=range(10, 11))
    newcomer.pays(1000, date(2026, 10, 5), PaymentState.CLEARED)
    talk = newcomer.talk()

    assert given(talk, "unpaid invoices") == []
    assert talk.last is not None
    assert talk.last.reply.text.startswith("No invoice is unpaid, so nothing is past due.")
    assert "No invoice is past due." in talk.say("send me overdue invoices").reply.text
    assert given(talk, "october invoice in pdf") == numbers
    reply = talk.say("unpaid invoices of october").reply
    assert "No invoice dated in that period (October 2026) is unpaid." in reply.text


def test_aging_leads_to_the_unpaid_invoices(newcomer: Newcomer) -> None:
    billed(newcomer, months=range(9, 11))
    talk = newcomer.talk(locale="fr")
    talk.press("aging")

    assert talk.press_labelled("Factures impayées").reply.title == "Factures impayées"


def test_what_was_given_is_narrowed_and_given_again(newcomer: Newcomer) -> None:
    """The oldest of the year that was shown; as PDF, the same; in French, the same."""
    numbers = billed(newcomer, months=range(1, 11))
    talk = newcomer.talk()

    assert given(talk, "send me the invoices of may and june") == [numbers[5], numbers[4]]
    for said in ("the oldest one", "in French", "en pdf stp"):
        assert given(talk, said) == [numbers[4]]
    given(talk, "my last 2 invoices")
    assert given(talk, "as pdf please") == [numbers[9], numbers[8]]
    assert given(talk, "juste celle du 1er octobre") == [numbers[9]]


def test_several_numbers_give_several_invoices(newcomer: Newcomer) -> None:
    """One that is not there is named."""
    first, _, last = billed(newcomer, months=range(8, 11))
    talk = newcomer.talk()

    assert given(talk, f"send me {first} and {last}") == [last, first]
    assert given(talk, "in French") == [last, first]
    assert given(talk, f"pdf of {first} and INV99999999") == [first]
    assert talk.last is not None
    assert "INV99999999" in talk.last.reply.text


def test_the_one_before_in_other_words(newcomer: Newcomer) -> None:
    numbers = billed(newcomer, months=range(8, 11))
    talk = newcomer.talk()

    assert given(talk, "my last invoice") == [numbers[2]]
    assert given(talk, "la facture avant celle-là") == [numbers[1]]
    assert given(talk, "the invoice before that one") == [numbers[0]]


def test_the_last_and_the_first_of_what_was_given(newcomer: Newcomer) -> None:
    numbers = billed(newcomer, months=range(8, 11))
    talk = newcomer.talk()

    for said, at in (("juste la première", 0), ("only the last one", 1)):
        assert given(talk, "send me the invoices of august and september") == numbers[1::-1]
        assert given(talk, said) == [numbers[at]]


@pytest.mark.parametrize(
    ("said", "at"),
    [("only the last 2", [1, 0]), ("the unpaid ones", [1]), ("juste la plus vieille", [0])],
)
def test_invoices_are_chosen_from_a_list(newcomer: Newcomer, said: str, at: list[int]) -> None:
    """Of the months that were listed, and not of all."""
    numbers = billed(newcomer, months=range(8, 11))
    newcomer.pays(1000, date(2026, 9, 5), PaymentState.CLEARED)
    talk = newcomer.talk()
    listed = talk.say("my invoices for August and September")
    assert listed.said is not None
    assert listed.said.command == "transactions"

    assert given(talk, said) == [numbers[n] for n in at]


@pytest.mark.parametrize(
    "text",
    [
        "pay my unpaid invoices",
        "how do i clear our unpaid invoices",
        "my first invoice",
        "why is my first invoice of 2026 so high",
        "unpaid",
        "my last 3 payments",
        "my last 3 calls",
        "why do I have two invoices this month",
        "pourquoi ai-je deux factures",
        "comment acquitter nos factures impayées",
    ],
)
def test_whoever_says_more_is_not_cut_short(text: str) -> None:
    assert claims(text) is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("send me my biggest invoice", "biggest"),
        ("can i download the corrected invoice", "corrected"),
        ("envoie-moi la facture corrigée", "corrigée"),
        ("je veux le pdf de ma facture la plus élevée", "élevée"),
    ],
)
def test_what_is_not_understood_is_said(newcomer: Newcomer, said: str, words: str) -> None:
    """The latest comes, and is not passed off as what was asked for."""
    newest = billed(newcomer, months=range(9, 11))[-1]
    talk = newcomer.talk()

    assert given(talk, said) == [newest]
    assert talk.last is not None
    assert (
        f"“{words}”" in talk.last.reply.text
        or f"«\N{NO-BREAK SPACE}{words}\N{NO-BREAK SPACE}»" in talk.last.reply.text
    )
    assert "2025" in talk.last.reply.text


def test_ways_to_ask_for_invoices_are_understood() -> None:
    """No phrase of the topic is said back, nor are its slips."""
    topic = library.topics()["invoice-pdf"]
    phrases = [phrase for language in ("en", "fr") for phrase in topic.text(language).phrases]

    assert len(phrases) > 100
    assert [phrase for phrase in phrases if unread(phrase)] == []
    assert unread("donwload my lastest invioce as pdf plz") == []
