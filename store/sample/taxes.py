"""Sales taxes on an amount, from dated rates by province."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Tax:
    name: str  # GST, HST, PST, QST, RST
    rate: Decimal  # 0.13 is 13 %
    amount_cents: int


def taxes_on(base_cents: int, *, province: str, on: date) -> tuple[Tax, ...]:
    """Each tax of the province of the service address, rounded half up on the base.

    No tax is charged on another (docs/domain.md 4.3). Raises KeyError for a province that is
    not in the table.
    """
    return tuple(
        Tax(name, rate, _rounded(base_cents * rate)) for name, rate in _rates(province, on).items()
    )


def tax_name(name: str, *, language: str) -> str:
    """The short name of a tax as an invoice in that language has it: HST is « TVH »."""
    text: str = _table()["names"][name][language]
    return text


def _rates(province: str, on: date) -> dict[str, Decimal]:
    """The rates in force; a later one replaces the earlier one of the same tax."""
    entries = _table()["provinces"][province]
    return {
        entry["tax"]: Decimal(entry["rate"])
        for entry in sorted(entries, key=_begins)
        if _begins(entry) <= on
    }


def _begins(entry: dict[str, Any]) -> date:
    begins: date = entry.get("from", date.min)
    return begins


def _rounded(cents: Decimal) -> int:
    return int(cents.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("taxes.toml").read_text("utf-8"))
