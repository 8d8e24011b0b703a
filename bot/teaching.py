"""What the command line does with phrases that staff teach."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from bot import desk
from bot.bootstrap import router
from bot.i18n import SOURCE_LANGUAGE
from bot.lessons import learned
from store import taught
from store.db import Database
from store.models import Staff
from store.taught import new_phrase_ref


def teach(
    database: Database,
    *,
    topic: str,
    words: str,
    staff: Staff,
    ticket: str | None,
    language: str | None,
) -> str:
    """Keep a phrase and give its ref. Raises Refused for what is not fit to be one."""
    knowledge = learned(router(), database).router
    ref = new_phrase_ref()
    with database.write() as session:
        case = desk.found(session, ticket) if ticket else None
        lesson = desk.lesson(
            knowledge,
            topic=topic,
            words=words,
            reader=SOURCE_LANGUAGE,
            language=language or (case.ticket.language if case else SOURCE_LANGUAGE),
            names=desk.names_of(session, case) if case else (),
        )
        if not desk.learn(session, lesson, ref=ref, staff=staff, case=case):
            raise desk.already_answered(topic, SOURCE_LANGUAGE)
    return ref


def unteach(database: Database, ref: str, *, staff: Staff) -> str:
    """Withdraw a phrase and give its words. Raises Refused when there is none of that ref."""
    with database.write() as session:
        words = desk.taught_text(session, ref)
        desk.unlearn(session, ref, staff=staff)
    return words


def rows(database: Database) -> list[dict[str, Any]]:
    """List what holds, by topic and language, the oldest first."""
    with database.read() as session:
        found = [
            {
                "ref": one.phrase.ref,
                "topic": one.phrase.topic,
                "language": one.phrase.language,
                "text": one.phrase.text,
                "by": one.staff.username,
                "ticket": one.ticket_ref,
                "at": one.phrase.created_at.isoformat(),
            }
            for one in taught.listed(session)
        ]
    return sorted(found, key=_place)


def toml(found: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Write phrases, in the order of `rows`, as lines to be put into the files of their topics."""
    for (topic, language), phrases in groupby(found, key=_place):
        yield f"# bot/faq/entries/{topic}.toml, [{language}], phrases"
        for phrase in phrases:
            # A TOML basic string is written as JSON's.
            yield f"  {json.dumps(phrase['text'], ensure_ascii=False)},  # {phrase['ref']}"


def _place(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["topic"], row["language"]
