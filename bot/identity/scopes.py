"""What a person may see: the one place where a Scope is made."""

from bot.errors import CustomerError, NotAllowed, NotLinked
from bot.i18n import N_
from store import people
from store.db import Session
from store.grants import SEES_FIGURES as SEES_FIGURES  # noqa: PLC0414 - said here too
from store.models import Role, Ticket
from store.people import Person
from store.scope import Scope


def of_person(session: Session, person: Person) -> Scope:
    """Give the scope of a linked chat.

    Raises NotLinked when the chat is not linked or the membership is gone, NotAllowed when the
    role sees no figures.
    """
    if person.portal_user_id is None or person.account_id is None:
        raise NotLinked(N_("Please sign in first, so that I know whose account to look at."))
    member = people.membership(
        session, portal_user_id=person.portal_user_id, account_id=person.account_id
    )
    if member is None:
        raise NotLinked(N_("Your access to this account has ended. Please sign in again."))
    role = Role(member.role)
    if role not in SEES_FIGURES:
        raise NotAllowed(
            N_(
                "Your user may not see invoices and balances. Please ask an administrator of your "
                "account, or the Billing Team."
            )
        )
    return Scope(portal_user_id=person.portal_user_id, account_id=person.account_id, role=role)


def if_any(session: Session, person: Person | None) -> Scope | None:
    """Give the scope of a chat as `of_person` does; None where that raises."""
    try:
        return of_person(session, person) if person else None
    except CustomerError:
        return None


def of_ticket(session: Session, ticket: Ticket) -> Scope | None:
    """Give the scope its customer has, for staff who answer; None once they have lost it."""
    if ticket.portal_user_id is None or ticket.account_id is None:
        return None
    member = people.membership(
        session, portal_user_id=ticket.portal_user_id, account_id=ticket.account_id
    )
    if member is None or Role(member.role) not in SEES_FIGURES:
        return None
    return Scope(
        portal_user_id=ticket.portal_user_id,
        account_id=ticket.account_id,
        role=Role(member.role),
    )
