"""What people type, in their own words and with their slips, and which topic it means."""

import pytest

from bot.faq import library
from bot.faq.language import guess
from bot.faq.lexicon import lexicon, negatives, tables
from bot.faq.matcher import MAX_CANDIDATES, OFF, Match, Matcher, Phrase, Verdict
from bot.faq.normalise import HEAD, TAIL, prepare
from bot.i18n import LOCALES_DIR, languages

COMMANDS = [
    Phrase("off-language", "answer me in english from now on", "en"),
    Phrase("off-language", "réponds-moi en anglais à partir de maintenant", "fr"),
    Phrase("off-unlink", "disconnect this chat from my account", "en"),
]

# None of these is a phrase of its topic.
ASKED = [
    ("contact-billing", "what is the adress and phone number of the billing folks"),
    ("contact-billing", "qui s'occupe de la facturation chez vous pis comment je les rejoins"),
    ("accepted-cards", "will you guys take a prepaid visa or an amex"),
    ("accepted-cards", "prenez-vous les visa prepayees ou les amex"),
    ("autopay-when-charged", "on which date will the automatic withdrawl hit our visa"),
    ("autopay-when-charged", "le prélevement automatique passe à quelle date sur notre visa"),
    ("autopay-setup", "how can i enrol for automtic billing"),
    ("autopay-setup", "comment minscrire au paiment automatique"),
    ("autopay-status", "not sure if autopay is still active on our side"),
    ("autopay-status", "chu pas sûr que l'autopay est encore actif de notre bord"),
    ("card-add-failed", "tryin to save a card n it keeps saying error"),
    ("card-add-failed", "le portail refuse d'enregistrer notre carte, ca donne une ereur"),
    ("change-card", "need to swap the credit card u have for us"),
    ("change-card", "faut changer la carte de credit que vous avez pour nous"),
    ("pending-payment", "sent money thursday and it still says pending"),
    ("pending-payment", "pourquoi ça bloque quand je veux payer une deuxième fois"),
    ("phone-payment", "can i call and pay over the telephone"),
    ("phone-payment", "je peux-tu vous donner ma carte par telephone"),
    ("make-payment", "i have an invoice to pay how do i do that"),
    ("make-payment", "j'ai une facture à payer, comment je fais ça"),
    ("last-payment", "did my payement from last week arrive"),
    ("last-payment", "mon payement de la semaine passée est-tu arrivé"),
    ("cdr-where", "export of our call detail recrods to csv"),
    ("cdr-where", "exporter nos relevés dappels en csv"),
    ("cdr-before-july-2025", "need the call logs of february 2025"),
    ("cdr-before-july-2025", "les appels d'avant le lancement du nouveau portail"),
    ("invoice-pdf", "can u send me a pdf of invoice 54321"),
    ("invoice-pdf", "imprimer la facture du mois passé pour mes dossiers"),
    ("data-retention", "how far back do your invoices go"),
    ("data-retention", "on peut remonter à combien d'années dans les factures"),
    ("transaction-history", "where do i look at older transactions"),
    ("transaction-history", "je regarde où pour les vieilles transactions"),
    ("transaction-types", 'what\'s "bank upload" supposed to mean'),
    ("transaction-types", "pourquoi un remboursement apparaît dans les débits"),
    ("credit-timing", "when will the credit show up in my history"),
    ("credit-timing", "le crédit promis est pas dans la liste de transactions"),
    ("credit-balance-negative", "it says -210.69, do i owe that or do you"),
    ("credit-balance-negative", "pourquoi y a un moins devant le montant"),
    ("balance", "how much do we owe u right now"),
    ("balance", "le total dû pis la date d'échéance svp"),
    ("view-aging", "how many of our invoices are more than 60 days late"),
    ("view-aging", "donnez-moi l'âge des comptes"),
    ("update-bill-to", "we changed our name to maple dental inc, fix it on the invoices"),
    ("update-bill-to", "nouvelle adresse postale pour les factures"),
    ("notification-emails", "please stop the reminder emails"),
    ("notification-emails", "ajouter le couriel de ma comptable pour les factures"),
    ("time-zone", "switch the account to pacific time"),
    ("time-zone", "mettre le compte a l'heure du pacifique"),
    ("french-language", "my partner wants the bill in french"),
    ("french-language", "comment avoir le portail en francais"),
    ("add-user", "how can i create another login for a coworker"),
    ("add-user", "notre nouvelle commis doit avoir accès au portail"),
    ("manage-users-missing", "there is no manage users in my menu"),
    ("manage-users-missing", "y a pas de gérer les utilisateurs dans mon menu"),
    ("password-rules", "min length for the password?"),
    ("password-rules", "longueur minimum du mdp?"),
    ("forgot-password", "locked out, need a reset"),
    ("forgot-password", "je me rappelle pus de mon mot de passe"),
    ("first-login", "got your welcome mail, how do i sign in the first time"),
    ("first-login", "mon mot de passe temporaire est expiré"),
    ("human-agent", "let me talk to somebody real"),
    ("human-agent", "je veux parler à quelquun svp"),
    ("greeting", "hey there!!"),
    ("thanks", "merci ben"),
    ("goodbye", "ok bye"),
    ("help", "what can you help me with"),
    ("are-you-a-bot", "est-ce que je parle à une machine"),
]

