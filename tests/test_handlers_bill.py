"""Why an invoice is higher, or lower, than another: which two, and what the answer says."""

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from bot import slots
from bot.bootstrap import Bot
from bot.documents.comparison_table import MOST_ROWS
from bot.handlers.bill import claims, fits
from bot.i18n import Localizer
from bot.messages import Reply
from bot.paired import Paired
from store.models import InvoiceLine, InvoiceTax, LineKind, Transaction, TransactionType
from tests.conftest import TODAY, Stores
from tests.newcomer import Newcomer, actions, cents, rows, wired
from tests.talk import Talk

ONE = 1_000_000
INVOICE = TransactionType.INVOICE
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture(scope="module")
def bot(stores: Stores) -> Iterator[Bot]:
    with wired(stores) as built:
        yield built


@pytest.fixture
def newcomer(bot: Bot) -> Newcomer:
    return Newcomer(bot)


def billed(newcomer: Newcomer, day: date, *lines: tuple, tax: int = 0) -> str:
    """Add an invoice of lines (kind, description, quantity, cents each)."""
    total = sum(n * each for _, _, n, each in lines) + tax
    number = newcomer.has(INVOICE, day, total, due_date=day)
    with newcomer.bot.database.write() as session:
        invoice = session.exec(select(Transaction).where(Transaction.number == number)).one()
        for position, (kind, what, n, each) in enumerate(lines):
            session.add(
                InvoiceLine(
                    transaction_id=invoice.id,
                    position=position,
                    kind=kind,
                    description=what,
                    quantity_millionths=n * ONE,
                    unit_price_millionths=each * ONE // 100,
                    amount_cents=n * each,
                )
            )
        if tax:
            session.add(
                InvoiceTax(
                    transaction_id=invoice.id,
                    position=1,
                    name="HST",
                    province="ON",
                    rate_millionths=130_000,
                    base_cents=total - tax,
                    amount_cents=tax,
                )
            )
    return number


def adds_up(reply: Reply) -> bool:
    *parts, (_, _, total) = rows(reply)
    return sum(cents(written) for _, _, written in parts) == cents(total)


def test_every_kind_of_change_is_told_in_words(newcomer: Newcomer) -> None:
    """Quantity and price apart, what came, what went, usage and taxes; together the difference."""
    before = billed(
        newcomer,
        OCTOBER,
        (LineKind.RECURRING, "Seat", 12, 2495),
        (LineKind.RECURRING, "Fax", 1, 750),
        (LineKind.ONE_TIME, "Desk phone", 2, 12900),
        tax=7349,
    )
    after = billed(
        newcomer,
        NOVEMBER,
        (LineKind.RECURRING, "Seat", 14, 2595),
        (LineKind.ONE_TIME, "Training", 1, 15000),
        (LineKind.USAGE, "Calls", 1, 345),
        tax=6718,
    )

    reply = newcomer.talk().say("why did my bill go down").reply

    assert reply.text == (
        f"Your invoice of November 1, 2026, **{after}**, is $54.46 lower than the one of October "
        f"1, 2026, **{before}**: $583.93 instead of $638.39.\n\n"
        "What changed: Recurring (+$56.40), One-time (-$108.00), Usage (+$3.45) and Taxes (-$6.31)."
    )
    assert rows(reply) == (
        ("2 \N{MULTIPLICATION SIGN} Desk phone", "One-time, earlier invoice only", "-$258.00"),
        ("Training", "One-time", "+$150.00"),
        ("Seat", "Quantity 12 \N{RIGHTWARDS ARROW} 14", "+$49.90"),
        ("Seat", "Price $24.95 \N{RIGHTWARDS ARROW} $25.95", "+$14.00"),
        ("Fax", "Recurring, removed", "-$7.50"),
        ("HST 13%", "$73.49 \N{RIGHTWARDS ARROW} $67.18", "-$6.31"),
        ("Calls", "Usage, added", "+$3.45"),
        ("Total", "", "-$54.46"),
    )
    assert adds_up(reply)


def test_a_long_list_ends_with_the_sum_of_what_is_small(newcomer: Newcomer) -> None:
    """A customer of thousands of lines reads the biggest; nothing is lost of the sum."""
    billed(newcomer, OCTOBER, *((LineKind.RECURRING, f"Line {n}", 1, 10 * n) for n in range(1, 31)))
    billed(newcomer, NOVEMBER, (LineKind.RECURRING, "Line 30", 1, 300))

    reply = newcomer.talk("fr").press("bill").reply

    assert len(rows(reply)) == MOST_ROWS + 2
    assert rows(reply)[-2][:2] == ("17 changements plus petits", "")
    assert adds_up(reply)


