"""One sample message of each kind, for the golden outputs of every adapter."""

from datetime import UTC, datetime

from bot.delivery import Author, Message
from bot.messages import Button, Column, Fact, FileRef, Picture, Reply, Table

AT = datetime(2026, 11, 22, 15, 4, 5, 678000, tzinfo=UTC)


def message(
    reply: Reply,
    *,
    language: str = "en",
    author: Author = Author.BOT,
    private: bool = False,
    ref: str = "r3f",
) -> Message:
    return Message(
        ref=ref, at=AT, author=author, language=language, private=private, reply=reply, turn="t0rn"
    )


SAMPLES: dict[str, Message] = {
    "facts": message(
        Reply(
            title="Current balance",
            text="You have a **credit of $210.69**.",
            facts=(
                Fact("Current balance", "-$210.69"),
                Fact("Pending payment", "$150.00, Visa ending in 4242"),
            ),
            buttons=(Button("Show transactions", action="transactions"),),
        ),
        private=True,
    ),
    "table-and-picture": message(
        Reply(
            title="Âge du compte",
            text="La plus grande partie n'est **pas encore échue**.",
            table=Table(
                columns=(Column("Ancienneté"), Column("Montant", "right")),
                rows=(("Non échu", "1 284,11 $"), ("1 à 30 jours", "0,00 $")),
            ),
            picture=Picture(
                FileRef("p1c", "age-du-compte.png", "image/png", 20_480),
                "Barres : non échu 1 284,11 $, 1 à 30 jours 0,00 $",
            ),
        ),
        language="fr",
        private=True,
    ),
    "pages": message(
        Reply(
            text="Transactions 11 to 20 of 63.",
            table=Table(
                columns=(Column("Transaction ID"), Column("Debit", "right")),
                rows=(("10431", "$1,284.11"), ("10430", "")),
            ),
            buttons=(
                Button("Newer", action="transactions:1"),
                Button("Older", action="transactions:3"),
            ),
        ),
        private=True,
    ),
    "files": message(
        Reply(
            text="Voici vos fichiers :",
            files=(
                FileRef("f1le", "appels 2026-10.csv", "text/csv", 45_678),
                FileRef("f2le", "INV00054321.pdf", "application/pdf", 1_234_567),
            ),
        ),
        language="fr",
        private=True,
    ),
    "steps": message(
        Reply(
            text=(
                "Deux façons :\n\n1. Choisissez **Ajouter**.\n2. Ou cochez la case.\n\n"
                "- un point\n- un autre\n\nEnsuite :\nc'est tout."
            ),
            buttons=(
                Button("Oui", action="feedback:yes:t0rn", quiet=True),
                Button("Non", action="feedback:no:t0rn", quiet=True),
            ),
        ),
        language="fr",
    ),
    "link": message(
        Reply(
            text="Sign in to see your own figures.",
            buttons=(
                Button("Sign in", url="https://bot.example/link/t0ken"),
                Button("Talk to a person", action="handoff"),
            ),
        ),
        private=True,
    ),
    "staff": message(
        Reply(text="Your credit is on the November invoice.\n\nDana"), author=Author.STAFF
    ),
    "customer": message(
        Reply(text='**not bold** <script>alert("no")</script>\n\n- not a list'),
        author=Author.CUSTOMER,
    ),
}
