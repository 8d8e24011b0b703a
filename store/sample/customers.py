"""One sample company as rows of the store: its account, addresses, numbers and card."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel

from store.models import (
    Account,
    PaymentMethod,
    ServiceAddress,
    ServiceNumber,
    TransactionType,
)
from store.sample.companies import Card, Company
from store.sample.entries import Entry
from store.sample.months import month_start
from store.sample.rows import Keys, id_of

# Early enough that nothing of today is yet to come.
_POSTING_TIME = time(0, 10)


@dataclass(frozen=True, slots=True)
class Customer:
    company: Company
    account: Account
    addresses: tuple[ServiceAddress, ...]  # as the company's sites
    today: date

    @classmethod
    def of(cls, company: Company, *, today: date, keys: Keys) -> Self:
        account = _account(company, today, keys)
        addresses = tuple(
            ServiceAddress(
                id=keys.next_id("service_address"),
                account_id=id_of(account),
                **site.model_dump(exclude={"monthly", "numbers"}),
            )
            for site in company.sites
        )
        return cls(company, account, addresses, today)

    def rows(self) -> Iterator[SQLModel]:
        yield self.account
        yield from self.addresses
        for site, address in zip(self.company.sites, self.addresses, strict=True):
            for number, label in site.numbers.items():
                yield ServiceNumber(
                    account_id=id_of(self.account),
                    service_address_id=id_of(address),
                    number=number,
                    label=label,
                )
        if self.company.card:
            yield self._payment_method(self.company.card)

    def entry(self, kind: TransactionType, day: date, cents: int) -> Entry:
        """Start an entry of this account's books."""
        return Entry(
            account_id=id_of(self.account),
            type=kind,
            date=day,
            amount_cents=cents,
            created_at=posting_time(day, self.company.time_zone),
        )

    def _payment_method(self, card: Card) -> PaymentMethod:
        days = {"soon": 30, "past": -40, "later": 600}[card.expires]
        expires = self.today + timedelta(days=days)
        return PaymentMethod(
            account_id=id_of(self.account),
            brand=card.brand,
            last_four=card.last_four,
            expiry_year=expires.year,
            expiry_month=expires.month,
        )


def _account(company: Company, today: date, keys: Keys) -> Account:
    billing = company.billing or company.sites[0]
    return Account(
        id=keys.next_id("account"),
        ref=keys.new_ref(),
        number=company.number,
        legal_name=company.legal_name,
        bill_to_name=company.bill_to_name or company.legal_name,
        billing_street=billing.street,
        billing_city=billing.city,
        billing_province=billing.province,
        billing_postal_code=billing.postal_code,
        billing_emails=", ".join(company.emails),
        language=company.language,
        time_zone=company.time_zone,
        auto_pay=company.pays == "auto",
        sample=True,
        # The first invoice bills the usage of this month.
        created_at=posting_time(month_start(today, company.months), company.time_zone),
    )


def posting_time(day: date, time_zone: str) -> datetime:
    return datetime.combine(day, _POSTING_TIME, ZoneInfo(time_zone)).astimezone(UTC)
