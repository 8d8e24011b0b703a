"""What day it is for billing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.settings import Settings

DEFAULT_ZONE = "America/Toronto"


@dataclass(frozen=True, slots=True)
class Clock:
    """`fixed` moves business dates only: expiries, leases and signatures use the real clock."""

    fixed: date | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Clock":
        return cls(settings.today)

    def today(self, zone: str = DEFAULT_ZONE) -> date:
        """Give the business date in an IANA time zone."""
        return self.fixed or datetime.now(UTC).astimezone(ZoneInfo(zone)).date()
