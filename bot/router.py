"""Request -> Route: a pressed button, the open question, a sentence, or a person."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any

from bot.commands import Command
from bot.errors import UnknownChoice
from bot.faq import library
from bot.faq.language import guess
from bot.faq.lexicon import negatives
from bot.faq.library import OFF, Kind, Topic
from bot.faq.matcher import Match, Matcher, Phrase, Verdict
from bot.i18n import N_, Localizer, languages
from bot.messages import Outcome, Request
from bot.triage.assess import PRESSING, Assessment, assess

FAQ, CLARIFY, MISS, HANDOFF, EMPTY = "faq", "clarify", "miss", "handoff", "empty"
ELSEWHERE = "elsewhere"  # what strangers are told in place of everything private
OFFERED = 3  # topics named when the bot asks back or does not know
READINGS, SHORT = 4_096, 200  # messages whose reading is remembered, and their characters
NEAR = 0.25  # likeness of a topic worth naming; below it stands what gibberish is "like"
_SLASH = re.compile(r"^/([a-z][a-z-]*)(?:\s+(.*))?$", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """What routing needs of a conversation's memory."""

    question: Mapping[str, Any] | None = None
    misses: int = 0
    has_ticket: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which command runs with what, and how the words were understood."""

    command: str
    args: str = ""
    topic: str | None = None
    answers: bool = False  # the open question
    outcome: Outcome = Outcome.ANSWER  # what it comes to unless the handler decides otherwise
    score: float = 0.0
    candidates: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What a message says by itself, whoever says it and whatever was said before."""

    language: str | None
    match: Match
    assessment: Assessment
    claimed: Route | None


