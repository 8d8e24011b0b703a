"""Importing into a store with the sample companies, and looking at what came of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from store.db import Database
from store.importers.calls import Summary, import_calls
from store.importers.converting import CallOptions
from store.models import Account, CallRecord, ServiceNumber

ACCOUNT = "001234"  # in America/Toronto


class Imports:
    """Imports files of a folder, and reads the calls back in the order of their rows."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder

    def write(self, content: str | bytes, name: str = "cdr.csv", encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def __call__(
        self,
        content: str | bytes | Path,
        *,
        account: str | None = ACCOUNT,
        encoding: str = "utf-8",
        **options: Any,
    ) -> Summary:
        path = content if isinstance(content, Path) else self.write(content, encoding=encoding)
        return import_calls(self.database, path, CallOptions(account=account, **options))

    def number_of(self, account: str) -> str:
        """Give one of the account's own numbers."""
        query = select(ServiceNumber.number).join(
            Account, col(Account.id) == ServiceNumber.account_id
        )
        with self.database.read() as session:
            return session.exec(query.where(Account.number == account)).first() or ""

    def calls(self) -> list[CallRecord]:
        query = (
            select(CallRecord)
            .where(CallRecord.source_format != "sample")
            .order_by(col(CallRecord.source_row), col(CallRecord.id))
        )
        with self.database.read() as session:
            return list(session.exec(query))

    def rows(self) -> list[tuple[Any, ...]]:
        """All that is kept of the calls but their ids, sorted."""
        return sorted(
            tuple(call.model_dump(exclude={"id"}, mode="json").values()) for call in self.calls()
        )

    def forget(self) -> None:
        with self.database.write() as session:
            for call in session.exec(
                select(CallRecord).where(CallRecord.source_format != "sample")
            ).all():
                session.delete(call)


@pytest.fixture
def imports(sampled: Database, tmp_path: Path) -> Imports:
    return Imports(sampled, tmp_path)


@pytest.fixture
def rejected(tmp_path: Path) -> Callable[[], list[str]]:
    """The lines of cdr.csv.rejected.csv, or none."""

    def lines() -> list[str]:
        path = tmp_path / "cdr.csv.rejected.csv"
        return path.read_text("utf-8-sig").splitlines() if path.exists() else []

    return lines


@pytest.fixture(autouse=True)
def _any_store(backend: str) -> None:
    """Let every test here be one of a store's, so that a module can name its store."""
