"""`billing-bot sample`: bigger made-up sets, with a progress bar."""

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.bootstrap import NotReady
from bot.clock import Clock
from bot.identity import passwords
from bot.settings import Settings
from store import sample
from store.db import Database


def fill_many(settings: Settings, *, accounts: int, calls: int) -> sample.SampleSummary:
    """Add made-up accounts and calls.

    Raises NotReady in production, and for a store that holds real accounts.
    """
    if not settings.in_development:
        raise NotReady("Sample data is for development: set BILLING_BOT_ENV=development.")
    database = Database.connect(settings.database_url)
    try:
        database.upgrade()
        with database.read() as session:
            if sample.is_refused(session):
                raise NotReady("This store holds real accounts: sample data would mix with them.")
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns) as progress:
            task = progress.add_task("rows", total=accounts + calls)
            return sample.fill_many(
                database.write,
                accounts=accounts,
                calls=calls,
                today=Clock.of(settings).today(),
                hash_password=passwords.hash_password,
                progress=lambda done: progress.update(task, completed=done),
            )
    finally:
        database.dispose()
