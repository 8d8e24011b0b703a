"""The account that a scope is for: its cards, service addresses and numbers."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from store.models import Account, PaymentMethod, ServiceAddress, ServiceNumber
from store.scope import Scope


def get(session: Session, *, scope: Scope) -> Account:
    return session.exec(select(Account).where(Account.id == scope.account_id)).one()


def payment_methods(session: Session, *, scope: Scope) -> Sequence[PaymentMethod]:
    """The saved cards, the default one first."""
    query = (
        select(PaymentMethod)
        .where(PaymentMethod.account_id == scope.account_id)
        .order_by(col(PaymentMethod.is_default).desc(), col(PaymentMethod.id))
    )
    return session.exec(query).all()


def service_addresses(session: Session, *, scope: Scope) -> Sequence[ServiceAddress]:
    query = (
        select(ServiceAddress)
        .where(ServiceAddress.account_id == scope.account_id)
        .order_by(col(ServiceAddress.id))
    )
    return session.exec(query).all()


def service_numbers(session: Session, *, scope: Scope) -> Sequence[ServiceNumber]:
    query = (
        select(ServiceNumber)
        .where(ServiceNumber.account_id == scope.account_id)
        .order_by(col(ServiceNumber.number))
    )
    return session.exec(query).all()
