"""Figures of calls as a file shows them: Babel is too slow for every cell."""

from decimal import ROUND_HALF_UP, Decimal

_MILLION = 1_000_000
_CENTS = 2  # decimals that a price always has
# What follows the hour, by the second of it.
PAST = tuple(f":{minute:02}:{second:02}" for minute in range(60) for second in range(60))


def duration(seconds: int) -> str:
    """Write hours, minutes and seconds: 0:03:25, and 27:00:00 for more than a day."""
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def minutes(seconds: int) -> Decimal:
    """Give minutes with two decimals; half a hundredth goes up."""
    return (Decimal(seconds) / 60).quantize(Decimal("0.01"), ROUND_HALF_UP)


def dollars(millionths: int) -> str:
    """Write an amount exactly: at least two decimals, and no zeros behind them."""
    sign, (whole, rest) = "-" * (millionths < 0), divmod(abs(millionths), _MILLION)
    decimals = f"{rest:06}"
    return f"{sign}{whole}.{decimals[:_CENTS]}{decimals[_CENTS:].rstrip('0')}"
