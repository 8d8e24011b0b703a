"""Logs: one line a turn, ids and timings, never what somebody said or owes.

Everything goes through structlog to standard error: JSON in production, readable in development.
"""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

from bot.settings import Settings

# They write what must not be kept: httpx whole URLs (Telegram's hold the bot token), uvicorn
# every path and query, sse_starlette whole messages. The last two write a page a font.
_QUIET = (
    *("httpx", "httpcore", "aiohttp", "telegram", "slack_bolt", "slack_sdk"),
    *("uvicorn.access", "sse_starlette", "multipart", "python_multipart", "matplotlib", "alembic"),
    *("fontTools", "fpdf"),
)


def configure(settings: Settings, stream: TextIO = sys.stderr) -> None:
    """Set up logging for a process. Tracebacks never show the values of local variables."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if settings.in_development:
        plain = structlog.dev.plain_traceback
        ends: list[Processor] = [structlog.dev.ConsoleRenderer(exception_formatter=plain)]
    else:
        transformer = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        ends = [
            structlog.processors.ExceptionRenderer(transformer),
            structlog.processors.JSONRenderer(),
        ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ends],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def silent(name: str) -> logging.Logger:
    """Give a library a logger that writes nothing: what it would write must not be kept."""
    logger = logging.getLogger(name)
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    return logger
