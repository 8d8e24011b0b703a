"""What a sample company is made from, as the TOML files beside this module describe it."""

import tomllib
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Spec):
    """One text in both languages."""

    en: str
    fr: str

    def in_language(self, language: str) -> str:
        return self.fr if language == "fr" else self.en


class Product(Words):
    price: Decimal = Decimal(0)  # dollars each


class Catalogue(Spec):
    product: dict[str, Product]
    reason: dict[str, Words]


class Place(Spec):
    street: str
    city: str
    province: str
    postal_code: str


class Site(Place):
    """A service address, what is delivered there each month, and its numbers with their labels."""

    label: str
    monthly: dict[str, int]  # how many of which product
    numbers: dict[str, str]  # E.164


class Card(Spec):
    brand: str
    last_four: str
    expires: Literal["soon", "past", "later"] = "later"


class Order(Spec):
    """Something bought once: on the invoice of that month, or on one of its own on `day`."""

    product: str
    quantity: int
    months_ago: int
    day: int | None = None


class Incident(Spec):
    """Something out of the ordinary about the invoice of a month.

    declined: the bank says no once. paid_twice: and the second payment refunded. reversed: a
    chargeback, the invoice is open again. disputed: not paid, those after it are. partial:
    `percent` now, the rest with the next payment. prepaid: paid early, and `cents` too much.
    credit: of `cents`, for a reason. paid_out: the same, and refunded.
    """

    kind: Literal[
        "declined",
        "paid_twice",
        "reversed",
        "disputed",
        "partial",
        "prepaid",
        "credit",
        "paid_out",
    ]
    months_ago: int
    cents: int = 0
    percent: int = 100
    reason: str = ""


class Company(Spec):
    """One customer. Days count from dates of invoices, months back from today's month."""

    number: str
    legal_name: str
    bill_to_name: str = ""  # the legal name if empty
    billing: Place | None = None  # the first site if none
    emails: tuple[str, ...]
    language: Literal["en", "fr"]
    time_zone: str
    sites: tuple[Site, ...]
    calls_a_month: int
    months: int = 24  # how many invoices there are
    seats_added: int = 0  # at the first site, half a year ago
    terms_days: int = 30
    pays: Literal["auto", "card", "bank"]
    pays_after_due: int  # days; negative is early
    unpaid_days: int = 0  # what fell due in the last so many days was not paid
    instalment_percent: int = 0  # of the oldest unpaid invoice, three weeks ago
    pending: bool = False  # a payment is on its way
    allocates: bool = False  # each payment is tied to its invoice
    card: Card | None = None
    orders: tuple[Order, ...] = ()
    incidents: tuple[Incident, ...] = ()

    def quantity(self, product: str) -> int:
        return sum(site.monthly.get(product, 0) for site in self.sites)

    def incidents_of(self, months_ago: int | None) -> dict[str, Incident]:
        """The incidents of one month by kind."""
        return {found.kind: found for found in self.incidents if found.months_ago == months_ago}


class Destination(Spec):
    name: str
    pattern: str
    rate: Decimal  # dollars a minute
    weight: int


class Traffic(Spec):
    toll_free_rate: Decimal
    callers: tuple[str, ...]
    destination: tuple[Destination, ...]


class User(Spec):
    """A portal user; `accounts` are the numbers of those they may act for."""

    username: str
    first_name: str
    last_name: str
    role: Literal["administrator", "billing", "technical"]
    language: Literal["en", "fr"]
    accounts: tuple[str, ...]
    time_zone: str = "America/Toronto"


class Agent(Spec):
    username: str
    name: str
    language: Literal["en", "fr"]
    sees_figures: bool = False


class People(Spec):
    passwords: dict[str, str]  # by role, and "staff"
    user: tuple[User, ...]
    staff: tuple[Agent, ...]


@cache
def companies() -> tuple[Company, ...]:
    return tuple(Company.model_validate(row) for row in _read("companies.toml")["company"])


@cache
def catalogue() -> Catalogue:
    return Catalogue.model_validate(_read("products.toml"))


@cache
def traffic() -> Traffic:
    return Traffic.model_validate(_read("destinations.toml"))


@cache
def people() -> People:
    return People.model_validate(_read("people.toml"))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))
