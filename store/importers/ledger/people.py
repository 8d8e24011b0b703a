"""Accounts, their service numbers, their people, their saved cards."""

import re
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlmodel import Session, col, select, update

from store.importers import parties
from store.importers.ledger.keeping import Outcome, account_of, keep, merged
from store.importers.ledger.line import Line
from store.importers.refusals import Refused
from store.models import (
    Account,
    Membership,
    PaymentMethod,
    PortalUser,
    Role,
    ServiceAddress,
    ServiceNumber,
)

_EXPIRY = "%Y-%m"
_HASHED = re.compile(r"\$argon2id\$[\x21-\x7e]{40,200}")


class Language(StrEnum):
    ENGLISH = "en"
    FRENCH = "fr"


def account(session: Session, line: Line) -> Outcome:
    number = line.needed("number")
    found = session.exec(select(Account).where(Account.number == number)).one_or_none()
    if found is not None and found.sample:
        raise Refused(f"{number} is an account of the samples")
    values = {
        "legal_name": line.needed("legal_name"),
        "bill_to_name": line.text("bill_to_name") or line.needed("legal_name"),
        "billing_street": line.text("street"),
        "billing_city": line.text("city"),
        "billing_province": line.text("province"),
        "billing_postal_code": line.text("postal_code"),
        "billing_emails": line.text("emails"),
        "language": line.choice("language", Language, Language.ENGLISH).value,
        "time_zone": _zone(line),
        "auto_pay": line.flag("auto_pay"),
    }
    return keep(session, Account, {"number": number}, values, values.keys())[1]


def number(session: Session, line: Line) -> Outcome:
    """Keep a service number with the address where it is used."""
    account_id = account_of(session, line.needed("account")).id
    where = {
        "street": line.needed("street"),
        "city": line.needed("city"),
        "province": line.needed("province"),
        "postal_code": line.needed("postal_code"),
    }
    key = {"account_id": account_id, "label": line.text("site") or where["street"]}
    address, first = keep(session, ServiceAddress, key, where, where.keys())
    e164 = parties.party(line.needed("number"))[0]
    if not e164.startswith("+"):
        raise Refused(f"number is {line.text('number')}: a whole phone number is expected")
    values = {"service_address_id": address.id, "label": line.text("label")}
    key = {"account_id": account_id, "number": e164}
    return merged(first, keep(session, ServiceNumber, key, values, values.keys())[1])


def user(session: Session, line: Line) -> Outcome:
    """Keep a portal user and what they are to one account; one row for each account."""
    account_id = account_of(session, line.needed("account")).id
    values = {
        "first_name": line.text("first_name"),
        "last_name": line.text("last_name"),
        "email": line.text("email"),
        "time_zone": _zone(line),
        "active": line.flag("active") if line.text("active") else True,
    }
    hashed = line.text("password_hash")
    if hashed and not _HASHED.fullmatch(hashed):
        raise Refused("password_hash is no argon2id hash; passwords themselves are never taken")
    if hashed:
        values["password_hash"] = hashed
    key = {"username": line.needed("username")}
    person, first = keep(session, PortalUser, key, values, values.keys())
    if person.sample:
        raise Refused(f"{person.username} is a user of the samples")
    membership = {
        "role": line.choice("role", Role).value,
        "language": line.choice("language", Language, Language.ENGLISH).value,
    }
    member = {"portal_user_id": person.id, "account_id": account_id}
    return merged(first, keep(session, Membership, member, membership, membership.keys())[1])


def payment_method(session: Session, line: Line) -> Outcome:
    """Keep a saved card, by its brand and last four digits only."""
    account_id = account_of(session, line.needed("account")).id
    try:
        expires = datetime.strptime(line.needed("expiry"), _EXPIRY)  # noqa: DTZ007 - a month
    except ValueError:
        raise Refused(f"expiry is {line.text('expiry')}: such as 2027-06 is expected") from None
    is_default = line.flag("default")
    values = {
        "expiry_year": expires.year,
        "expiry_month": expires.month,
        "is_default": is_default,
    }
    key = {
        "account_id": account_id,
        "brand": line.needed("brand"),
        "last_four": line.last_four("last_four"),
    }
    method, outcome = keep(session, PaymentMethod, key, values, values.keys())
    if is_default:
        others = update(PaymentMethod).where(
            col(PaymentMethod.account_id) == account_id, col(PaymentMethod.id) != method.id
        )
        session.exec(others.values(is_default=False))
    return outcome


def _zone(line: Line) -> str:
    name = line.text("time_zone") or "America/Toronto"
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused(f"time_zone is {name}: an IANA name is expected") from None
    return name