def test_the_same_invoice_twice_is_said_to_be_the_same(newcomer: Newcomer) -> None:
    """Nothing changed, and there is no table of nothing."""
    for day in (OCTOBER, NOVEMBER):
        billed(newcomer, day, (LineKind.RECURRING, "Seat", 2, 2495))

    reply = newcomer.talk().press("bill").reply

    lead, same = reply.text.split("\n\n")
    assert "is exactly as high as the one of October 1, 2026" in lead
    assert same == "Every line and every tax is the same on both."
    assert reply.table is None


def test_an_equal_sum_of_other_things_is_told_as_well(newcomer: Newcomer) -> None:
    """As high as before, yet not the same."""
    billed(newcomer, OCTOBER, (LineKind.RECURRING, "Seat", 2, 2495))
    billed(newcomer, NOVEMBER, (LineKind.RECURRING, "Chair", 2, 2495))

    reply = newcomer.talk().press("bill").reply

    assert reply.text.endswith("What came and what went make up for each other.")
    assert len(rows(reply)) == 3
    assert adds_up(reply)


def test_totals_without_lines_are_compared_as_such(newcomer: Newcomer) -> None:
    """An imported invoice may be a total and nothing else."""
    newcomer.has(INVOICE, OCTOBER, 10000, due_date=OCTOBER)
    newcomer.has(INVOICE, NOVEMBER, 9000, due_date=NOVEMBER)

    reply = newcomer.talk().press("bill").reply

    assert rows(reply) == (("Not itemized", "", "-$10.00"), ("Total", "", "-$10.00"))


def test_a_first_invoice_has_nothing_before_it(newcomer: Newcomer) -> None:
    """It is said so; the order before it is no invoice to compare it with."""
    billed(newcomer, OCTOBER, (LineKind.ONE_TIME, "Desk phone", 2, 12900))
    number = billed(newcomer, NOVEMBER, (LineKind.RECURRING, "Seat", 2, 2495))

    reply = newcomer.talk().say("why is my bill higher this month").reply

    assert reply.text.startswith(f"**{number}** of November 1, 2026, $49.90, is the first monthly")
    assert "faq:off-first-invoice" in actions(reply)


def test_an_account_without_invoices_is_told_so(newcomer: Newcomer) -> None:
    """And is offered a person."""
    reply = newcomer.talk().press("bill").reply

    assert reply.text == "I see no invoice of the last 24 months on your account."
    assert "handoff" in actions(reply)


@pytest.mark.parametrize(
    "text", ["what changed on INV00054051", "compare INV00054051 and INV00054049"]
)
def test_the_invoice_of_another_account_is_not_found(newcomer: Newcomer, text: str) -> None:
    """Like one that does not exist."""
    reply = newcomer.talk().say(text).reply

    assert reply.text.startswith("I find no invoice INV00054051 on your account.")


def test_a_button_for_the_invoice_of_another_account_is_refused(
    bot: Bot, newcomer: Newcomer
) -> None:
    """A ref tells nothing to whom it does not belong."""
    with bot.database.read() as session:
        query = select(Transaction.ref).where(Transaction.number == "INV00054051")
        ref = session.exec(query).first()

    assert newcomer.talk().press(f"bill:{ref}").reply.text.startswith("This button no longer works")
    own = Talk(bot, locale="en").signed_in().press(f"bill:{ref}").reply
    assert "INV00054051" in own.text


def test_each_place_is_named_where_there_are_several(bot: Bot) -> None:
    """The same line may stand there for each of them."""
    reply = Talk(bot, locale="en").signed_in("direction@deuxrives.example").press("bill").reply

    assert rows(reply)[0][0] == "Appels interurbains et sans frais (Entrepôt de Gatineau)"


def test_a_room_reads_what_holds_for_everybody(bot: Bot) -> None:
    """What was asked goes along with the button to the figures."""
    talk = Talk(bot, locale="en", one_to_one=False).signed_in()
    message = talk.say("compare October and June")

    assert not message.private
    own = talk.press_labelled("See mine in private")
    assert own.private
    assert "INV00054040" in own.reply.text


