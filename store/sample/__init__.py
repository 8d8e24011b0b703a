"""Sample companies for development, demonstrations and load tests; never beside real accounts."""

from store.sample.filling import (
    RealAccountsError,
    SampleSummary,
    fill,
    fill_many,
    is_empty,
    is_refused,
)
from store.sample.users import credentials

__all__ = [
    "RealAccountsError",
    "SampleSummary",
    "credentials",
    "fill",
    "fill_many",
    "is_empty",
    "is_refused",
]
