"""Invoices with their lines and taxes: three files, one check: they add up to the cent."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from store.importers.ledger.keeping import Outcome, account_of, keep
from store.importers.ledger.line import Line
from store.importers.owners import bill_waiting_calls
from store.importers.refusals import Refused
from store.models import (
    Account,
    InvoiceLine,
    InvoiceTax,
    LineKind,
    ServiceAddress,
    Transaction,
    TransactionType,
)

Key = tuple[str, str]  # account, invoice
_NAMES = frozenset({"GST", "HST", "QST", "PST", "RST"})


@dataclass
class Parts:
    """What the files of lines and taxes hold, by invoice; a bad row spoils its invoice."""

    lines: dict[Key, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    taxes: dict[Key, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    spoiled: dict[Key, str] = field(default_factory=dict)
    used: set[Key] = field(default_factory=set)
    accounts: set[int] = field(default_factory=set)  # with new invoices: calls may wait for them

    def add_line(self, line: Line) -> Outcome:
        """Raises Refused."""
        return self._add(self.lines, line, _line_values)

    def add_tax(self, line: Line) -> Outcome:
        """Raises Refused."""
        return self._add(self.taxes, line, _tax_values)

    def left_over(self) -> list[str]:
        return sorted({number for _, number in (self.lines.keys() | self.taxes.keys()) - self.used})

    def _add(
        self,
        parts: dict[Key, list[dict[str, Any]]],
        line: Line,
        read: Callable[[Line], dict[str, Any]],
    ) -> Outcome:
        key = (line.needed("account"), line.needed("invoice"))
        try:
            parts[key].append(read(line))
        except Refused as refusal:
            self.spoiled.setdefault(key, str(refusal))
            raise
        return Outcome.READ


def invoice(session: Session, line: Line, parts: Parts) -> Outcome:
    """Keep an invoice whose lines and taxes add up to its total. Raises Refused."""
    account = account_of(session, line.needed("account"))
    key = (account.number, line.needed("number"))
    parts.used.add(key)
    values = _invoice_values(line)
    if key in parts.spoiled:
        raise Refused(f"one of its lines or taxes was refused: {parts.spoiled[key]}")
    lines, taxes = parts.lines.get(key, []), parts.taxes.get(key, [])
    _check_sum(values["amount_cents"], [*lines, *taxes])
    addresses = _addresses(session, account)
    written = [_placed(one, addresses) for one in lines]
    found, outcome = keep(
        session, Transaction, {"account_id": account.id, "number": key[1]}, values, frozenset()
    )
    if outcome is Outcome.ADDED:
        _add(session, found.id or 0, written, taxes)
        parts.accounts.add(account.id or 0)
    elif not _is_as_kept(session, found.id or 0, written, taxes):
        raise Refused("it is there already with other lines or taxes")
    return outcome


def bill_waiting(session: Session, parts: Parts) -> None:
    """Put the calls that were waiting for the invoices of a batch on them."""
    for account_id in sorted(parts.accounts):
        bill_waiting_calls(session, account_id)
    parts.accounts.clear()


def _invoice_values(line: Line) -> dict[str, Any]:
    first, last = line.maybe_day("period_first"), line.maybe_day("period_last")
    if (first is None) != (last is None) or (first and last and first > last):
        raise Refused("period_first and period_last do not make a period")
    issued, due = line.day("date"), line.day("due_date")
    if due < issued:
        raise Refused("due_date is before date")
    total = line.cents("total")
    if total < 0:
        raise Refused(f"total is {line.text('total')}: an invoice is not below zero")
    return {
        "type": TransactionType.INVOICE.value,
        "date": issued,
        "due_date": due,
        "period_first": first,
        "period_last": last,
        "balance_forward_cents": line.maybe_cents("balance_forward"),
        "amount_cents": total,
    }


def _line_values(line: Line) -> dict[str, Any]:
    return {
        "kind": line.choice("kind", LineKind).value,
        "description": line.needed("description"),
        "period_first": line.maybe_day("period_first"),
        "period_last": line.maybe_day("period_last"),
        "quantity_millionths": line.millionths("quantity"),
        "unit_price_millionths": line.millionths("unit_price"),
        "amount_cents": line.cents("amount"),
        "site": line.text("site"),
    }


def _tax_values(line: Line) -> dict[str, Any]:
    name, province = line.needed("name").upper(), line.needed("province").upper()
    if name not in _NAMES:
        raise Refused(f"name is {name}: one of {', '.join(sorted(_NAMES))} is expected")
    if len(province) != 2:  # noqa: PLR2004 - ON, QC
        raise Refused(f"province is {province}: two letters are expected")
    rate = line.millionths("rate")
    if not 0 <= rate < 1_000_000:  # noqa: PLR2004 - 100 %
        raise Refused(f"rate is {line.text('rate')}: 0.13 is 13 %")
    return {
        "name": name,
        "province": province,
        "rate_millionths": rate,
        "base_cents": line.cents("base"),
        "amount_cents": line.cents("amount"),
    }


def _check_sum(total: int, parts: Sequence[dict[str, Any]]) -> None:
    found = sum(part["amount_cents"] for part in parts)
    if found != total:
        raise Refused(
            f"its lines and taxes add up to {_dollars(found)}, its total is {_dollars(total)}: "
            f"a difference of {_dollars(total - found)}"
        )


def _dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def _addresses(session: Session, account: Account) -> dict[str, int | None]:
    query = select(ServiceAddress).where(ServiceAddress.account_id == account.id)
    return {address.label: address.id for address in session.exec(query)}


def _placed(values: dict[str, Any], addresses: dict[str, int | None]) -> dict[str, Any]:
    site = values["site"]
    if site and site not in addresses:
        raise Refused(f"the account has no site {site}")
    rest = {name: value for name, value in values.items() if name != "site"}
    return rest | {"service_address_id": addresses[site] if site else None}


def _add(session: Session, invoice_id: int, lines: Sequence[Any], taxes: Sequence[Any]) -> None:
    for position, values in enumerate(lines, 1):
        session.add(InvoiceLine(transaction_id=invoice_id, position=position, **values))
    for position, values in enumerate(taxes, 1):
        session.add(InvoiceTax(transaction_id=invoice_id, position=position, **values))


def _is_as_kept(
    session: Session, invoice_id: int, lines: Sequence[Any], taxes: Sequence[Any]
) -> bool:
    for model, wanted in ((InvoiceLine, lines), (InvoiceTax, taxes)):
        query = select(model).where(col(model.transaction_id) == invoice_id)
        kept = session.exec(query.order_by(col(model.position))).all()
        left_out = {"id", "transaction_id", "position"}
        if [one.model_dump(exclude=left_out) for one in kept] != list(wanted):
            return False
    return True
