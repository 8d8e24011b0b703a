"""Request -> Route: a pressed button, the open question, a sentence, or a person."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
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
from bot.hearing import hear
from bot.i18n import N_, Localizer, languages
from bot.messages import Outcome, Request
from bot.redaction import without_masks
from bot.triage.assess import PRESSING, Assessment, assess

FAQ, CLARIFY, MISS, HANDOFF, EMPTY = "faq", "clarify", "miss", "handoff", "empty"
FOLLOW_UP = "follow-up"  # goes on from the last answer
LOOKUP = "lookup"  # a command's figures, and what a topic beside the topics proper says of them
ELSEWHERE = "elsewhere"  # what strangers are told in place of everything private
OFFERED = 3  # topics named when the bot asks back or does not know
READINGS, SHORT = 4_096, 200  # messages whose reading is remembered, and their characters
ADDS_BELOW = 0.33  # chance below which words belong to the open ticket rather than to a topic
NEAR = 0.15  # probability of a topic worth naming
_Reads = Callable[[str], str | None]
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
    language: str | None = None  # to go on in, when the words say no more than that
    outcome: Outcome = Outcome.ANSWER  # what it comes to unless the handler decides otherwise
    score: float = 0.0
    candidates: tuple[tuple[str, float], ...] = ()
    others: tuple["Route", ...] = ()  # what else was asked in the same message


_EMPTY = Route(command=EMPTY, outcome=Outcome.CLARIFY)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What a message says by itself, whoever says it and whatever was said before."""

    language: str | None
    match: Match
    more: tuple[str, ...]  # topics asked about beside the one that matches
    assessment: Assessment
    claimed: Route | None
    leaning: Route | None  # where no topic is surely meant