MIXED = [
    ("balance", "c'est quoi mon balance"),
    ("balance", "quel est le amount owing"),
    ("pending-payment", "mon payment est pending"),
    ("invoice-pdf", "où est mon invoice"),
    ("forgot-password", "reset mon mot de passe please"),
    ("autopay-setup", "comment je setup le auto pay"),
]

OUT_OF_SCOPE = [
    "what's the weather in ottawa",
    "a large pizza with extra cheese please",
    "who is the ceo of net2phone",
    "we want to bring three numbers over from another carrier",
    "can i get a loan",
    "do you sponsor sports teams",
    "il fait quel temps à ottawa",
    "écris-moi un poème sur l'été",
    "y a de la friture sur la ligne",
    "comment bloquer les télévendeurs",
    "commanditez-vous des équipes de sport",
]

# Answered beside the topics, without being one.
OFF_TOPICS = [
    ("off-cancel", "i want to cancel everything"),
    ("off-technical-support", "mon téléphone de bureau allume pas"),
    ("off-sales-numbers", "ça coûte combien une ligne de plus"),
]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher([*library.phrases(), *COMMANDS], negatives=negatives())


def first(match: Match) -> str:
    return match.candidates[0][0]


@pytest.mark.parametrize(("topic", "text"), ASKED)
def test_paraphrases(matcher: Matcher, topic: str, text: str) -> None:
    """A question in other words, with slips and without accents, finds its topic."""
    match = matcher.match(text)
    assert topic == first(match)
    assert match.verdict is not Verdict.MISS


def test_paraphrases_are_no_phrases() -> None:
    """The questions above prove something: no topic lists them."""
    phrases = {phrase.text for phrase in library.phrases()}
    assert not phrases & {text for _, text in ASKED}


@pytest.mark.parametrize(("topic", "text"), MIXED)
def test_mixed_languages(matcher: Matcher, topic: str, text: str) -> None:
    """A question half English, half French is understood."""
    match = matcher.match(text)
    assert topic == first(match)
    assert match.verdict is not Verdict.MISS


@pytest.mark.parametrize("text", OUT_OF_SCOPE)
def test_out_of_scope(matcher: Matcher, text: str) -> None:
    """What is none of the bot's business is not answered and not asked back."""
    match = matcher.match(text)
    assert match.verdict is Verdict.MISS
    assert match.off is None


@pytest.mark.parametrize(("topic", "text"), OFF_TOPICS)
def test_off_topics(matcher: Matcher, topic: str, text: str) -> None:
    """What has an answer of its own beside the topics finds it."""
    assert topic == matcher.match(text).off


@pytest.mark.parametrize(
    "text", ["answer me in english from now on", "réponds-moi en anglais à partir de maintenant"]
)
def test_off_targets_are_no_candidates(matcher: Matcher, text: str) -> None:
    """A command that belongs to no topic is told apart; the score is about topics and low."""
    match = matcher.match(text)
    assert match.off == "off-language"
    assert match.verdict is Verdict.ANSWER
    assert not any(topic.startswith(OFF) for topic, _ in match.candidates)
    assert match.score < 0.15


@pytest.mark.parametrize("word", ["help", "Help!", "hlep", "HELP", "aide"])
def test_one_word(matcher: Matcher, word: str) -> None:
    """A phrase of one word is found when it is all that was said, or nearly."""
    match = matcher.match(word)
    assert first(match) == "help"
    assert match.verdict is Verdict.ANSWER


def test_one_word_within_a_sentence() -> None:
    """A phrase of one word means nothing inside a longer sentence."""
    matcher = Matcher([Phrase("help", "help", "en"), Phrase("balance", "what is my balance", "en")])
    assert first(matcher.match("my neighbour said this would help his roses")) != "help"
    assert first(matcher.match("help what is my balance")) == "balance"


