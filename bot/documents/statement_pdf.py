"""A statement of account as a PDF: what came and went in a period, and what is open at its end."""

from collections.abc import Callable, Iterator

from bot.billing.history import HistoryRow
from bot.documents import aging_bars, naming, wording
from bot.documents import paper_parts as parts
from bot.documents.colours import INK
from bot.documents.pdf import MARGIN, RIGHT, Paper
from bot.documents.pdf_table import LINE, Grid, Row, Section, flow, places, space
from bot.documents.statement_paper import StatementPaper
from bot.i18n import Localizer
from store.models import PaymentState, TransactionType

_MIDDLE = 318.0  # where the right half of the page begins


def draw(statement: StatementPaper) -> bytes:
    """Draw the document; the same books always give the same bytes."""
    loc = statement.loc
    title = loc.text("Statement of account")
    paper = Paper(
        title=f"{title} \N{EN DASH} {statement.account.bill_to_name}",
        subject=loc.text("Account {number}", number=statement.account.number),
        author=statement.supplier.name,
        language=loc.language,
        created=statement.last,
    )
    paper.add_page()
    y = _first_page(paper, statement, title)
    running = loc.text(
        "{what} \N{MIDDLE DOT} Account {account} \N{MIDDLE DOT} {day}",
        what=title,
        account=statement.account.number,
        day=loc.date(statement.last),
    )

    def next_page() -> float:
        return parts.continued(paper, running)

    for section in (_history(paper, statement), _open_items(paper, statement)):
        y = section.draw(y, bottom=parts.BOTTOM, next_page=next_page)
    flow(_notes(paper, statement), y + 10, bottom=parts.BOTTOM, next_page=next_page)
    parts.feet(paper, statement.supplier, loc)
    return paper.finished()


def _first_page(paper: Paper, statement: StatementPaper, title: str) -> float:
    loc, balance = statement.loc, statement.ledger.balance_cents
    y = parts.masthead(paper, statement.supplier, title, loc) + 12
    below_address = parts.address_block(paper, y, loc.text("Bill to"), statement.account)
    below_facts = parts.facts(paper, _MIDDLE, y, RIGHT, list(_identity(statement)))
    y = parts.panel(
        paper,
        max(below_address + 12, below_facts + 4),
        loc.text("Balance on {day}", day=loc.date(statement.last)),
        loc.money(balance),
        wording.balance(loc, balance, past_due_cents=statement.aging.past_due_cents),
    )
    y += 20
    below_sums = parts.sums(
        paper, y, loc.text("Summary"), list(_summary(statement)), x=MARGIN, to=_MIDDLE - 28
    )
    below_bars = aging_bars.draw(paper, y, statement.aging, loc, x=_MIDDLE, to=RIGHT)
    return max(below_sums, below_bars)


def _identity(statement: StatementPaper) -> Iterator[parts.Pair]:
    loc = statement.loc
    yield loc.text("Account number"), statement.account.number
    period = wording.period(loc, statement.first, statement.last)
    yield loc.text("Statement date"), loc.date(statement.last)
    yield loc.text("Period"), period


def _summary(statement: StatementPaper) -> Iterator[parts.Pair]:
    """Lead from the opening balance to the one that is owed."""
    loc, history, listed = statement.loc, statement.history, statement.listed_cents
    yield loc.text("Opening balance"), loc.money(history.opening_balance_cents)
    yield loc.text("Invoices"), loc.money(listed(TransactionType.INVOICE))
    yield loc.text("Payments received"), loc.money(listed(TransactionType.PAYMENT))
    yield loc.text("Credits"), loc.money(listed(TransactionType.CREDIT))
    if refunds := listed(TransactionType.REFUND):
        yield loc.text("Refunds paid out"), loc.money(refunds)
    if hidden := history.hidden_credit_cents:
        yield loc.text("Closing balance"), loc.money(history.closing_balance_cents)
        yield loc.text("Credits not in the history yet"), loc.money(-hidden)
    yield loc.text("Balance"), loc.money(statement.ledger.balance_cents)


