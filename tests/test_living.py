"""What an answer for everybody says first to whoever is linked: how it is on their account."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import select

from bot.bootstrap import Bot
from bot.documents.living import settings
from bot.faq import library
from bot.i18n import Localizer, languages
from store.models import (
    Account,
    Membership,
    PaymentState,
    ServiceAddress,
    TransactionType,
)
from tests.conftest import TODAY, Stores
from tests.newcomer import Newcomer, wired
from tests.talk import Talk

# Those that a live command answers are not here.
TOPICS = (
    "accepted-cards autopay-setup autopay-when-charged card-add-failed cdr-before-july-2025 "
    "cdr-where change-card contact-billing credit-balance-negative credit-timing data-retention "
    "forgot-password make-payment notification-emails off-taxes "
    "pending-payment phone-payment time-zone update-bill-to"
).split()
# A command answers this one with figures, and refuses who may see none.
GENERAL = [topic for topic in TOPICS if topic != "cdr-where"]
NO_CARD = "There is no card on file for your account."
CARD = "The card on file, Visa •••• 0142, expires soon (December 2026)."
CARTE = "La carte enregistrée est Mastercard •••• 0156, valide jusqu'en juillet 2028."
CALLS = "Your October 2026 call records are available, back to May 2026."
APPELS = (
    "Vos relevés d'appels sont disponibles\xa0: le mois le plus récent est octobre 2026, et ils "
    "remontent à mai 2026."
)
CREDIT = "You owe nothing: you have a credit of $210.69, which will go toward your next invoices."
OWED = (
    "Vous devez 3\xa0771,29\xa0$, dont 3\xa0375,26\xa0$ en souffrance. La plus ancienne facture "
    "impayée, **INV00054095**, est venue à échéance le 31 juillet 2026\xa0: elle a 114 jours de "
    "retard, et il reste 237,56\xa0$ à payer. Un paiement de 237,56\xa0$ fait le 21 novembre 2026 "
    "est en attente\xa0: il ne changera pas le solde tant que la banque ne l'aura pas accepté."
)
MAPLE = {
    "accepted-cards": CARD,
    "autopay-setup": f"Auto Pay is on. {CARD} Nothing is past due right now.",
    "autopay-when-charged": f"Auto Pay is on. {CARD} Nothing is past due right now.",
    "card-add-failed": CARD,
    "cdr-before-july-2025": CALLS,
    "cdr-where": CALLS,
    "change-card": CARD,
    "contact-billing": "Your account number is **001234**: it helps to have it at hand.",
    "credit-balance-negative": (
        f"{CREDIT} It is what is left of these: Payment PAY00054052 of November 3, 2026 ($125.69) "
        "and Credit CRE00054053 of November 12, 2026 ($85.00)."
    ),
    "credit-timing": (
        "Credits count at once: your credit of $85.00 of November 12, 2026 is already in your "
        "balance and will show with your next invoice."
    ),
    "data-retention": f"Your invoices go back to the one of December 1, 2024. {CALLS}",
    "forgot-password": "Your username is **demo@maple.example**.",
    "make-payment": CREDIT,
    "notification-emails": (
        "All four notices are on for you. The billing e-mails on file are accounts@maple.example "
        "and frontdesk@maple.example."
    ),
    "off-taxes": ("Your service address on file: 418 Bank Street, Suite 200, Ottawa, ON K2P 1Y8."),
    "pending-payment": (
        "No payment is pending on your account. Your latest payment, $579.85 of November 3, 2026, "
        "was accepted by the bank."
    ),
    "phone-payment": CREDIT,
    "time-zone": "Your account is set to Eastern Time (Toronto).",
    "update-bill-to": (
        "Your invoices carry the name **Maple Dental Group** and this address: 418 Bank Street, "
        "Suite 200, Ottawa, ON K2P 1Y8."
    ),
}
ERABLE = {
    "accepted-cards": CARTE,
    "autopay-setup": (
        f"Le paiement automatique est désactivé. {CARTE} En ce moment, 3\xa0375,26\xa0$ sont en "
        "souffrance."
    ),
    "autopay-when-charged": (
        f"Le paiement automatique est désactivé. {CARTE} En ce moment, 3\xa0375,26\xa0$ sont en "
        "souffrance."
    ),
    "card-add-failed": CARTE,
    "cdr-before-july-2025": APPELS,
    "cdr-where": APPELS,
    "change-card": CARTE,
    "contact-billing": (
        "Votre numéro de compte est le **005678**\xa0: gardez-le à portée de la main."
    ),
    "credit-balance-negative": "Vous devez 3\xa0771,29\xa0$, dont 3\xa0375,26\xa0$ en souffrance.",
    "credit-timing": (
        "Votre dernier crédit, de 35,00\xa0$, compte dans votre solde et figure dans l'historique "
        "depuis le 1er novembre 2025."
    ),
    "data-retention": f"Vos factures remontent à celle du 1er décembre 2024. {APPELS}",
    "forgot-password": "Votre nom d'utilisateur est **demo@erable.example**.",
    "make-payment": OWED,
    "notification-emails": (
        "Les quatre avis sont activés pour vous. Le courriel de facturation au dossier est "
        "comptabilite@erable.example."
    ),
    "off-taxes": (
        "Votre adresse de service au dossier\xa0: 1275, rue Saint-Vallier Ouest, Québec (QC) "
        "G1K 1K9."
    ),
    "pending-payment": "Oui, un paiement est en attente\xa0: 237,56\xa0$ depuis hier.",
    "phone-payment": OWED,
    "time-zone": "Fuseau horaire actuel de votre compte\xa0: heure de l'Est (Toronto).",
    "update-bill-to": (
        "Vos factures portent le nom **Érable et fils inc.** et cette adresse\xa0: 1275, rue "
        "Saint-Vallier Ouest, Québec (QC) G1K 1K9."
    ),
}
OTHERS = [
    (
        "manager@prairiecrocus.example",
        "autopay-setup",
        (
            "Auto Pay is on. The card on file, American Express •••• 0103, has expired (October "
            "2026). $400.98 is past due right now."
        ),
    ),
    (
        "manager@prairiecrocus.example",
        "pending-payment",
        (
            "No payment is pending on your account. A payment of $199.25 made on November 17, 2026 "
            "was declined by the bank: it does not change the balance."
        ),
    ),
    ("owner@saltbox.example", "pending-payment", "Yes, one is pending: $90.98 since yesterday."),
    (
        "owner@saltbox.example",
        "cdr-where",
        "Your October 2026 call records are available, back to September 2026.",
    ),
    (
        "owner@saltbox.example",
        "credit-timing",
        "I see no credit granted to your account in the last 24 months.",
    ),
    ("owner@saltbox.example", "time-zone", "Your account is set to Atlantic Time (Halifax)."),
    (
        "hello@kootenayglass.example",
        "credit-balance-negative",
        (
            "You owe nothing: you have a credit of $50.00, which will go toward your next "
            "invoices. It is what is left of Payment PAY00054587 of November 3, 2026 ($50.00)."
        ),
    ),
    (
        "direction@deuxrives.example",
        "off-taxes",
        (
            "Your service addresses on file: 310, boulevard Gréber, Gatineau, QC J8T 6H5; "
            "1190 Innes Road, Ottawa, ON K1B 4S7."
        ),
    ),
]


@pytest.fixture(scope="module")
def bot(stores: Stores) -> Iterator[Bot]:
    with wired(stores) as built:
        yield built


@pytest.fixture
def newcomer(bot: Bot) -> Newcomer:
    return Newcomer(bot)


def general(topic: str, locale: str) -> str:
    return library.topics()[topic].answer(language=locale, today=TODAY)


def said_first(talk: Talk, topic: str) -> str:
    """What stands before the answer that everybody gets."""
    message = talk.press(f"faq:{topic}")
    assert message.private
    text, everybodys = message.reply.text, general(topic, talk.locale or "en")
    assert text.endswith(everybodys)
    return text.removesuffix(everybodys).strip()


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize(
    ("username", "locale", "wanted"),
    [("demo@maple.example", "en", MAPLE), ("demo@erable.example", "fr", ERABLE)],
    ids=["maple", "erable"],
)
def test_an_answer_begins_with_ones_own_figures(
    bot: Bot, topic: str, username: str, locale: str, wanted: dict[str, str]
) -> None:
    """The account's figures come first, then the answer that everybody gets."""
    talk = Talk(bot, locale=locale).signed_in(username)

    assert wanted[topic] == said_first(talk, topic)


