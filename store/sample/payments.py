"""What a sample company paid, was credited and refunded for its invoices."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from store.models import PaymentState, PaymentType, TransactionType
from store.sample.companies import Incident, catalogue
from store.sample.customers import Customer
from store.sample.entries import Bill, Entry
from store.sample.months import month_end, month_start

LAST_HISTORICAL_CARD_DAY = date(2025, 6, 30)  # docs/domain.md 1.4
CREDIT_DAY = 12  # of the month
_DAYS_OF_A_RETRY = 3
_DAYS_TO_A_REFUND = 4
_DAYS_TO_A_CHARGEBACK = 9
_DAYS_SINCE_AN_INSTALMENT = 20


@dataclass
class Payer:
    """Settles the bills of one customer, oldest first, as its company file says."""

    customer: Customer
    bills: list[Bill]
    entries: list[Entry] = field(default_factory=list)
    allocations: list[tuple[Entry, Entry, int]] = field(default_factory=list)
    _credits: list[Entry] = field(default_factory=list)  # without those paid out
    _unpaid: list[Bill] = field(default_factory=list)
    _owed_cents: int = 0  # for the bills dealt with so far, before credits

    def settle(self) -> None:
        for incident in self.customer.company.incidents:
            if incident.kind in {"credit", "paid_out"}:
                self._credit(incident)
        for bill in self.bills:
            self._settle(bill)
        self._pay_on_account()

    def _settle(self, bill: Bill) -> None:
        company = self.customer.company
        happened = company.incidents_of(bill.months_ago)
        if "disputed" in happened:
            return
        self._owed_cents += bill.invoice.amount_cents
        day = self._pay_day(bill, prepaid="prepaid" in happened)
        if self._stays_unpaid(bill, day):
            self._unpaid.append(bill)
            if company.pays == "auto" and day <= self.customer.today:
                self._payment(day, bill.invoice.amount_cents, state=PaymentState.DECLINED)
            return
        owed = self._owed_cents - sum(row.amount_cents for row in self._credits if row.date < day)
        if owed > 0:
            self._pay(bill, day, owed, happened)

    def _pay(self, bill: Bill, day: date, cents: int, happened: dict[str, Incident]) -> None:
        if "reversed" in happened:
            self._reversed(bill, day)
            return
        if "declined" in happened:
            self._payment(day, cents, state=PaymentState.DECLINED)
            day += timedelta(days=_DAYS_OF_A_RETRY)
            if day > self.customer.today:
                self._unpaid.append(bill)
                return
        if "partial" in happened:
            cents = cents * happened["partial"].percent // 100
        if "paid_twice" in happened:
            self._paid_twice(day, cents)
        if "prepaid" in happened:
            cents += happened["prepaid"].cents
        self._owed_cents -= cents
        payment = self._payment(day, cents)
        if self.customer.company.allocates:
            given = min(cents, bill.invoice.amount_cents)
            self.allocations.append((payment, bill.invoice, given))

    def _pay_day(self, bill: Bill, *, prepaid: bool) -> date:
        if prepaid:
            return min(self.customer.today, bill.invoice.date + timedelta(days=2))
        return bill.due_date + timedelta(days=self.customer.company.pays_after_due)

    def _stays_unpaid(self, bill: Bill, day: date) -> bool:
        unpaid_since = self.customer.today - timedelta(days=self.customer.company.unpaid_days)
        return day > self.customer.today or (
            self.customer.company.unpaid_days > 0 and bill.due_date >= unpaid_since
        )

    def _reversed(self, bill: Bill, day: date) -> None:
        """The bank takes a payment back: the invoice is open again, and in dispute."""
        self._owed_cents -= bill.invoice.amount_cents
        payment = self._payment(day, bill.invoice.amount_cents, state=PaymentState.REVERSED)
        payment.settled_on = day + timedelta(days=_DAYS_TO_A_CHARGEBACK)

    def _paid_twice(self, day: date, cents: int) -> None:
        again = self._payment(day + timedelta(days=1), cents, pays="bank")
        self._refund(again, again.date + timedelta(days=_DAYS_TO_A_REFUND - 1), "paid_twice")

    def _pay_on_account(self) -> None:
        """An instalment and a payment on its way, both for the oldest unpaid invoice."""
        if not self._unpaid:
            return
        company, oldest = self.customer.company, self._unpaid[0].invoice
        instalment = oldest.amount_cents * company.instalment_percent // 100
        if instalment:
            day = self.customer.today - timedelta(days=_DAYS_SINCE_AN_INSTALMENT)
            self._payment(max(day, oldest.date), instalment)
        if company.pending:
            day = max(self.customer.today - timedelta(days=1), oldest.date)
            rest = oldest.amount_cents - instalment
            payment = self._payment(day, rest, state=PaymentState.PENDING, pays="card")
            payment.settled_on = None

    def _payment(
        self,
        day: date,
        cents: int,
        *,
        state: PaymentState = PaymentState.CLEARED,
        pays: str | None = None,
    ) -> Entry:
        company = self.customer.company
        pays = pays or company.pays
        payment = self.customer.entry(TransactionType.PAYMENT, day, cents)
        payment.payment_type = _payment_type(pays, day)
        payment.payment_state = state
        payment.settled_on = self._settled_on(day)
        if company.card and pays != "bank":
            payment.method_brand = company.card.brand
            payment.method_last_four = company.card.last_four
        self.entries.append(payment)
        return payment

    def _settled_on(self, day: date) -> date:
        """The next day; at once where that would be yet to come, or after the next invoice."""
        next_day = day + timedelta(days=1)
        return min(next_day, self.customer.today, month_end(day))

    def _credit(self, incident: Incident) -> None:
        """Grant a credit; it is posted with the next invoice, if there is one yet."""
        issued = month_start(self.customer.today, incident.months_ago)
        day = min(self.customer.today, issued.replace(day=CREDIT_DAY))
        credit = self.customer.entry(TransactionType.CREDIT, day, incident.cents)
        credit.description = self._reason(incident.reason)
        later = (bill.invoice.date for bill in self.bills if bill.invoice.date > day)
        credit.posted_on = min(later, default=None)
        self.entries.append(credit)
        if incident.kind == "paid_out":
            self._refund(credit, day + timedelta(days=_DAYS_TO_A_REFUND), "paid_out")
        else:
            self._credits.append(credit)

    def _refund(self, source: Entry, day: date, reason: str) -> None:
        refund = self.customer.entry(TransactionType.REFUND, day, source.amount_cents)
        refund.description = self._reason(reason)
        self.entries.append(refund)
        refund.refunds = source

    def _reason(self, reason: str) -> str:
        return catalogue().reason[reason].in_language(self.customer.company.language)


def _payment_type(pays: str, day: date) -> PaymentType:
    if pays == "bank":
        return PaymentType.BANK_UPLOAD
    if day <= LAST_HISTORICAL_CARD_DAY:
        return PaymentType.HISTORICAL_CREDIT_CARD
    return PaymentType.CREDIT_CARD
