"""The statements that a block of a test sends to the store."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from bot.bootstrap import Bot


@contextmanager
def counted(bot: Bot, of: str) -> Iterator[list[str]]:
    """The statements that begin so, of the block."""
    found: list[str] = []

    def note(_conn, _cursor, statement, _parameters, _context, _many) -> None:
        if statement.lstrip().startswith(of):
            found.append(statement)

    for engine in bot.database.engines:
        event.listen(engine, "before_cursor_execute", note)
    yield found
    for engine in bot.database.engines:
        event.remove(engine, "before_cursor_execute", note)
