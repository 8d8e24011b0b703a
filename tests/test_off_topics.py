"""What customers ask beside the topics proper: a short answer, figures with a word, or a person."""

import re

import pytest

from bot import handlers
from bot.bootstrap import Bot
from bot.commands import Command, discover
from bot.faq import library
from bot.faq.library import OFF
from bot.i18n import languages
from bot.messages import Outcome, Request
from bot.router import FAQ, HANDOFF, LOOKUP, Recall, Route, Router
from bot.triage.assess import URGENT, Queue, assess
from tests.conftest import TODAY
from tests.talk import Talk

BESIDE = [topic for topic in library.topics().values() if topic.id.startswith(OFF)]
# Questions word for word as they come, and what answers them.
QUESTIONS = [
    (
        "bill",
        "bill-higher",
        "Why is my bill higher this month?",
        "Pourquoi ma facture est plus élevée?",
    ),
    ("why-balance", "balance-explained", "Why is my balance 1,234.56?", "D'où vient mon solde?"),
    (LOOKUP, "charge-explained", "What is this charge?", "C'est quoi ce frais-là?"),
    (HANDOFF, "double-charge", "I was charged twice", "On m'a chargé deux fois"),
    (HANDOFF, "charged-after-cancel", "Charged after I cancelled", "Facturé après résiliation"),
    (FAQ, "first-invoice", "Why is my first invoice so high?", "Ça veut dire quoi au prorata?"),
    (HANDOFF, "cancel", "How do I cancel service?", "Comment résilier?"),
    (
        HANDOFF,
        "refund-or-credit",
        "Can I get a refund instead of a credit?",
        "Remboursement plutôt qu'un crédit?",
    ),
    (LOOKUP, "refund", "Where is my refund?", "Où est mon remboursement?"),
    (HANDOFF, "due-date", "Can I change my due date?", "Changer la date de prélèvement"),
    (HANDOFF, "payment-plan", "I need more time to pay", "Entente de paiement"),
    (LOOKUP, "service-cut", "Will you cut my service?", "Allez-vous couper ma ligne?"),
    (HANDOFF, "suspended", "My service is suspended, I paid", "Service suspendu, j'ai payé"),
    (HANDOFF, "late-fee", "Is there a late fee?", "Frais de retard?"),
    (
        HANDOFF,
        "bank-details",
        "I need your bank details for an EFT",
        "J'ai besoin de vos coordonnées bancaires pour un virement",
    ),
    (FAQ, "taxes", "Why do I pay QST, I am in another province?", "Pourquoi la TVQ?"),
    (HANDOFF, "tax-exempt", "We are tax exempt", "Nous sommes exemptés"),
    ("statement", "statement", "Can I get a statement of account?", "Relevé de compte"),
    (FAQ, "tax-number", "I need your GST number", "Votre numéro de TPS/TVQ"),
    (HANDOFF, "purchase-order", "Put our PO number on invoices", "Ajouter notre bon de commande"),
    (FAQ, "911-fee", "What is the 911 charge?", "C'est quoi la taxe 911?"),
    (
        HANDOFF,
        "minute-rounding",
        "How are minutes rounded?",
        "Facturé à la minute ou à la seconde?",
    ),
    (HANDOFF, "call-rates", "What does it cost to call Germany?", "Tarif pour appeler en France"),
    (HANDOFF, "fraud", "There are calls I did not make", "Appels frauduleux"),
    (HANDOFF, "sales-numbers", "What does a toll-free number cost?", "Coût d'un numéro"),
    (HANDOFF, "line-changes", "Add or remove lines", "Ajouter ou enlever des postes"),
    (FAQ, "remove-user", "Employee left, remove access", "Retirer un employé"),
    (
        HANDOFF,
        "deleted-user",
        "I deleted a user by mistake",
        "Utilisateur supprimé par erreur",
    ),
    (
        HANDOFF,
        "company-name",
        "Change the company's legal name",
        "Changement de raison sociale",
    ),
    (HANDOFF, "legal", "I want to file a complaint", "Plainte à la CPRST"),
    (FAQ, "technical-support", "My phones don't work", "Mes téléphones marchent pas"),
    (
        FAQ,
        "other-account",
        "What's the balance of another customer?",
        "C'est quoi le solde d'un autre client?",
    ),
    (
        FAQ,
        "usa-account",
        "I have a US net2phone account",
        "J'ai un compte net2phone aux États-Unis",
    ),
    (
        FAQ,
        "third-party",
        "I'm the bookkeeper for one of your customers",
        "J'appelle au nom d'un client",
    ),
    (HANDOFF, "dispute", "I want to dispute a charge", "Je veux contester des frais"),
    (HANDOFF, "emergency", "We need an ambulance", "On a besoin d'une ambulance"),
]
# What no answer may contain: nobody told us a fee, a rate, a delay or a day.
FIGURES = re.compile(
    r"""\d+(?:[.,]\d+)?\s?(?:\$|%|¢) | \$\s?\d
    | \b\d+[\s-]?(?:(?:business|working)\s)?(?:h\b|(?:cents?|minutes?|hours?|heures?|days?|jours?
      |weeks?|semaines?|months?|mois)\b)""",
    re.VERBOSE,
)


