"""The knowledge base: one topic, one TOML file under entries/, all languages side by side."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from bot.faq import facts
from bot.faq.matcher import Phrase
from bot.i18n import LOCALES_DIR, SOURCE_LANGUAGE, languages

ENTRIES_DIR = Path(__file__).with_name("entries")
OFF = "off-"  # ids of what is answered beside the topics proper; never a candidate
FEWEST_PHRASES = 6
LONGEST_TITLE = 40  # characters: it is a button
_KEYS = {"owner", "reviewed", "kind", "action", "see"}


class Kind(StrEnum):
    TOPIC = "topic"
    SOCIAL = "social"


@dataclass(frozen=True, slots=True)
class Text:
    """One topic in one language."""

    title: str
    phrases: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    id: str
    kind: Kind
    owner: str
    reviewed: date
    action: str | None  # the command that answers with live figures
    see: tuple[str, ...]  # topics that are likely next
    texts: Mapping[str, Text]

    def text(self, language: str) -> Text:
        return self.texts.get(language) or self.texts[SOURCE_LANGUAGE]

    def answer(self, *, language: str, today: date) -> str:
        return facts.fill(self.text(language).answer, language=language, today=today)


@cache
def topics() -> Mapping[str, Topic]:
    """Read all topics, by id. Raises ValueError naming the file of a topic that is not well."""
    return {path.stem: _read(path) for path in sorted(ENTRIES_DIR.glob("*.toml"))}


def phrases() -> list[Phrase]:
    """List every phrase of every topic in every language."""
    return [
        Phrase(topic.id, phrase, language)
        for topic in topics().values()
        for language, text in topic.texts.items()
        for phrase in text.phrases
    ]


@cache
def with_action(command: str) -> Topic | None:
    """Find the topic that a command answers with live figures."""
    return next((topic for topic in topics().values() if topic.action == command), None)


def _read(path: Path) -> Topic:
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        texts = {language: raw.pop(language, None) for language in languages()}
        if unknown := raw.keys() - _KEYS:
            raise ValueError(f"unknown keys: {', '.join(sorted(unknown))}")  # noqa: TRY301
        return Topic(
            id=path.stem,
            kind=Kind(raw.get("kind", Kind.TOPIC)),
            owner=raw["owner"],
            reviewed=raw["reviewed"],
            action=raw.get("action"),
            see=tuple(raw.get("see", ())),
            texts={
                language: _text(text or _overlay(language)[path.stem])
                for language, text in texts.items()
            },
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def _text(raw: dict[str, Any]) -> Text:
    text = Text(raw["title"], tuple(raw["phrases"]), raw["answer"].strip())
    facts.used(text.answer)
    if len(text.phrases) < FEWEST_PHRASES:
        raise ValueError(f"fewer than {FEWEST_PHRASES} phrases")
    if len(text.title) > LONGEST_TITLE:
        raise ValueError(f"a title over {LONGEST_TITLE} characters")
    return text


@cache
def _overlay(language: str) -> dict[str, Any]:
    """Read the topics that a language folder brings for files that do not speak it."""
    path = LOCALES_DIR / language / "faq.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