def _history(paper: Paper, statement: StatementPaper) -> Section:
    loc, history = statement.loc, statement.history
    grid = Grid(
        paper,
        places(
            (loc.text("Date"), 16, "left"),
            (loc.text("Reference"), 16, "left"),
            (loc.text("Description"), 54, "left"),
            (loc.text("Debit"), 15, "right"),
            (loc.text("Credit"), 15, "right"),
            (loc.text("Balance"), 16, "right"),
        ),
        wraps=2,
    )
    opening = ("", "", loc.text("Opening balance"), "", "")
    rows = [grid.row((*opening, loc.money(history.opening_balance_cents)), bold=True)]
    shown = statement.rows
    rows += [grid.row(_row(row, loc), holds=row is shown[-1]) for row in shown]
    rows.append(grid.total(_closing(statement)))
    return Section(grid, rows)


def _row(row: HistoryRow, loc: Localizer) -> tuple[str, ...]:
    return (
        loc.short_date(row.listed_on),
        row.transaction.number,
        _described(row, loc),
        "" if row.debit_cents is None else loc.money(row.debit_cents),
        "" if row.credit_cents is None else loc.money(row.credit_cents),
        loc.money(row.balance_cents),
    )


def _closing(statement: StatementPaper) -> tuple[str, ...]:
    loc, rows = statement.loc, statement.rows
    return (
        "",
        "",
        loc.text("Closing balance"),
        loc.money(sum(row.debit_cents or 0 for row in rows)),
        loc.money(sum(row.credit_cents or 0 for row in rows)),
        loc.money(statement.history.closing_balance_cents),
    )


def _described(row: HistoryRow, loc: Localizer) -> str:
    """Name a row; of what does not count, say the amount and why."""
    if row.payment_state in {None, PaymentState.CLEARED}:
        return naming.described(loc, row.transaction)
    return loc.text(
        "{type} of {amount}, {state}",
        type=wording.transaction_type(loc, row.transaction.type),
        amount=loc.money(row.transaction.amount_cents),
        state=wording.payment_state(loc, row.payment_state),
    )


def _open_items(paper: Paper, statement: StatementPaper) -> Section:
    """What is still to be paid, oldest due date first."""
    loc, aging = statement.loc, statement.aging
    grid = Grid(
        paper,
        places(
            (loc.text("Open items"), 34, "left"),
            (loc.text("Date"), 20, "left"),
            (loc.text("Due date"), 20, "left"),
            (loc.text("Days past due"), 18, "right"),
            (loc.text("Amount"), 18, "right"),
            (loc.text("Still to be paid"), 18, "right"),
        ),
    )
    rows = []
    for item in statement.ledger.open_items:
        row, late = item.transaction, (statement.last - item.due_date).days
        cells = (
            f"{wording.transaction_type(loc, row.type)} {row.number}",
            loc.short_date(row.date),
            loc.short_date(item.due_date),
            loc.number(max(0, late)),
            loc.money(row.amount_cents),
            loc.money(item.open_cents),
        )
        rows.append(grid.row(cells, holds=item is statement.ledger.open_items[-1]))
    if aging.unapplied_cents:
        unapplied = loc.money(-aging.unapplied_cents)
        rows.append(
            grid.row((loc.text("Unapplied credits"), "", "", "", "", unapplied), holds=True)
        )
    balance = loc.money(aging.balance_cents)
    rows.append(grid.sum(loc.text("Balance"), balance, strong=True))
    return Section(grid, rows)


def _notes(paper: Paper, statement: StatementPaper) -> Iterator[Row]:
    """Explain what does not count, or counts though the history does not show it."""
    loc, day = statement.loc, statement.last
    hidden = wording.hidden_credits(loc, statement.ledger.hidden_credits)
    pending = (wording.does_not_count(loc, row, today=day) for row in statement.ledger.pending)
    for sentence in (*pending, *hidden):
        yield from _paragraph(paper, sentence)


def _paragraph(paper: Paper, text: str) -> Iterator[Row]:
    paper.style(8)
    lines = paper.wrapped(text, RIGHT - MARGIN)
    for at, line in enumerate(lines, 1):
        yield Row(LINE, _writing(paper, line), holds=at < len(lines))
    yield space(4)


def _writing(paper: Paper, line: str) -> Callable[[float], None]:
    def write(top: float) -> None:
        paper.style(8, ink=INK)
        paper.left(MARGIN, top + 9, line)

    return write