@pytest.mark.parametrize(("username", "topic", "wanted"), OTHERS)
def test_other_companies_hear_of_other_circumstances(
    bot: Bot, username: str, topic: str, wanted: str
) -> None:
    """Expired cards, declined payments, a short history, several places."""
    assert wanted == said_first(Talk(bot, locale="en").signed_in(username), topic)


@pytest.mark.parametrize("topic", GENERAL)
@pytest.mark.parametrize("locale", languages())
@pytest.mark.parametrize("username", ["it@maple.example", "technique@erable.example"])
def test_a_technical_contact_gets_everybodys_answer(
    bot: Bot, username: str, locale: str, topic: str
) -> None:
    """Who may see no figures is told none, and nothing private was looked at."""
    message = Talk(bot, locale=locale).signed_in(username).press(f"faq:{topic}")

    assert general(topic, locale) == message.reply.text
    assert not message.private


@pytest.mark.parametrize("topic", GENERAL)
def test_a_room_gets_everybodys_answer(bot: Bot, topic: str) -> None:
    """What others can read says nothing of an account, although its asker is linked."""
    talk = Talk(bot, locale="en", one_to_one=False).signed_in("demo@maple.example")

    message = talk.press(f"faq:{topic}")

    assert general(topic, "en") == message.reply.text
    assert not message.private