@pytest.fixture(scope="module")
def commands() -> dict[str, Command]:
    return discover(handlers)


@pytest.fixture(scope="module")
def router(commands: dict[str, Command]) -> Router:
    return Router(commands)


def ask(router: Router, text: str) -> Route:
    return router.route(alone(text=text), Recall())


def alone(**said: str) -> Request:
    """What somebody said, or pressed, before anything else."""
    return Request(platform="ask", user="", room="", event_id="1", one_to_one=True, **said)


@pytest.mark.parametrize(
    ("command", "topic", "text"),
    [(command, OFF + name, text) for command, name, *texts in QUESTIONS for text in texts],
)
def test_question_beside_the_topics(router: Router, command: str, topic: str, text: str) -> None:
    """Each is recognised, and goes to a short answer, to figures or to a person."""
    route = ask(router, text)
    assert (command, topic) == (route.command, route.topic)
    assert (Outcome.HANDOFF if command == HANDOFF else Outcome.ANSWER) == route.outcome


def test_every_topic_beside_is_asked_for() -> None:
    """The questions above leave no topic out."""
    assert {topic.id for topic in BESIDE} == {OFF + name for _, name, *_ in QUESTIONS}


@pytest.mark.parametrize("text", ["Will you cut my service?", "Où est mon remboursement?"])
def test_topic_beside_is_no_candidate(router: Router, text: str) -> None:
    """It scores low and stays out of the list, so that nobody takes it for a topic proper."""
    route = ask(router, text)
    assert not any(topic.startswith(OFF) for topic, _ in route.candidates)
    assert route.score < 0.5


@pytest.mark.parametrize("topic", BESIDE, ids=lambda topic: topic.id)
@pytest.mark.parametrize("language", languages())
def test_answer_beside_the_topics_invents_no_figure(topic: library.Topic, language: str) -> None:
    """No amount, rate or delay stands in an answer: the provider publishes none."""
    assert not FIGURES.search(topic.answer(language=language, today=TODAY))


@pytest.mark.parametrize(
    "figure",
    [
        *("12 $", "$5", "1,5 %", "3 ¢", "50 cents", "5 days", "5 business days", "10 jours"),
        *("24 h", "24-hour", "2 semaines", "3 months", "6 mois", "15 minutes", "2 working days"),
    ],
)
def test_figure_is_noticed(figure: str) -> None:
    """What the check above looks for is found as people write it."""
    assert FIGURES.search(f"It takes {figure}.")


@pytest.mark.parametrize(
    ("topic", "queue", "urgent"),
    [
        ("off-fraud", Queue.BILLING, True),
        ("off-double-charge", Queue.BILLING, True),
        ("off-suspended", Queue.BILLING, True),
        ("off-legal", Queue.BILLING, True),
        ("off-emergency", Queue.BILLING, True),
        ("off-cancel", Queue.BILLING, False),
        ("off-sales-numbers", Queue.SALES, False),
        ("off-technical-support", Queue.TECHNICAL, False),
        ("off-late-fee", Queue.BILLING, False),
    ],
)
def test_topic_tells_how_urgent_it_is(topic: str, queue: Queue, urgent: bool) -> None:
    """Words that triage does not know are as urgent as the topic that they were found to mean."""
    found = assess("it happened again", topic=topic)
    assert (queue, urgent) == (found.queue, found.urgent)


def test_reason_of_a_topic_is_one_of_triage() -> None:
    """Every urgent reason that a topic is named after is spelled as triage spells it."""
    named = {topic.id.removeprefix(OFF) for topic in BESIDE} & {*URGENT}
    assert {"emergency", "fraud", "double-charge", "suspended", "legal"} == named


def test_urgent_message_keeps_its_topic(router: Router) -> None:
    """The words of a topic go along with a message that triage passes on at once."""
    assert "off-double-charge" == ask(router, "you took the money twice").topic


def test_command_keeps_its_own_topic(router: Router) -> None:
    """A pressed button counts for the topic proper, though others look the same up."""
    pressed = router.route(alone(action="transactions"), Recall())
    assert "transaction-history" == pressed.topic


def test_figures_beside_a_word_stay_private_in_a_room(bot: Bot) -> None:
    """A room reads what holds for everybody; one's own figures come when the button is pressed."""
    talk = Talk(bot, one_to_one=False).signed_in()
    shown = talk.say("where is my refund")
    assert not shown.private
    assert "lookup:off-refund" == shown.reply.buttons[0].action
    own = talk.press_labelled("See mine in private")
    assert own.private
    assert own.reply.table is not None


def test_what_follows_a_lookup_goes_to_its_command(bot: Bot) -> None:
    """After the list of refunds one can narrow it as after any other list."""
    talk = Talk(bot).signed_in()
    talk.say("where is my refund")
    assert "Payments" == talk.say("only payments").reply.title


@pytest.mark.parametrize("action", ["lookup", "lookup:balance-x", "lookup:off-taxes"])
def test_lookup_of_nothing_is_refused(bot: Bot, action: str) -> None:
    """A button that was tampered with gets an apology, not a failure."""
    reply = Talk(bot).signed_in().press(action).reply
    assert reply.text.startswith("This button no longer works.")
