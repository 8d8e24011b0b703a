"""Who may still see an account's figures: the one rule, for queries and for `bot.identity`."""

from typing import Any

from sqlalchemy import ColumnElement, select

from store.models import Membership, PortalUser, Role

# Technical contacts see no invoices (docs/domain.md 1.9).
SEES_FIGURES = frozenset({Role.ADMINISTRATOR, Role.BILLING})

_membership = Membership.__table__  # type: ignore[attr-defined]
_portal_user = PortalUser.__table__  # type: ignore[attr-defined]


def may_see(*, portal_user_id: Any, account_id: Any) -> ColumnElement[bool]:
    """Tell, of two columns of a query, whether that user may see that account's figures now."""
    return (
        select(1)
        .select_from(
            _membership.join(_portal_user, _portal_user.c.id == _membership.c.portal_user_id)
        )
        .where(
            _membership.c.portal_user_id == portal_user_id,
            _membership.c.account_id == account_id,
            _membership.c.role.in_(sorted(SEES_FIGURES)),
            _portal_user.c.active,
        )
        .exists()
    )