@dataclass(frozen=True)
class Router:
    commands: Mapping[str, Command]

    def route(self, request: Request, recall: Recall) -> Route:
        """Decide. Raises UnknownChoice for a button or slash command that does not exist."""
        if request.action is not None:
            return self._chosen(*_split(request.action))
        text = request.text.strip()
        if slash := _SLASH.match(text):
            return self._chosen(slash[1].lower(), slash[2] or "")
        if asked := self._answer_to_question(text, recall):
            return asked
        if not any(character.isalnum() for character in text):
            return Route(command=EMPTY, outcome=Outcome.CLARIFY)
        return self._sentence(text, recall)

    def language_of(self, text: str) -> str | None:
        """Tell the language of a text when it is sure."""
        return self._read(text).language

    def _chosen(self, name: str, args: str) -> Route:
        if name not in self.commands:
            raise UnknownChoice(N_("I do not know that command. Here is what I can do for you."))
        if name == FAQ:
            if args not in library.topics():
                raise UnknownChoice(N_("This button no longer works. Please ask me again."))
            return self._topic(library.topics()[args])
        return Route(command=name, args=args, topic=self._topic_of(name))

    def _answer_to_question(self, text: str, recall: Recall) -> Route | None:
        question = recall.question
        if not question or datetime.fromisoformat(question["expires"]) < datetime.now(UTC):
            return None
        command = self.commands.get(question["command"])
        if command is None or command.fits is None:
            return None
        args = command.fits(text, question["args"])
        if args is None:
            return None
        # A choice between topics is answered by the topic itself.
        if command.name == CLARIFY:
            return replace(self._chosen(*_split(args)), answers=True)
        topic = self._topic_of(command.name)
        return Route(command=command.name, args=args, topic=topic, answers=True)

    def _sentence(self, text: str, recall: Recall) -> Route:
        read = self._read(text)
        match = read.match
        found: dict[str, Any] = {"score": match.score, "candidates": match.candidates}
        pressing = PRESSING in read.assessment.reasons and match.verdict is not Verdict.ANSWER
        if read.assessment.urgent or pressing:
            return replace(self._to_a_person(), **found)
        if read.claimed is not None:
            return replace(read.claimed, **_certain(read.claimed.topic, match))
        return replace(self._understood(match, recall), **found)

    def _read(self, text: str) -> "_Reading":
        """Read a message; what many people say word for word is read once."""
        text = text.strip()
        return self._readings(text) if len(text) <= SHORT else self._read_anew(text)

    @cached_property
    def _readings(self) -> "Callable[[str], _Reading]":
        return lru_cache(maxsize=READINGS)(self._read_anew)

    def _read_anew(self, text: str) -> "_Reading":
        found = guess(text)
        return _Reading(
            language=found.language if found and found.sure else None,
            match=self.matcher.match(text),
            assessment=assess(text),
            claimed=self._claimed(text),
        )

    def _claimed(self, text: str) -> Route | None:
        for command in self.commands.values():
            args = command.claims(text) if command.claims else None
            if args is not None:
                topic = self._topic_of(command.name)
                return Route(command=command.name, args=args, topic=topic)
        return None

    def _understood(self, match: Match, recall: Recall) -> Route:
        proper = [pair for pair in match.candidates if _is_proper(pair[0])]
        likeliest = tuple(topic for topic, score in proper if score >= NEAR)[:OFFERED]
        if match.verdict is Verdict.ANSWER:
            if match.off is None:
                return self._topic(library.topics()[match.candidates[0][0]])
            return self._off(match.off)
        if match.verdict is Verdict.CLARIFY:
            # One choice alone is no question.
            args = ",".join(likeliest if len(likeliest) > 1 else [t for t, _ in proper[:2]])
            return Route(command=CLARIFY, args=args, outcome=Outcome.CLARIFY)
        if recall.misses or recall.has_ticket:
            return self._to_a_person()
        return Route(command=MISS, args=",".join(likeliest), outcome=Outcome.MISS)

    def _topic(self, topic: Topic) -> Route:
        social = topic.kind is Kind.SOCIAL
        outcome = Outcome.SOCIAL if social else Outcome.ANSWER
        if topic.action == HANDOFF:
            outcome = Outcome.HANDOFF
        command = topic.action if topic.action in self.commands else FAQ
        return Route(
            command=command or FAQ,
            args=topic.id if command == FAQ else "",
            topic=topic.id,
            outcome=outcome,
        )

    def _off(self, target: str) -> Route:
        if target in library.topics():
            return Route(command=FAQ, args=target, topic=target)
        return Route(command=target.removeprefix(OFF), topic=target)

    def _to_a_person(self) -> Route:
        return Route(command=HANDOFF, outcome=Outcome.HANDOFF)

    def _topic_of(self, command: str) -> str | None:
        topic = library.with_action(command)
        if topic:
            return topic.id
        return None if command in {CLARIFY, MISS, EMPTY} else OFF + command

    @property
    def topics(self) -> Mapping[str, Topic]:
        return library.topics()

    @cached_property
    def matcher(self) -> Matcher:
        """Everything that can be said, topics and commands together."""
        return Matcher([*library.phrases(), *self._command_phrases()], negatives=negatives())

    def _command_phrases(self) -> Iterator[Phrase]:
        for command in self.commands.values():
            for language in languages() if command.phrases else ():
                for phrase in Localizer(language).phrases(command.phrases):
                    yield Phrase(OFF + command.name, phrase, language)


def _is_proper(topic: str) -> bool:
    """Tell a topic from small talk: nobody is asked whether they meant "goodbye"."""
    return library.topics()[topic].kind is Kind.TOPIC


def _certain(topic: str | None, match: Match) -> dict[str, Any]:
    """Put first what a sentence's shape tells; an off- topic is no candidate and scores nothing."""
    others = tuple(pair for pair in match.candidates if pair[0] != topic)
    if topic is None or topic.startswith(OFF):
        return {"score": 0.0, "candidates": others}
    return {"score": 1.0, "candidates": ((topic, 1.0), *others)}


def _split(action: str) -> tuple[str, str]:
    name, _, args = action.partition(":")
    return name, args
