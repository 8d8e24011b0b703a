"""What opens a ticket at once, and what only looks like it."""

import tomllib
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.faq import library
from bot.i18n import LOCALES_DIR, languages
from bot.triage import assess as triage
from bot.triage.assess import OTHER, URGENT, Queue, assess

URGENT_MESSAGES = {
    "emergency": (
        "911",
        "call 911 someone is hurt",
        "we need an ambulance",
        "there is a fire in the building, please send the police",
        "my coworker is having a heart attack",
        "besoin d'une ambulance vite!",
        "appelez le 9-1-1, quelqu'un est blessé",
        "il respire plus",
        "y'a le feu au bureau",
    ),
    "fraud": (
        "there are calls on my bill I did not make",
        "we have calls to Belize at 3 am that nobody here made",
        "Someone used our account to call overseas",
        "unauthorized charge on my card",
        "we didnt authorise this paymnet",
        "I think we've been hacked",
        "fraudulant calls on our october invoice",
        "Il y a des appels que je n’ai pas faits",
        "ya des appels a letranger quon a jamais fait",
        "jai jamais autorisé ce paiement la",
        "on s'est fait pirater notre système téléphonique",
        "qqn utilise notre ligne la nuit",
        "des appels frauduleux sur ma bill",
    ),
    "double-charge": (
        "u charged me 2x",
        "double charge on my visa",
        "my card was chraged twice for november",
        "the payment went through twice",
        "you charged me more than once",
        "we paid the same invoice two times by mistake",
        "On m'a facturé deux fois",
        "chargé 2 fois",
        "on ma charger deux fois",
        "on ma facture 2x ce mois ci",
        "payé en double",
        "pourquoi ya deux prélèvements sur ma carte",
        "ils ont charge twice ma carte",
        "the same amount was taken deux fois, vous m'avez charged two times",
    ),
    "suspended": (
        "my service is suspended but I paid yesterday",
        "you cut us off even though we paid",
        "account suspended, already paid",
        "still no service after payment, please restore our lines",
        "our phones got disconnected",
        "Mon service est suspendu, j'ai payé",
        "jai paye pis ma ligne est encore coupee",
        "vous nous avez débranchés, on a payé vendredi",
        "rebranchez nos lignes, on a payé",
    ),
    "service-down": (
        "all our phones are down",
        "no dial tone anywhere",
        "we can't make or receive calls",
        "nobody can call us",
        "My phones do not work and it's urgent, we're losing customers",
        "is there an outage?",
        "tous nos téléphones sont en panne",
        "plus de tonalité",
        "on peut plus recevoir d'appels",
        "les clients peuvent pas nous rejoindre",
        "nos lignes sont down depuis a matin",
        "mes téléphones marchent pas, c'est urgent",
    ),
    "legal": (
        "can I sue you?",
        "you will hear from my lawyer",
        "see you in small claims court",
        "I am going to the CRTC",
        "I want to file a complaint with the CCTS",
        "lavocat va vous contacter",
        "on va aller aux petites créances",
        "je vais porter plainte à la CPRST",
        "office de la protection du consommateur",
        "je vais vous amener en cour",
    ),
    "anger": (
        "you idiots",
        "what a bunch of crooks",
        "this is unacceptable!!!",
        "THIS IS RIDICULOUS FIX IT NOW",
        "WHY IS NOBODY ANSWERING ME!!",
        "bande de voleurs",
        "vous êtes des incompétents",
        "c'est inacceptable!!!",
        "JE VEUX UNE RÉPONSE MAINTENANT!!",
        "vous me faites chier",
    ),
}

ORDINARY_MESSAGES = (
    # 911 on the bill is a fee
    "what is the 911 fee on my bill",
    "what's this 911 charge",
    "c'est quoi la taxe 911",
    "frais d'urgence 9-1-1 c'est quoi",
    "taxe municipale pour le 9-1-1",
    "how do I update my 911 address",
    # two of something
    "i changed my card twice and it still doesn't work",
    "j'ai changé ma carte deux fois",
    "j'ai reçu ma facture deux fois",
    "I need a duplicate invoice",
    "puis-je payer en deux fois",
    "am I billed twice a month?",
    "will I be charged twice if I pay now and auto pay is on",
    "vais-je être facturé deux fois si je change de carte",
    "paid two invoices today, when will they show",
    "can you double check my balance",
    # what may happen is not what happened
    "will you cut my service if I'm late",
    "my service will be cut off tomorrow if i dont pay",
    "allez-vous couper ma ligne",
    "si je paie pas est-ce que la ligne va être coupée",
    "what happens if my service is suspended",
    "disconnect one of our lines please",
    # names and trades
    "the bill to name should be Tremblay Avocats inc",
    "we are a law firm and need our legal name on invoices",
    "send the invoice to Sue in accounting",
    "Ambulances Demers, compte 004455",
    "what is the CRTC fee",
    # banks and departments
    "bank flagged the payment as fraud, how do I retry",
    "do you have a fraud department",
    "paiement non autorisé par la banque",
    "can someone use my account to pay",
    # calls and phones on a bill
    "which calls were billed",
    "les appels non répondus sont-ils facturés",
    "why did my phone bill go down",
    "is the payment system down",
    "le portail est en panne",
    "credit for last week's outage",
    "can't make the payment, call me back",
    # a loud or hurried customer
    "WHERE IS MY INVOICE",
    "OU EST MA FACTURE",
    "THANK YOU SO MUCH!!!",
    "hi!!! quick question!!! whats my balance",
    "stupid question but where is the portal",
    "crisse que c'est compliqué, où est mon solde",
    "urgent need invoice pdf",
    "c'est urgent j'ai besoin de ma facture",
    "",
    "?",
    "😀",
    "INV00054321",
    "514 555 0199 1234!!",
)


