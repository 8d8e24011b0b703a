"""What is on file beside the money: names, addresses, notices, languages, the time zone."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_location, get_timezone_name
from babel.localedata import locale_identifiers

from bot.documents.living.own import Own
from bot.i18n import COUNTRY, N_, Localizer
from bot.markup import escape
from store.models import Membership

LISTED = 3  # service addresses; more are only counted
_CANADIAN = "America/"  # other zones have no name that is sure to read well
_NOTICES = {
    "notify_payment_accepted": N_("payment accepted"),
    "notify_payment_declined": N_("payment declined"),
    "notify_invoice_posted": N_("new invoice"),
    "notify_unpaid_reminder": N_("reminder of an unpaid invoice"),
}


def account_number(own: Own) -> Iterator[str]:
    loc, number = own.loc, f"**{escape(own.account.number)}**"
    yield loc.text("Your account number is {number}: it helps to have it at hand.", number=number)


def username(own: Own) -> Iterator[str]:
    if own.username:
        yield own.loc.text("Your username is **{username}**.", username=escape(own.username))


def bill_to(own: Own) -> Iterator[str]:
    """Say what name and address the invoices carry."""
    loc, account = own.loc, own.account
    name = f"**{escape(account.bill_to_name)}**"
    if not account.billing_street:
        yield loc.text("Your invoices carry the name {name}.", name=name)
        return
    address = _address(
        loc,
        street=account.billing_street,
        city=account.billing_city,
        province=account.billing_province,
        postal_code=account.billing_postal_code,
    )
    yield loc.text(
        "Your invoices carry the name {name} and this address: {address}.",
        name=name,
        address=address,
    )


def service_addresses(own: Own) -> Iterator[str]:
    """Name the addresses that the taxes follow."""
    loc, found = own.loc, own.service_addresses
    if len(found) > LISTED:
        yield loc.text("You have {n} service addresses on file.", n=loc.number(len(found)))
    elif found:
        addresses = [
            _address(
                loc,
                street=place.street,
                city=place.city,
                province=place.province,
                postal_code=place.postal_code,
            )
            for place in found
        ]
        yield loc.plural(
            "Your service address on file: {addresses}.",
            "Your service addresses on file: {addresses}.",
            len(found),
            addresses="; ".join(addresses),
        )


def notices(own: Own) -> Iterator[str]:
    """Say which notices this user gets, and what the billing e-mails are."""
    loc = own.loc
    if own.membership is not None:
        yield from _on_and_off(loc, own.membership)
    emails = [email.strip() for email in own.account.billing_emails.split(",") if email.strip()]
    if emails:
        yield loc.plural(
            "The billing e-mail on file is {emails}.",
            "The billing e-mails on file are {emails}.",
            len(emails),
            emails=loc.join(map(escape, emails)),
        )


def languages(own: Own) -> Iterator[str]:
    """Say the language of the invoices and that of this user's screens."""
    loc = own.loc
    if own.membership is None:
        return
    if own.membership.language == own.account.language:
        yield loc.text(
            "Your invoices, your notices and your portal screens are all in {language}.",
            language=loc.language_name(own.account.language),
        )
    else:
        yield loc.text(
            "Your invoices and notices are in {account}; your own portal screens, in {screens}.",
            account=loc.language_name(own.account.language),
            screens=loc.language_name(own.membership.language),
        )


def time_zone(own: Own) -> Iterator[str]:
    """Say the account's zone."""
    zone = _zone(own.loc, own.account.time_zone)
    yield own.loc.text("Your account is set to {zone}.", zone=zone)


def _on_and_off(loc: Localizer, membership: Membership) -> Iterator[str]:
    on = [loc.text(name) for flag, name in _NOTICES.items() if getattr(membership, flag)]
    off = [loc.text(name) for flag, name in _NOTICES.items() if not getattr(membership, flag)]
    if not off:
        yield loc.text("All four notices are on for you.")
    elif not on:
        yield loc.text("All four notices are off for you.")
    else:
        yield loc.text("Notices on for you: {on}. Off: {off}.", on=loc.join(on), off=loc.join(off))


def _address(loc: Localizer, *, street: str, city: str, province: str, postal_code: str) -> str:
    return loc.text(
        "{street}, {city}, {province} {postal_code}",
        street=escape(street),
        city=escape(city),
        province=escape(province),
        postal_code=escape(postal_code),
    )


def _zone(loc: Localizer, name: str) -> str:
    """Name a zone with the city it is known by: Eastern Time (Toronto)."""
    if not name.startswith(_CANADIAN):
        return name
    zone, wanted = ZoneInfo(name), [f"{loc.language}_{COUNTRY}", loc.language]
    locale = Locale.negotiate(wanted, locale_identifiers())
    words = get_timezone_name(zone, "long", locale=locale, zone_variant="generic")
    city = get_timezone_location(zone, locale=locale, return_city=True)
    return f"{words} ({city})".replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
