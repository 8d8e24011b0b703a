"""The figures behind a ticket, for staff whose role may see them."""

from bot.clock import Clock
from bot.documents import wording
from bot.documents.books import Books
from bot.errors import NotAllowed
from bot.i18n import N_, Localizer
from bot.identity import scopes
from bot.identity.linking import account_name
from bot.messages import Fact, Reply
from store.db import Session
from store.models import Staff
from store.tickets import Case


def figures(session: Session, case: Case, *, staff: Staff, clock: Clock) -> Reply:
    """Show what the account of a ticket owes, by age, and what is pending.

    Raises NotAllowed for staff whose role sees no figures, and when the ticket is of nobody who
    has an account.
    """
    if not staff.sees_figures:
        raise NotAllowed(N_("Your role may not see the customers' figures."))
    scope = scopes.of_ticket(session, case.ticket)
    if scope is None:
        raise NotAllowed(
            N_("The customer of {ref} was not signed in, so there are no figures to show."),
            ref=case.ticket.ref,
        )
    books = Books.of(session, scope=scope, clock=clock)
    loc, ledger = Localizer(staff.language), books.ledger
    facts = [
        Fact(loc.text("Account"), account_name(books.account)),
        Fact(loc.text("Current balance"), loc.money(ledger.balance_cents)),
    ]
    facts += [
        Fact(wording.bucket(loc, aged.bucket), loc.money(aged.open_cents))
        for aged in books.aging.buckets
    ]
    facts += [
        Fact(loc.text("Pending payment"), f"{loc.money(p.amount_cents)} ({loc.short_date(p.date)})")
        for p in ledger.pending
    ]
    if last := ledger.last_payment:
        paid = f"{loc.money(last.amount_cents)} ({loc.short_date(last.date)})"
        facts.append(Fact(loc.text("Last payment"), paid))
    title = loc.text("Figures of {ref}", ref=case.ticket.ref)
    text = wording.balance(loc, ledger.balance_cents, past_due_cents=books.aging.past_due_cents)
    return Reply(title=title, text=text, facts=tuple(facts))
