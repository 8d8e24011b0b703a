"""A customer of a test's own making, in a store that several tests share."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from itertools import count, takewhile

from bot.billing.aging import Aging
from bot.billing.ledger import Ledger
from bot.bootstrap import Bot, build
from bot.messages import Reply
from store import files, transactions
from store.models import (
    Account,
    Membership,
    PaymentMethod,
    PaymentState,
    PaymentType,
    PortalUser,
    Role,
    Transaction,
    TransactionType,
)
from store.scope import Scope
from tests.conftest import TODAY, Stores, settings
from tests.talk import Talk

_numbers = count(1)


@contextmanager
def wired(stores: Stores) -> Iterator[Bot]:
    """A bot over the sample companies for a whole module: each test has a chat of its own."""
    with stores.copy("sampled") as database:
        built = build(settings(), database)
        yield built
        built.delivery.close()


class Newcomer:
    """A customer of the test's own making, without a history until it adds one."""

    def __init__(self, bot: Bot, **account: object) -> None:
        number = next(_numbers)
        self.bot = bot
        self.username = f"newcomer-{number}@test.example"
        with bot.database.write() as session:
            kept = Account(
                number=f"9{number:05}",
                legal_name="Newcomer **Ltd.**",
                bill_to_name="Newcomer",
                sample=True,
                **account,
            )
            user = PortalUser(username=self.username, sample=True)
            session.add_all([kept, user])
            session.flush()
            session.add(
                Membership(portal_user_id=user.id, account_id=kept.id, role=Role.ADMINISTRATOR)
            )
            self.id = kept.id

    def has(self, kind: TransactionType, day: date, cents: int, **columns: object) -> str:
        """Add a transaction; gives its number."""
        number = f"{kind.value[:3].upper()}{next(_numbers):08}"
        with self.bot.database.write() as session:
            session.add(
                Transaction(
                    account_id=self.id,
                    number=number,
                    type=kind,
                    date=day,
                    amount_cents=cents,
                    **columns,
                )
            )
        return number

    def owes(self, cents: int, *, due: date) -> str:
        day = due - timedelta(days=30)
        return self.has(TransactionType.INVOICE, day, cents, due_date=due)

    def pays(self, cents: int, day: date, state: PaymentState, **columns: object) -> str:
        columns = {"settled_on": day, "payment_type": PaymentType.BANK_UPLOAD} | columns
        return self.has(TransactionType.PAYMENT, day, cents, payment_state=state, **columns)

    def saves(self, *, expires: date, brand: str = "Visa", last_four: str = "4242") -> None:
        card = {"brand": brand, "last_four": last_four}
        with self.bot.database.write() as session:
            session.add(
                PaymentMethod(
                    account_id=self.id,
                    expiry_year=expires.year,
                    expiry_month=expires.month,
                    **card,
                )
            )

    @property
    def scope(self) -> Scope:
        return Scope(portal_user_id=0, account_id=self.id, role=Role.BILLING)

    def aging(self) -> Aging:
        with self.bot.database.read() as session:
            found = transactions.of_account(session, scope=self.scope)
        return Aging.of(Ledger.of(found, (), as_of=TODAY))

    def file(self, ref: str) -> bytes:
        with self.bot.database.read() as session:
            found = files.by_ref(session, scope=self.scope, ref=ref)
            assert found is not None
            chunk = partial(files.chunk, session, scope=self.scope, file_id=found.id)
            chunks = iter(chunk(number=n) or b"" for n in count())
            return b"".join(takewhile(bool, chunks))

    def talk(self, locale: str = "en") -> Talk:
        return Talk(self.bot, locale=locale).signed_in(self.username)


def late_payer(bot: Bot) -> Newcomer:
    """A French customer with something in every step, a part payment and one on its way."""
    customer = Newcomer(bot, language="fr")
    for owed, days_late in ((40000, 100), (104717, 90), (83654, 60), (82860, 30), (39281, 0)):
        customer.owes(owed, due=TODAY - timedelta(days=days_late))
    customer.pays(15650, date(2026, 11, 2), PaymentState.CLEARED)
    customer.pays(23476, date(2026, 11, 21), PaymentState.PENDING, settled_on=None)
    return customer


def facts(reply: Reply) -> dict[str, str]:
    return {fact.label: fact.value for fact in reply.facts}


def actions(reply: Reply) -> list[str | None]:
    return [button.action for button in reply.buttons]


def rows(reply: Reply) -> tuple[tuple[str, ...], ...]:
    assert reply.table is not None
    return reply.table.rows


def cents(written: str) -> int:
    """Read an amount back."""
    sign = -1 if written.startswith("-") else 1
    return sign * int(re.sub(r"\D", "", written))