@dataclass(frozen=True)
class Router:
    commands: Mapping[str, Command]
    taught: tuple[Phrase, ...] = ()  # what staff have approved, beside what the topics say
    untaught: "Router | None" = None  # the same without it, trained once for all

    def route(self, request: Request, recall: Recall) -> Route:
        """Decide. Raises UnknownChoice for a button or slash command that does not exist."""
        if request.action is not None:
            return self._chosen(*_split(request.action))
        text = request.text.strip()
        if slash := _SLASH.match(text):
            return self._chosen(slash[1].lower(), slash[2] or "")
        if asked := self._answer_to_question(text, recall):
            return asked
        if not any(character.isalnum() for character in without_masks(text)):
            return _EMPTY
        return self._sentence(request, recall)

    def language_of(self, text: str) -> str | None:
        """Tell the language of a text when it is sure."""
        return self._read(text).language

    def meaning(self, text: str) -> str | None:
        """Name the topic that answers a sentence said by itself; None when none does alone."""
        alone = Request(platform="", user="", room="", event_id="", one_to_one=True, text=text)
        route = self._sentence(alone, Recall())
        return route.topic if route.topic in library.topics() and not route.others else None

    def likeliest(self, text: str) -> tuple[str, ...]:
        """Name the topics that a sentence may ask for, the likeliest first."""
        return tuple(topic for topic, _ in self._read(text).match.candidates)

    def owner(self, text: str) -> str | None:
        """Name the target of which a text is a phrase word for word; "" when it is of nobody."""
        return self.matcher.known(text)

    def with_phrase(self, topic: str, text: str) -> "Router":
        """Give a router that knows one phrase more."""
        return self.knowing((*self.taught, Phrase(topic, text, "")))

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
        name, asked = question["command"], question["args"]
        args = self._fitting(name, text, asked)
        if args is None:
            # A list that can be narrowed can be said in another language too.
            args = None if name == FOLLOW_UP else self._fitting(FOLLOW_UP, text, f"{name}:{asked}")
            name = FOLLOW_UP
        if args is None:
            return None
        # A choice between topics is answered by the topic itself, and so is what goes on from one.
        if name in {CLARIFY, FOLLOW_UP}:
            language, _, action = args.rpartition(">")
            route = self._chosen(*_split(action))
            return replace(route, answers=True, language=language or None)
        return Route(command=name, args=args, topic=self._topic_of(name), answers=True)

    def _fitting(self, name: str, text: str, asked: str) -> str | None:
        command = self.commands.get(name)
        return command.fits(text, asked) if command and command.fits else None

    def _sentence(self, request: Request, recall: Recall) -> Route:
        read = self._read(request.text)
        match = read.match
        found: dict[str, Any] = {"score": match.score, "candidates": match.candidates}
        pressing = PRESSING in read.assessment.reasons and match.verdict is not Verdict.ANSWER
        if read.assessment.urgent or pressing:
            topic = _passed_on(*(OFF + reason for reason in read.assessment.reasons), match.off)
            return replace(self._to_a_person(topic), **found)
        claimed = read.claimed or (read.leaning if match.verdict is not Verdict.ANSWER else None)
        if claimed is not None:
            return replace(claimed, **_certain(claimed.topic, match))
        if request.masked and match.verdict is Verdict.MISS and not recall.has_ticket:
            return replace(_EMPTY, **found)  # "my cvv is": no reason to call a person
        others = tuple(self._topic(library.topics()[topic]) for topic in read.more)
        return replace(self._understood(match, recall), others=others, **found)

    def _read(self, text: str) -> "_Reading":
        """Read a message; what many people say word for word is read once."""
        text = text.strip()
        return self._readings(text) if len(text) <= SHORT else self._read_anew(text)

    @cached_property
    def _readings(self) -> "Callable[[str], _Reading]":
        return lru_cache(maxsize=READINGS)(self._read_anew)

    def _read_anew(self, text: str) -> "_Reading":
        found = guess(text)
        heard = hear(text, self.matcher)
        owner = library.topics().get(self.matcher.known(text) or "")
        return _Reading(
            language=found.language if found and found.sure else None,
            match=heard.match,
            more=heard.more,
            assessment=assess(text),
            claimed=self._shaped(text, lambda command: command.claims, owner),
            leaning=self._shaped(text, lambda command: command.leans, owner),
        )

    def _shaped(
        self, text: str, by: Callable[[Command], _Reads | None], owner: Topic | None
    ) -> Route | None:
        """Find the command that knows a sentence by its shape, unless a topic says just that."""
        for command in self.commands.values():
            reads = by(command)
            args = reads(text) if reads else None
            if args is not None and (owner is None or owner.action == command.name):
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
        adds = recall.has_ticket and match.score < ADDS_BELOW
        if match.verdict is Verdict.CLARIFY and not adds:
            # One choice alone is no question.
            args = ",".join(likeliest if len(likeliest) > 1 else [t for t, _ in proper[:2]])
            return Route(command=CLARIFY, args=args, outcome=Outcome.CLARIFY)
        if recall.has_ticket:
            return self._to_a_person()
        if recall.misses:  # the first one said that this would be so
            return self._to_a_person(args=MISS)
        return Route(command=MISS, args=",".join(likeliest), outcome=Outcome.MISS)

    def _topic(self, topic: Topic) -> Route:
        social = topic.kind is Kind.SOCIAL
        outcome = Outcome.SOCIAL if social else Outcome.ANSWER
        if topic.action == HANDOFF:
            outcome = Outcome.HANDOFF
        command = topic.action if topic.action in self.commands else FAQ
        if topic.id.startswith(OFF) and command not in {FAQ, HANDOFF}:
            command = command if self._is_whole(command) else LOOKUP
        return Route(
            command=command or FAQ,
            args=topic.id if command in {FAQ, LOOKUP} else "",
            topic=topic.id,
            outcome=outcome,
        )

    def _off(self, target: str) -> Route:
        if target in library.topics():
            return self._topic(library.topics()[target])
        return Route(command=target.removeprefix(OFF), topic=target)

    def _to_a_person(self, topic: str | None = None, *, args: str = "") -> Route:
        return Route(command=HANDOFF, args=args, topic=topic, outcome=Outcome.HANDOFF)

    def _topic_of(self, command: str) -> str | None:
        topics = library.topics().values()
        for topic in topics:
            if topic.action == command and (
                self._is_whole(command) or not topic.id.startswith(OFF)
            ):
                return topic.id
        return None if command in {CLARIFY, MISS, EMPTY} else OFF + command

    def _is_whole(self, command: str | None) -> bool:
        """Whether a command needs no words of a topic beside its figures."""
        found = self.commands.get(command or "")
        return found is not None and found.whole

    @cached_property
    def matcher(self) -> Matcher:
        """Everything that can be said, topics and commands together."""
        if self.untaught is not None:
            return self.untaught.matcher.taught(self.taught)
        return Matcher(self.phrases(), negatives=negatives())

    def knowing(self, taught: Iterable[Phrase]) -> "Router":
        """Give one that knows just these phrases beside those of the files, at once."""
        return replace(self, taught=tuple(taught), untaught=self.untaught or self)

    def phrases(self) -> list[Phrase]:
        """List all that is known to mean something, of topics and commands."""
        return [*library.phrases(), *self._command_phrases()]

    def _command_phrases(self) -> Iterator[Phrase]:
        for command in self.commands.values():
            for language in languages() if command.phrases else ():
                for phrase in Localizer(language).phrases(command.phrases):
                    yield Phrase(OFF + command.name, phrase, language)


def _passed_on(*targets: str | None) -> str | None:
    """Find the first topic beside the topics proper whose answer is a person."""
    topics = (library.topics().get(target) for target in targets if target)
    return next((topic.id for topic in topics if topic and topic.action == HANDOFF), None)


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