@pytest.mark.slow  # it trains a matcher
def test_a_bare_code_is_no_sentence() -> None:
    """A transaction's code is told from an invoice that is asked for by its number."""
    phrases = [*library.phrases(), Phrase("off-transaction", "PAY00054321", "en")]
    with_codes = Matcher(phrases, negatives=negatives())
    assert with_codes.match("INV00012345").off == "off-transaction"
    assert with_codes.match("can i get a pdf of invoice 12345").off is None


def test_near_tie_asks_back() -> None:
    """Between two topics that are equally near, the bot asks."""
    matcher = Matcher(
        [Phrase("a", "invoice copy for march", "en"), Phrase("b", "invoice copy for april", "en")]
    )
    match = matcher.match("invoice copy")
    assert match.verdict is Verdict.CLARIFY
    assert {"a", "b"} == {topic for topic, _ in match.candidates}


def test_nearer_to_a_negative() -> None:
    """The same question scores lower once it is known to be out of scope."""
    phrases = [Phrase("balance", "what is my balance", "en")]
    question = "what is my balance at the gym"
    alone = Matcher(phrases).match(question)
    warned = Matcher(phrases, negatives=["what is my balance at the gym"]).match(question)
    assert warned.score < alone.score
    assert warned.verdict is Verdict.MISS


def test_shape(matcher: Matcher) -> None:
    """Candidates are topics, each once, best first, with scores between 0 and 1."""
    match = matcher.match("payment")
    scores = [score for _, score in match.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in [*scores, match.score])
    assert len({topic for topic, _ in match.candidates}) == len(scores) == MAX_CANDIDATES


ENDLESS = ("\ufdfa" * 40_000, "x" * 40_000)


@pytest.mark.parametrize(
    "text", ["", "   ", "?", "...", "😀", "\u200b", "привет", "你好", *ENDLESS]
)
def test_nothing_to_understand(matcher: Matcher, text: str) -> None:
    """Emptiness, signs, emoji, other scripts and endless strings are misses, not errors."""
    assert matcher.match(text) == Match((), 0.0, None, Verdict.MISS)


def test_no_phrases() -> None:
    """Without a single phrase everything is a miss."""
    assert Matcher([]).match("what is my balance").verdict is Verdict.MISS


def test_invisible_characters(matcher: Matcher) -> None:
    """Zero-width characters and full-width letters change nothing."""
    assert first(matcher.match("my pay\u200bment is pen\u00adding")) == "pending-payment"
    assert first(matcher.match("ＲＥＳＥＴ ｐａｓｓｗｏｒｄ")) == "forgot-password"


def test_the_question_stands_at_the_end(matcher: Matcher) -> None:
    """After much talk, the end of a message is still read."""
    assert "my payment is pending" in prepare("blah " * 700 + "my payment is pending")


def test_length_is_bounded() -> None:
    """The longest message keeps its first 200 and last 300 characters, whatever they become."""
    for text in ("\ufdfa" * 40_000, "e\u0301" * 40_000, "\u200b" * 40_000 + "a"):
        assert len(prepare(text)) <= HEAD + TAIL + 1


def test_lexicon_forms_stand_once() -> None:
    """A form means one thing over all languages together, and is written down once a language."""
    seen: dict[tuple[str, ...], str] = {}
    for language, table in tables("lexicon.toml").items():
        keys = [tuple(lexicon().stems(form)) for forms in table.values() for form in forms]
        assert len(keys) == len(set(keys)), language
        for concept, forms in table.items():
            for form in forms:
                key = tuple(lexicon().stems(form))
                assert seen.setdefault(key, concept) == concept, form


def test_lexicon_speaks_every_language() -> None:
    """Each concept is known in each language that has a lexicon."""
    concepts = [set(table) for table in tables("lexicon.toml").values()]
    assert all(found == concepts[0] for found in concepts)


def test_negatives_are_no_phrases() -> None:
    """What is authored as out of scope is asked for by no topic, and stands once."""
    lines = negatives()
    assert len(lines) == len(set(lines))
    assert not set(lines) & {phrase.text for phrase in library.phrases()}


@pytest.mark.parametrize("language", languages())
def test_negatives_are_written_in_their_language(language: str) -> None:
    """No line of the English list is French, and the other way round."""
    lines = (LOCALES_DIR / language / "negatives.txt").read_text("utf-8").splitlines()
    guesses = {line: guess(line) for line in lines if not line.startswith("#")}
    assert not [line for line, found in guesses.items() if found and found.language != language]
