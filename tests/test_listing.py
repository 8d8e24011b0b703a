"""Which messages ask for a list, and which only sound like it."""

import pytest

from bot.listing import list_asked, only_file
from tests.talk import Talk


@pytest.mark.parametrize(
    "text",
    [
        "my invoices",
        "my payments pls",
        "show me all my bills",
        "can I see my refunds?",
        "my last payments",
        "payment history",
        "transactions",
        "how many payments in October",
        "what is the total of my payments since January",
        "export my transactions in Excel",
        "download my payments as a csv",
        "mes factures",
        "mes paiements svp",
        "est-ce que je peux voir mes factures",
        "montre-moi mes derniers paiements",
        "historique des paiements",
        "combien de factures cette année",
        "exporter mes transactions en excel",
        "transactions d'octobre en excel",
    ],
)
def test_a_list_is_asked_for(text: str) -> None:
    assert text == list_asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "how much did I pay this year",
        "what did we pay in 2026?",
        "total paid in October",
        "combien j'ai payé cette année",
        "combien on a payé le mois passé",
        "combien avons-nous payé entre janvier et mars",
        "my accountant needs the total paid in 2025",
        "mon boss veut savoir combien on a payer depuis janvier",
    ],
)
def test_what_was_paid_is_a_list_of_payments(text: str) -> None:
    assert f"payments: {text}" == list_asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "invoice",
        "my last payment",
        "where are my invoices",
        "how do I pay my invoices",
        "download my invoices as pdf",
        "how much do I have to pay this month",
        "how much to pay in December",
        "combien à payer en décembre",
        "combien j'ai payé en taxes depuis janvier",
        "my credit cards",
        "my automatic payments",
        "declined payments",
        "transaction types",
        "how do I export my call records",
        "facture",
        "ma facture d'octobre",
        "mon dernier paiement",
        "payer mes factures",
        "combien dois-je payer ce mois-ci",
        "télécharger mes factures",
        "mes cartes de crédit",
        "mes paiements automatiques",
        "mes paiements en attente",
        "factures et paiements",
    ],
)
def test_more_or_less_than_a_list_is_none(text: str) -> None:
    assert list_asked(text) is None


@pytest.mark.parametrize(
    ("first", "then", "topic"),
    [
        ("show my latest transactions", "where do I find a PDF of my invoice?", "invoice-pdf"),
        ("mes factures", "comment activer le paiement automatique?", "autopay-setup"),
    ],
)
def test_a_list_that_nobody_has_seen_is_not_gone_on_from(
    talk: Talk, first: str, then: str, topic: str
) -> None:
    """Who has to sign in first may ask something else meanwhile."""
    talk.say(first)
    assert topic == talk.say(then).said.topic


def test_a_list_of_invoices_becomes_their_pdfs(talk: Talk) -> None:
    talk.signed_in().say("my invoices for July to September")
    said = talk.say("send them as PDF")
    assert "invoice" == said.said.command
    assert 3 == len(said.reply.table.rows)


def test_a_file_of_what_was_shown() -> None:
    assert only_file("in Excel please")
    assert only_file("en fichier Excel svp")
    assert not only_file("my call records in Excel")


def test_a_list_of_one_type_says_what_it_comes_to(talk: Talk) -> None:
    """What a period's payments come to is the sum of those that went through."""
    talk.signed_in("demo@erable.example")
    reply = talk.say("how many payments in 2026").reply
    assert "Payments, 2026" == reply.title
    paid = [row for row in reply.table.rows if row[3].startswith("-")]
    cents = sum(int("".join(filter(str.isdigit, row[3]))) for row in paid)
    assert (len(reply.table.rows), len(paid)) == (10, 9)
    assert f"Total: **${cents // 100:,}.{cents % 100:02}**." in reply.text
    assert "1 of them is not in the total" in reply.text


def test_a_list_has_no_file(talk: Talk) -> None:
    """It says so, and is shown all the same."""
    talk.signed_in()
    for text in ("export my transactions in Excel", "in Excel please"):
        reply = talk.say(text).reply
        assert ("Transactions", True) == (reply.title, reply.table is not None)
        assert "I have your statement of account as a PDF." in reply.text
        assert "statement" == reply.buttons[0].action
    assert "PDF" not in talk.say("October").reply.text


def test_help_names_what_is_useful_here_first(talk: Talk) -> None:
    commands = [fact.value for fact in talk.say("/help").reply.facts]
    assert ("/balance", "/help") == (commands[0], commands[-1])
    assert ("/link" in commands, "/unlink" in commands) == (True, False)
    commands = [fact.value for fact in talk.signed_in().say("/help").reply.facts]
    assert ("/link" in commands, "/unlink" in commands) == (False, True)
