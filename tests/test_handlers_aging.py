"""How late what a customer owes is: in words, as a table, and as a picture."""

import struct
from collections.abc import Iterator

import pytest

from bot.bootstrap import Bot
from bot.documents import aging_picture
from bot.i18n import Localizer
from tests.conftest import TODAY, Stores
from tests.newcomer import Newcomer, cents, facts, late_payer, rows, wired
from tests.talk import Talk


@pytest.fixture(scope="module")
def bot(stores: Stores) -> Iterator[Bot]:
    with wired(stores) as built:
        yield built


@pytest.fixture
def maple(bot: Bot) -> Talk:
    return Talk(bot, locale="en").signed_in("demo@maple.example")


@pytest.fixture
def newcomer(bot: Bot) -> Newcomer:
    return Newcomer(bot)


@pytest.fixture
def late(bot: Bot) -> Newcomer:
    return late_payer(bot)


def test_aging_sorts_what_is_unpaid_by_its_days(late: Newcomer) -> None:
    """Exactly 30, 60 and 90 days belong to the lower step; due today is not past due."""
    reply = late.talk("fr").press("aging").reply

    assert reply.title == "Âge du compte au 22 novembre 2026"
    assert (
        ("Non échu", "392,81\xa0$"),
        ("1 à 30 jours", "828,60\xa0$"),
        ("31 à 60 jours", "836,54\xa0$"),
        ("61 à 90 jours", "1\xa0047,17\xa0$"),
        ("Plus de 90 jours", "243,50\xa0$"),
        ("Total impayé", "3\xa0348,62\xa0$"),
        ("Crédits non appliqués", "0,00\xa0$"),
        ("Solde actuel", "3\xa0348,62\xa0$"),
    ) == rows(reply)
    assert "La plus ancienne facture impayée" in reply.text


def test_aging_and_balance_agree(bot: Bot) -> None:
    """The steps add up to the total, and the total is what the balance says."""
    talk = Talk(bot, locale="en").signed_in("demo@erable.example")

    *steps, total, unapplied, balance = [cents(row[1]) for row in rows(talk.press("aging").reply)]

    assert all(steps)
    assert sum(steps) == total == balance - unapplied
    assert balance == cents(facts(talk.press("balance").reply)["Current balance"])


def test_the_aging_picture_says_in_words_what_it_shows(late: Newcomer) -> None:
    """The picture is a PNG of the account, and its text names every step with its amount."""
    picture = late.talk("fr").press("aging").reply.picture

    assert picture is not None
    assert picture.alt == (
        "Diagramme à barres des montants impayés selon le nombre de jours de retard, au 22 "
        "novembre 2026. Non échu\xa0: 392,81\xa0$; 1 à 30 jours\xa0: 828,60\xa0$; 31 à 60 jours"
        "\xa0: 836,54\xa0$; 61 à 90 jours\xa0: 1\xa0047,17\xa0$; Plus de 90 jours\xa0: 243,50"
        "\xa0$. Total\xa0: 3\xa0348,62\xa0$."
    )
    assert picture.file.filename == "age-du-compte-2026-11-22.png"
    content = late.file(picture.file.ref)
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (960, 640)
    assert len(content) == picture.file.size


def test_the_same_figures_are_drawn_once(late: Newcomer) -> None:
    """Asked again, the picture that is kept comes back; in another language it is another one."""
    talk = late.talk("fr")
    first, second = (talk.press("aging").reply.picture for _ in range(2))
    talk.press("language:en")
    english = talk.press("aging").reply.picture

    assert first is not None
    assert first == second
    assert english is not None
    assert english.file.ref != first.file.ref


def test_a_change_of_the_figures_is_another_picture(newcomer: Newcomer) -> None:
    """A picture that is kept is not shown for amounts that have changed since."""
    talk = newcomer.talk()
    newcomer.owes(5000, due=TODAY)
    before = talk.press("aging").reply.picture
    newcomer.owes(100, due=TODAY)
    after = talk.press("aging").reply.picture

    assert before is not None
    assert after is not None
    assert before.file.ref != after.file.ref
    assert "Current: $50.00" in before.alt
    assert "Current: $51.00" in after.alt


def test_the_same_figures_give_the_same_bytes(late: Newcomer) -> None:
    """Drawing it anew gives what is kept."""
    picture = late.talk("fr").press("aging").reply.picture

    assert picture is not None
    again = aging_picture.draw(late.aging(), as_of=TODAY, loc=Localizer("fr"))
    assert late.file(picture.file.ref) == again


def test_nothing_unpaid_is_said_in_words(maple: Talk) -> None:
    """Without an unpaid invoice there is no table of zeros and no empty picture."""
    reply = maple.press("aging").reply

    assert reply.text.startswith("No invoice is unpaid, so nothing is past due.")
    assert reply.table is None
    assert reply.picture is None
    assert facts(reply) == {"Unapplied credits": "-$210.69", "Current balance": "-$210.69"}