def test_a_technical_contact_is_told_no_figures(bot: Bot) -> None:
    """As for every other figure."""
    reply = Talk(bot, locale="en").signed_in("it@maple.example").press("bill").reply

    assert reply.table is None
    assert "$" not in reply.text


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("compare September and October", True),
        ("what changed on INV00054051", True),
        ("what is different between INV00054051 and INV00054049?", True),
        ("comparer septembre et octobre svp", True),
        ("qu'est-ce qui a changé sur la facture INV00054104?", True),
        ("INV00054051", False),
        ("compare", False),
        ("why is there two different invoices this month", False),
        ("compare October", False),
        ("change the card used in October and November", False),
        ("send me September and October", False),
    ],
)
def test_a_comparison_is_known_by_its_shape(text: str, claimed: bool) -> None:
    """Two months or an invoice, a word that compares, and nothing besides."""
    assert (claims(text) == text) == claimed


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("and September?", "and September?"),
        ("with August", "INV2 with August"),
        ("et en mai", "et en mai"),
        ("avec celle d'août", "INV2 avec celle d'août"),
        ("and the September bill", "and the September bill"),
        ("show me my October invoice", None),
        ("my October invoice", None),
        ("et montre-moi ma facture d'octobre", None),
        ("thanks", None),
        ("my card was declined in August", None),
    ],
)
def test_a_month_goes_on_from_a_comparison(text: str, args: str | None) -> None:
    """Alone it is compared with the month before; "with" keeps the later invoice."""
    assert args == fits(text, "INV2 INV1")


def made(id_: int, day: date) -> SimpleNamespace:
    return SimpleNamespace(id=id_, date=day, number=f"INV{id_:08}")


SEPTEMBER_ONE, OCTOBER_ONE, NOVEMBER_ONE = (made(n, date(2026, n, 28)) for n in (8, 9, 10))
ORDER = made(50, date(2026, 10, 5))
MONTHLY = [SEPTEMBER_ONE, OCTOBER_ONE, NOVEMBER_ONE]


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("why is it higher", 9, 10),
        # no invoice of November yet: the latest is meant
        ("why is my bill higher this month", 9, 10),
        ("is this month higher than last month", 9, 10),
        ("higher than last month", 9, 10),
        ("higher than in august", 8, 10),
        ("why did september go up", 8, 9),
        ("compare august and september", 8, 9),
        ("compare INV00000010 with august", 8, 10),
        ("compare INV00000050 with september", 9, 50),
        ("what changed on INV00000050", None, 50),
        ("what changed on INV00000008", None, 8),
    ],
)
def test_which_two_are_compared(text: str, before: int | None, after: int) -> None:
    """Invoices of the 28th, so that this month has none yet."""
    asked = slots.compared(text, today=TODAY)
    found = Paired.of(asked, invoices=[*MONTHLY, ORDER], monthly=MONTHLY)

    assert (before, after) == tuple(row and row.id for row in (found.before, found.after))


def test_what_is_not_there_is_told() -> None:
    """A number, or a month."""
    for text, unknown in (("compare INV00000077 with august", "INV00000077"), ("in may", "")):
        found = Paired.of(slots.compared(text, today=TODAY), invoices=MONTHLY, monthly=MONTHLY)
        assert (unknown, unknown == "") == (found.unknown, found.empty is not None)
    assert Paired() == Paired.of(slots.Compared(), invoices=[], monthly=[])


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("compare august and september", True),
        ("is this month higher than last month", True),
        ("compare INV00000010 with august", True),
        ("INV00000010 of october higher than INV00000009 of september", True),
        ("why is september higher than last year", True),
        ("compare august and september with last year", False),
        ("compare my bill with last quarter", False),
        ("compare my invoices of 2025 and 2026", False),
        ("compare my invoice with January 2027", False),
        ("compare August, September and October", False),
        ("pourquoi ma facture est plus élevée qu'en 2025", False),
    ],
)
def test_what_no_two_invoices_can_show_is_noticed(text: str, read: bool) -> None:
    """Years, quarters, months to come and a third month are never left out in silence."""
    asked = slots.compared(text, today=TODAY)
    assert read is not Paired.of(asked, invoices=MONTHLY, monthly=MONTHLY).left_out


