"""How invoices are shown in the chat: one with its PDF, or several with a table and their files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot import papers
from bot.billing.comparison import one_before
from bot.billing.windows import HISTORY_MONTHS
from bot.commands import Answer, Context
from bot.documents import bundle, wording
from bot.documents.books import Books
from bot.faq import facts
from bot.i18n import N_
from bot.messages import Button, Column, FileRef, Reply, Table
from bot.picked import billing
from bot.slots import Period
from store.models import Transaction, TransactionType

MOST_FILES = 3  # more of them are one ZIP
MOST_ZIPPED = 12  # in one turn: each is drawn while the person waits
PLAIN = N_("Here is your invoice of {day}: {amount}.")
LATEST = N_("Here is your latest invoice, of {day}: {amount}.")
BEFORE_LAST = N_("Here is the invoice before your latest, of {day}: {amount}.")
OLDEST = N_("Here is your oldest invoice whose PDF is kept, of {day}: {amount}.")


@dataclass(frozen=True, slots=True)
class InvoiceView:
    context: Context
    books: Books

    @property
    def invoices(self) -> list[Transaction]:
        """Those that are issued, newest first."""
        rows = (row for row in self.books.transactions if row.type == TransactionType.INVOICE)
        return [row for row in reversed(list(rows)) if row.date <= self.books.today]

    def one(
        self,
        row: Transaction,
        *,
        lead: str = PLAIN,
        notes: Sequence[str] = (),
        buttons: Sequence[Button] = (),
    ) -> Answer:
        """Give the PDF of one; `notes` stand below what is said of it, `buttons` come first."""
        context, loc = self.context, self.context.loc
        if row.date < self.books.oldest_day:
            return self.too_old()
        paper = papers.invoice(context, self.books, row)
        context.ask(row.number)
        details = loc.text("Details of {number}", number=row.number)
        reply = Reply(
            title=loc.text("Invoice {number}", number=row.number),
            text="\n\n".join([*self._about(row, lead), *notes, *self._in_the_portal(lead)]),
            files=(papers.invoice_file(context, paper),),
            buttons=(
                *buttons,
                Button(details, action=f"transaction:{row.ref}"),
                *self.neighbours(row, *(button.action for button in buttons)),
                self.list_button(),
            ),
        )
        return Answer(reply=reply)

    def several(
        self,
        rows: Sequence[Transaction],
        *,
        title: str,
        asked: str,
        lead: str = "",
        notes: Sequence[str] = (),
        due: bool = False,
        buttons: Sequence[Button] = (),
    ) -> Answer:
        """Give the PDFs of several, as many as are made in one turn; `asked` asks for them again.

        With `due`, the table tells what is still to be paid.
        """
        loc, given = self.context.loc, rows[:MOST_ZIPPED]
        kept = [row for row in given if row.date >= self.books.oldest_day]
        text = [lead or self._in_all(given), *notes]
        if len(rows) > len(given):
            text.append(
                loc.text(
                    "I give no more than {n} at a time: name a shorter period for the others.",
                    n=len(given),
                )
            )
        if len(kept) < len(given):
            text.append(self.kept_since())
        if kept:
            text += papers.language_note(self.context, self.books.account)
        self.context.ask(asked)
        reply = Reply(
            title=title,
            text="\n\n".join(text),
            table=self._table(given, due=due),
            files=self._files(kept) if kept else (),
            buttons=(*buttons, self.list_button()),
        )
        return Answer(reply=reply)

    def none(self, text: str, *buttons: Button) -> Answer:
        return Answer(reply=Reply(text=text, buttons=(*buttons, self.list_button())))

    def none_dated(self, period: Period) -> Answer:
        """Say that none is dated in it; of a month, give the one that bills its usage."""
        loc = self.context.loc
        named = wording.period(loc, period.first, period.last)
        if row := billing(self.invoices, period, since=self.books.oldest_day):
            note = loc.text(
                "No invoice is dated in {period}: this one bills its usage.", period=named
            )
            return self.one(row, notes=[note])
        text = loc.text("I find no invoice dated in that period ({period}).", period=named)
        return self.none(text, *self.neighbours(None))

    def too_old(self) -> Answer:
        loc = self.context.loc
        person = Button(loc.text("Talk to a person"), action="handoff")
        return self.none(wording.too_old(loc, self.kept_since()), person)

    def kept_since(self) -> str:
        loc = self.context.loc
        return loc.text(
            "PDFs of invoices are kept for {months} months: they go back to {day}.",
            months=loc.number(HISTORY_MONTHS),
            day=loc.date(self.books.oldest_day),
        )

    def titled(self, what: str, period: Period | None) -> str:
        loc = self.context.loc
        if period is None:
            return what
        days = wording.period(loc, period.first, period.last)
        return loc.text("{what}, {period}", what=what, period=days)

    def pdf_button(self, row: Transaction) -> Button:
        loc = self.context.loc
        return Button(loc.text("PDF of {day}", day=loc.date(row.date)), f"invoice:{row.ref}")

    def neighbours(self, given: Transaction | None, *offered: str | None) -> Iterator[Button]:
        """Offer the one before, or the latest where none was found."""
        row = one_before(given, self.invoices) if given else next(iter(self.invoices), None)
        if row and row.date >= self.books.oldest_day and f"invoice:{row.ref}" not in offered:
            yield self.pdf_button(row)

    def list_button(self) -> Button:
        return Button(self.context.loc.text("My invoices"), action="transactions:p1;t=invoice")

    def _about(self, row: Transaction, lead: str) -> Iterator[str]:
        loc = self.context.loc
        yield loc.text(lead, day=loc.date(row.date), amount=f"**{loc.money(row.amount_cents)}**")
        if row.period_first and row.period_last:
            usage = wording.period(loc, row.period_first, row.period_last)
            yield loc.text("Usage billed: {period}.", period=usage)
        item = self.books.ledger.open_item(row)
        if item is None:
            yield loc.text("This invoice is paid.")
        else:
            yield wording.still_to_pay(loc, item, today=self.books.today)
        yield from papers.language_note(self.context, self.books.account)

    def _in_the_portal(self, lead: str) -> Iterator[str]:
        loc = self.context.loc
        labels = {
            name: facts.fill(f"{{label_{name}}}", language=loc.language, today=self.books.today)
            for name in ("download", "transaction_history")
        }
        if lead == LATEST:
            yield loc.text(
                "In the portal, it is the “$” icon under {download} in the {transaction_history}.",
                **labels,
            )

    def _in_all(self, rows: Sequence[Transaction]) -> str:
        loc = self.context.loc
        return loc.plural(
            "{n} invoice, {total} in all.",
            "{n} invoices, {total} in all.",
            len(rows),
            total=loc.money(sum(row.amount_cents for row in rows)),
        )

    def _table(self, rows: Sequence[Transaction], *, due: bool) -> Table:
        loc, ledger = self.context.loc, self.books.ledger
        columns = [
            Column(loc.text("Date")),
            Column(loc.text("Invoice")),
            Column(loc.text("Amount"), align="right"),
        ]
        cells = [
            (loc.short_date(row.date), row.number, loc.money(row.amount_cents)) for row in rows
        ]
        if not due:
            return Table(tuple(columns), tuple(cells))
        columns.append(Column(loc.text("Still to pay"), align="right"))
        items = [ledger.open_item(row) for row in rows]
        opens = [loc.money(item.open_cents if item else 0) for item in items]
        return Table(
            tuple(columns), tuple((*row, open_) for row, open_ in zip(cells, opens, strict=True))
        )

    def _files(self, rows: Sequence[Transaction]) -> tuple[FileRef, ...]:
        context = self.context
        found = [papers.invoice(context, self.books, row) for row in rows]
        if len(found) <= MOST_FILES:
            return tuple(papers.invoice_file(context, paper) for paper in found)
        loc, days = found[0].loc, [row.date for row in rows]
        dates = {"first": min(days).isoformat(), "last": max(days).isoformat()}
        archive = papers.kept(
            context,
            cache_key=papers.key_of("invoices", *(paper.cache_key for paper in found)),
            language=loc.language,
            filename=loc.text("invoices-{first}-to-{last}.zip", **dates),
            media_type=bundle.MEDIA_TYPE,
            make=lambda: bundle.zipped(
                (paper.filename, papers.draw_invoice(paper)) for paper in found
            ),
        )
        return (archive,)