def _without_accents(text):
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


@pytest.mark.parametrize(
    ("reason", "text"),
    [(reason, text) for reason, texts in URGENT_MESSAGES.items() for text in texts],
)
def test_urgent_message(reason, text):
    """What cannot wait is urgent, for the reason it gives."""
    found = assess(text)
    assert found.urgent
    assert reason in found.reasons


@pytest.mark.parametrize("text", ORDINARY_MESSAGES)
def test_ordinary_message(text):
    """What can be answered as usual is not urgent."""
    assert not assess(text).urgent


def test_no_phrase_of_a_topic_is_urgent():
    """The sentences that topics are found by keep their answers; a person is one too."""
    answered = [p for p in library.phrases() if library.topics()[p.target].action != "handoff"]
    assert [] == [phrase.text for phrase in answered if assess(phrase.text).urgent]


@pytest.mark.parametrize(
    ("text", "queue", "reasons"),
    [
        ("My phones do not work", Queue.TECHNICAL, ("technical",)),
        ("Mes téléphones ne marchent pas", Queue.TECHNICAL, ("technical",)),
        ("mauvaise qualité des appels", Queue.TECHNICAL, ("technical",)),
        ("I want to cancel our service", Queue.BILLING, ("cancel",)),
        ("comment résilier mon contrat", Queue.BILLING, ("cancel",)),
        ("let me talk to a supervisor", Queue.BILLING, ("supervisor",)),
        ("passez-moi votre patron", Queue.BILLING, ("supervisor",)),
        ("I need new phones, send me a quote", Queue.SALES, ("sales",)),
        ("combien pour un numéro sans frais", Queue.SALES, ("sales",)),
        ("where is my invoice", Queue.BILLING, ()),
    ],
)
def test_queue_of_what_can_wait(text, queue, reasons):
    """A reason that is not urgent still chooses the queue."""
    found = assess(text)
    assert (queue, False, reasons) == (found.queue, found.urgent, found.reasons)


@pytest.mark.parametrize(
    ("text", "queue"),
    [
        ("all our phones are down", Queue.TECHNICAL),
        ("phones dead for three days, I will call the CRTC", Queue.TECHNICAL),
        ("service suspended though paid, the phones are dead", Queue.BILLING),
        ("calls I did not make, and now the lines are down", Queue.BILLING),
        ("the phones never work, cancel our contract", Queue.BILLING),
    ],
)
def test_account_matters_come_before_technical_ones(text, queue):
    """A person of billing looks first wherever the account may be the cause."""
    assert queue == assess(text).queue


@pytest.mark.parametrize(
    ("text", "topic", "queue"),
    [
        ("how much for that", "off-sales-numbers", Queue.SALES),
        ("and now?", "off-technical", Queue.TECHNICAL),
        ("and now?", "balance", Queue.BILLING),
        ("our phones do not work", "balance", Queue.TECHNICAL),
    ],
)
def test_topic_chooses_the_queue_when_the_words_do_not(text, topic, queue):
    """A topic whose id starts with a queue goes there, unless the words say otherwise."""
    assert queue == assess(text, topic=topic).queue


@pytest.mark.parametrize(
    ("text", "urgent", "reason"),
    [
        ("this is not urgent but why was I charged twice", False, "double-charge"),
        ("nos téléphones sont down mais c'est pas urgent", False, "service-down"),
        ("no rush, but someone is hurt and needs an ambulance", True, "emergency"),
    ],
)
def test_customer_who_says_it_can_wait(text, urgent, reason):
    """Saying that it is not urgent is believed, except when somebody is hurt."""
    found = assess(text)
    assert (urgent, True) == (found.urgent, reason in found.reasons)


def test_gravest_reason_comes_first():
    """Several reasons are told in one order, whatever the order of the words."""
    text = "I'll call my lawyer, you thieves charged me twice!! phones are down too"
    assert ("double-charge", "service-down", "legal", "anger") == assess(text).reasons


@pytest.mark.parametrize("typed", [str.upper, _without_accents, lambda text: f"  {text} ?"])
@pytest.mark.parametrize("text", URGENT_MESSAGES["double-charge"] + URGENT_MESSAGES["fraud"])
def test_case_accents_and_punctuation_do_not_matter(text, typed):
    """Typed in whatever way, it is the same sentence."""
    assert set(assess(text).reasons) <= set(assess(typed(text)).reasons)


@given(st.text(max_size=300))
@example("\ufdfa" * 40_000)
@example("calls we " * 5_000)
def test_any_text_is_assessed(text):
    """Whatever people send, there is a queue, and urgency has a reason."""
    found = assess(text)
    assert set(found.reasons) <= {*URGENT, *OTHER}
    assert not found.urgent or found.reasons


@pytest.mark.parametrize("language", languages())
def test_phrases_can_be_met(language):
    """Phrases are spelled as messages are read, and every listed word is used."""
    table = tomllib.loads((LOCALES_DIR / language / "triage.toml").read_text("utf-8"))
    groups = {**table["reasons"], **table["signs"]}
    assert {*URGENT, *OTHER} == set(table["reasons"])
    lines = [line for written in groups.values() for line in written]
    used = {part for line in lines for part in line.replace("/", " ").split()}
    assert {f"@{name}" for name in table["words"]} == {part for part in used if part[0] == "@"}
    spelled = {word for word in used if word[0] not in "@*^$"}.union(*table["words"].values())
    assert [] == [word for word in sorted(spelled) if triage._words(word) != [word]]
    assert set(table["forgiven"]) <= spelled
    assert [] == sorted(spelled & set(table["real-words"]))
    assert [] == sorted({line for line in lines if lines.count(line) > 1})