def test_what_was_left_out_is_said_first(newcomer: Newcomer) -> None:
    for day in (OCTOBER, NOVEMBER):
        billed(newcomer, day, (LineKind.RECURRING, "Seat", 12, 2495))
    limit = "I lay two monthly invoices side by side. To choose them, name two months.\n\n"
    talk = newcomer.talk()
    assert talk.say("why is my bill higher than in 2025").reply.text.startswith(limit)
    assert not talk.say("why is my bill higher this month").reply.text.startswith(limit)


YEARS = [made(n, date(2024 + n // 12, n % 12 + 1, 1)) for n in range(11, 35)]  # Dec 2024, Nov 2026


@given(st.sampled_from(YEARS), st.sampled_from(["en", "fr"]))
def test_any_month_is_laid_beside_the_same_of_the_year_before(
    invoice: SimpleNamespace, language: str
) -> None:
    """Where that one is not kept, it says which month is missing."""
    month = Localizer(language).month(invoice.date)
    said = {
        "en": f"why is my {month} bill higher than last year",
        "fr": f"pourquoi ma facture de {month} est plus haute que l'an passé",
    }[language]
    asked = slots.compared(said, today=TODAY)
    found = Paired.of(asked, invoices=YEARS, monthly=YEARS)

    wanted = invoice.date.replace(year=invoice.date.year - 1)
    if wanted < YEARS[0].date:
        assert found.empty is not None
        assert found.empty.first == wanted
        return
    assert found.after is invoice
    assert found.before is not None
    assert (found.before.date, found.left_out) == (wanted, False)


@given(st.lists(st.sampled_from(YEARS), min_size=2, max_size=2, unique_by=lambda row: row.id))
def test_any_two_months_are_laid_side_by_side(pair: list[SimpleNamespace]) -> None:
    """The later one after the earlier one, whichever is named first."""
    first, second = (Localizer("en").month(row.date) for row in pair)
    asked = slots.compared(f"compare {first} and {second}", today=TODAY)
    found = Paired.of(asked, invoices=YEARS, monthly=YEARS)

    before, after = sorted(pair, key=lambda row: row.date)
    assert (found.before, found.after) == (before, after)
    assert not found.left_out


@pytest.mark.parametrize(
    "said",
    [
        "why is my October bill higher than last October",
        "why is my october bill higher than last year",
        "compare my bill with the same month last year",
        "pourquoi ma facture d'octobre est plus haute que l'an passé",
        "compare ma facture avec celle d'il y a un an",
    ],
)
def test_the_year_before_is_compared_line_by_line(newcomer: Newcomer, said: str) -> None:
    """October with October, though September lies between; the parts add up."""
    before = billed(newcomer, date(2025, 10, 1), (LineKind.RECURRING, "Seat", 10, 2495), tax=3244)
    billed(newcomer, date(2026, 9, 1), (LineKind.RECURRING, "Seat", 99, 2495))
    lines = ((LineKind.RECURRING, "Seat", 12, 2595), (LineKind.USAGE, "Calls", 1, 333))
    after = billed(newcomer, OCTOBER, *lines, tax=4091)

    message = newcomer.talk().say(said)

    assert message.said is not None
    assert message.said.command == "bill"
    assert before in message.reply.text
    assert after in message.reply.text
    assert adds_up(message.reply)
    assert len(rows(message.reply)) == 5


def test_a_year_before_goes_on_from_a_comparison(newcomer: Newcomer) -> None:
    for day in (date(2025, 10, 1), date(2026, 9, 1), OCTOBER, NOVEMBER):
        billed(newcomer, day, (LineKind.RECURRING, "Seat", day.month, 2495))
    talk = newcomer.talk()
    talk.say("compare september and october")

    reply = talk.say("and compared to last year?").reply

    assert "the one of October 1, 2025" in reply.text
    assert (
        "I see no monthly invoice of September 2025"
        in talk.say("why is my september bill higher than last year").reply.text
    )


def test_many_orders_between_are_a_sum(newcomer: Newcomer) -> None:
    for day in (date(2025, 10, 1), OCTOBER):
        newcomer.has(
            INVOICE, day, 5000, due_date=day, period_first=day, period_last=day.replace(day=28)
        )
    for month in range(1, 6):
        billed(newcomer, date(2026, month, 16), (LineKind.ONE_TIME, "Phone", 1, 1000))

    reply = newcomer.talk().say("why is my october bill higher than last october").reply

    assert "5 orders ($50.00 in all) were billed by themselves in between" in reply.text