def test_a_stranger_gets_everybodys_answer(bot: Bot) -> None:
    """Nobody is asked to sign in for an answer that everybody may have."""
    message = Talk(bot, locale="en").press("faq:pending-payment")

    assert message.reply.text.startswith("Only one payment can be under way at a time.")
    assert not message.private


def test_whose_access_has_ended_gets_everybodys_answer(bot: Bot, newcomer: Newcomer) -> None:
    """A chat that stays linked to a user who left the account says nothing of it."""
    talk = newcomer.talk()
    with bot.database.write() as session:
        session.delete(
            session.exec(select(Membership).where(Membership.account_id == newcomer.id)).one()
        )

    message = talk.press("faq:make-payment")

    assert general("make-payment", "en") == message.reply.text
    assert not message.private


@pytest.mark.parametrize("topic", ["add-user", "password-rules", "off-technical-support"])
def test_a_topic_that_no_account_changes_stays_as_it_is(bot: Bot, topic: str) -> None:
    """Where the books have nothing to say, nobody's books are opened."""
    message = Talk(bot, locale="en").signed_in("demo@maple.example").press(f"faq:{topic}")

    assert general(topic, "en") == message.reply.text
    assert not message.private


@pytest.mark.parametrize(
    ("topic", "wanted"),
    [
        ("autopay-setup", f"Auto Pay is off. {NO_CARD} Nothing is past due right now."),
        (
            "cdr-where",
            (
                "I see no call records on your account for the months that are kept, May 2026 to "
                "October 2026."
            ),
        ),
        ("credit-balance-negative", "Your balance is $0.00: there is nothing to pay."),
        ("notification-emails", "All four notices are on for you."),
        ("off-taxes", ""),
        ("pending-payment", "No payment is pending on your account."),
        ("update-bill-to", "Your invoices carry the name **Newcomer**."),
    ],
)
def test_a_new_account_has_little_to_tell(newcomer: Newcomer, topic: str, wanted: str) -> None:
    """What is not there yet is said so, or left out."""
    assert wanted == said_first(newcomer.talk(), topic)


def test_auto_pay_without_a_card_is_told(bot: Bot) -> None:
    """On, with nothing to charge."""
    talk = Newcomer(bot, auto_pay=True).talk()

    assert (
        "Auto Pay is on, but no card is on file, so nothing can be charged. "
        "Nothing is past due right now."
    ) == said_first(talk, "autopay-when-charged")


def test_a_second_card_is_named_too(newcomer: Newcomer) -> None:
    """The card that is used comes first."""
    newcomer.saves(expires=TODAY + timedelta(days=400))
    newcomer.saves(expires=TODAY + timedelta(days=800), brand="Mastercard", last_four="0007")

    assert (
        "The card on file is Visa •••• 4242, valid until December 2027. "
        "Also on file: Mastercard •••• 0007 (January 2029)."
    ) == said_first(newcomer.talk(), "change-card")


@pytest.mark.parametrize(
    ("locale", "wanted"),
    [
        (
            "en",
            (
                "Yes, 3 are pending: $10.00 since November 12, 2026, $20.00 since yesterday and "
                "$30.00 since today."
            ),
        ),
        (
            "fr",
            (
                "Oui, 3 paiements sont en attente\xa0: 10,00\xa0$ depuis le 12 novembre 2026, "
                "20,00\xa0$ depuis hier et 30,00\xa0$ depuis aujourd'hui."
            ),
        ),
    ],
)
def test_several_pending_payments_are_all_named(
    newcomer: Newcomer, locale: str, wanted: str
) -> None:
    """The portal takes one at a time, but a cheque may be on its way beside it."""
    for cents, days_ago in ((1000, 10), (2000, 1), (3000, 0)):
        day = TODAY - timedelta(days=days_ago)
        newcomer.pays(cents, day, PaymentState.PENDING, settled_on=None)

    assert wanted == said_first(newcomer.talk(locale), "pending-payment")


