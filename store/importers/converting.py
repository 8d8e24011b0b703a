"""A row of a file to a row of the store, with the digest that its key is made of."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from store.importers import dates, parties
from store.importers.call import Call, Cells
from store.importers.conventions import Conventions
from store.importers.dates import DateOrder
from store.importers.detect import Shape
from store.importers.loading import Values
from store.importers.owners import Owner, Owners
from store.importers.reading import Row
from store.importers.refusals import Refused, Untidy, Unusable

DIGEST = 16  # bytes
_BETWEEN = "\x1f"  # the cells of a row, where they are hashed
_DAY = 10  # characters of "2026-11-01", or an epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOptions:
    """What the operator says of a file; what is left out the file tells, or the account."""

    format: str | None = None
    account: str | None = None  # the number of the account that all rows belong to
    zone: str | None = None  # an IANA name: of times without an offset
    date_order: DateOrder | None = None


class Converted(NamedTuple):
    values: Values  # in the order of loading.COLUMNS; the key is that of a row without a twin
    digest: bytes


class Converter:
    """Of one file."""

    def __init__(
        self,
        shape: Shape,
        options: CallOptions,
        owners: Owners,
    ) -> None:
        """Raises Unusable."""
        layout = shape.layout
        self._format = shape.format
        self._layout = layout
        self._pick = shape.picker()
        self._decimal_comma = shape.decimal_comma
        self._order = options.date_order or shape.date_order
        self._zone = options.zone or shape.format.zone
        self._owners = owners
        self._only = owners.named(options.account) if options.account else None
        if options.account and self._only is None:
            raise Unusable(f"there is no account {options.account}")
        self._account_at = layout.columns.index(layout.account) if layout.account else None
        self._times_at = [layout.columns.index(time) for time in layout.times]
        self._conventions: dict[str, Conventions] = {}
        # For looking at rows whose zone is not known yet: what it finds doubtful says nothing.
        self._any_zone = Conventions("UTC", decimal_comma=shape.decimal_comma)

    @property
    def notes(self) -> list[str]:
        """Say what was doubtful about the times of the file."""
        return [note for zone in self._conventions.values() for note in zone.notes()]

    def convert(self, row: Row) -> Converted:
        """Raises Refused."""
        if row.trouble:
            raise Refused(row.trouble)
        picked, others = self._pick(list(map(str.strip, row.cells)))
        try:
            owner, call = self._understood(picked)
        except Untidy:
            picked = self._tidied(picked)
            owner, call = self._surely_understood(picked)
        digest = self._digest(owner, picked, others)
        key = picked[self._times_at[0]][:_DAY] + digest.hex()
        return Converted(self._values(owner, call, key, row.number), digest)

    def _understood(self, picked: Cells) -> tuple[Owner, Call]:
        owner = self._owner_by_account(picked)
        zone = self._zone or (owner.zone if owner else None)
        # Whose it is may decide the zone of its times; until then any zone will do.
        call = self._layout.call(picked, self._in(zone) if zone else self._any_zone)
        if owner is None:
            owner = self._owners.of_numbers(call.from_number, call.to_number)
            if zone is None:
                call = self._layout.call(picked, self._in(owner.zone))
        return owner, call

    def _surely_understood(self, picked: Cells) -> tuple[Owner, Call]:
        try:
            return self._understood(picked)
        except Untidy as error:
            raise Refused(
                str(error) if picked[self._times_at[0]] else "there is no start"
            ) from None

    def _owner_by_account(self, picked: Cells) -> Owner | None:
        named = picked[self._account_at] if self._account_at is not None else ""
        if not named:
            return self._only
        if self._only is not None and named == self._only.number:
            return self._only
        owner = self._owners.named(named)
        if owner is None and self._format.accounts_are_ours:
            raise Refused(f"there is no account {named}")
        if owner is not None and self._only is not None:
            raise Refused(f"the row is of account {named}")
        return owner or self._only

    def _tidied(self, picked: Cells) -> Cells:
        tidied = list(picked)
        for at in self._times_at:
            try:
                self._any_zone.instant(picked[at])
            except Untidy:
                tidied[at] = dates.iso(picked[at], self._order)
        return tidied

    def _in(self, zone: str) -> Conventions:
        found = self._conventions.get(zone)
        if found is None:
            found = Conventions(zone, decimal_comma=self._decimal_comma)
            self._conventions[zone] = found
        return found

    def _digest(self, owner: Owner, picked: Cells, others: Cells) -> bytes:
        cells = list(picked)
        if self._account_at is not None:
            cells[self._account_at] = ""  # the owner says it, whether the row does or not
        whole = f"{owner.number}{_BETWEEN}{self._format.name}{_BETWEEN}{_BETWEEN.join(cells)}"
        if others:
            whole = f"{whole}{_BETWEEN}{_BETWEEN.join(others)}"
        if "\0" in whole:
            raise Refused("there is a zero byte in it")
        try:
            content = whole.rstrip(_BETWEEN).encode()
        except UnicodeEncodeError:
            raise Refused("there are characters in it that are no text") from None
        return blake2b(content, digest_size=DIGEST).digest()

    def _values(self, owner: Owner, call: Call, key: str, number: int) -> Values:
        caller = (call.from_number, call.from_extension)
        called = (call.to_number, call.to_extension)
        return (
            owner.account_id,
            owner.invoice_of(call.start_at, call.invoice),
            key,
            call.call_id,
            call.leg,
            call.direction or parties.direction(caller, called, owner.own_numbers),
            call.start_at,
            call.answer_at,
            call.end_at,
            *caller,
            call.from_name,
            *called,
            call.duration_seconds,
            call.billable_seconds,
            call.disposition,
            call.destination,
            call.rate_millionths,
            call.charge_millionths,
            self._format.name,
            number,
        )