@pytest.mark.parametrize(
    ("locale", "wanted"),
    [
        (
            "en",
            (
                "Credits count at once: your credits of $5.00 of November 1, 2026 and $7.50 of "
                "November 20, 2026 are already in your balance and will show with your next "
                "invoice."
            ),
        ),
        (
            "fr",
            (
                "Un crédit compte tout de suite\xa0: vos crédits de 5,00\xa0$ du 1er novembre 2026 "
                "et 7,50\xa0$ du 20 novembre 2026 sont déjà dans votre solde et paraîtront avec "
                "votre prochaine facture."
            ),
        ),
    ],
)
def test_several_hidden_credits_are_all_named(newcomer: Newcomer, locale: str, wanted: str) -> None:
    """Each with its amount and day."""
    newcomer.has(TransactionType.CREDIT, TODAY.replace(day=1), 500)
    newcomer.has(TransactionType.CREDIT, TODAY.replace(day=20), 750)

    assert wanted == said_first(newcomer.talk(locale), "credit-timing")


def test_a_credit_of_long_ago_is_not_in_the_history_any_more(newcomer: Newcomer) -> None:
    """The history reaches back 24 months."""
    day = TODAY - timedelta(days=3 * 365)
    newcomer.has(TransactionType.CREDIT, day, 500, posted_on=day)

    assert "I see no credit granted to your account in the last 24 months." == said_first(
        newcomer.talk(), "credit-timing"
    )


def test_a_credit_of_many_parts_is_not_taken_apart(newcomer: Newcomer) -> None:
    """A long list would bury the answer."""
    for _ in range(4):
        newcomer.pays(1000, TODAY, PaymentState.CLEARED)

    assert (
        "You owe nothing: you have a credit of $40.00, which will go toward your next invoices."
    ) == said_first(newcomer.talk(), "credit-balance-negative")


@pytest.mark.parametrize(
    ("on", "wanted"),
    [
        (
            True,
            (
                "Notices on for you: payment accepted, new invoice and reminder of an unpaid "
                "invoice. Off: payment declined."
            ),
        ),
        (False, "All four notices are off for you."),
    ],
)
def test_the_notices_of_this_user_are_told(
    bot: Bot, newcomer: Newcomer, on: bool, wanted: str
) -> None:
    """Which of the four are on is a matter of each user."""
    with bot.database.write() as session:
        mine = session.exec(select(Membership).where(Membership.account_id == newcomer.id)).one()
        mine.notify_payment_declined = False
        mine.notify_payment_accepted = mine.notify_invoice_posted = on
        mine.notify_unpaid_reminder = on
        session.add(mine)

    assert wanted == said_first(newcomer.talk(), "notification-emails")


def test_many_service_addresses_are_counted(bot: Bot, newcomer: Newcomer) -> None:
    """More than three would be a list of their own."""
    with bot.database.write() as session:
        for number in range(4):
            place = {"label": "Shop", "street": f"{number} King", "city": "Ottawa"}
            session.add(
                ServiceAddress(
                    account_id=newcomer.id, province="ON", postal_code="K1A 0A1", **place
                )
            )

    assert "You have 4 service addresses on file." == said_first(newcomer.talk(), "off-taxes")


def test_the_names_of_the_store_are_no_markup(bot: Bot, newcomer: Newcomer) -> None:
    """A company that is called in asterisks is not printed as it likes."""
    with bot.database.write() as session:
        account = session.get(Account, newcomer.id)
        assert account is not None
        account.bill_to_name = "**Bold** Ltd."
        session.add(account)

    assert "Your invoices carry the name ***\u200b*Bold*\u200b* Ltd.**." == said_first(
        newcomer.talk(), "update-bill-to"
    )


def test_a_zone_without_a_name_is_told_as_it_is(bot: Bot) -> None:
    """Outside the Americas no name is sure to read well."""
    talk = Newcomer(bot, time_zone="UTC").talk()

    assert "Your account is set to UTC." == said_first(talk, "time-zone")


@pytest.mark.parametrize(
    ("locale", "wanted"),
    [
        (
            "en",
            "Your invoices and notices are in French; your own portal screens, in English.",
        ),
        (
            "fr",
            "Vos factures et vos avis sont en français; vos propres écrans du portail, en anglais.",
        ),
    ],
)
def test_the_language_of_the_invoices_and_of_the_screens_are_told_apart(
    locale: str, wanted: str
) -> None:
    """The account has one, each of its users another."""
    own = SimpleNamespace(
        loc=Localizer(locale),
        account=Account(number="1", legal_name="A", bill_to_name="A", language="fr"),
        membership=Membership(portal_user_id=1, account_id=1, language="en"),
    )

    assert [wanted] == list(settings.languages(own))
