"""What is amiss in phrases, lexicon and negatives."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bot.faq import library
from bot.faq.language import guess
from bot.faq.lexicon import lexicon, negatives, tables
from bot.faq.matcher import Matcher, Phrase
from bot.i18n import LOCALES_DIR


def findings(matcher: Matcher) -> Iterator[str]:
    """Give a line for each thing to be mended."""
    yield from _lexicon()
    yield from _twice()
    yield from _languages()
    yield from _lost(matcher)


def taught(phrases: Iterable[Phrase]) -> Iterator[str]:
    """Give a line for each phrase of staff that the files have overtaken: it is to be withdrawn."""
    where = {phrase.text.casefold(): phrase.target for phrase in library.phrases()}
    for phrase in phrases:
        folded_into = where.get(phrase.text.casefold())
        if phrase.target not in library.topics():
            yield f"taught: there is no topic {phrase.target}: {phrase.text!r}"
        elif folded_into is not None:
            yield f"taught: stands in {folded_into} now, withdraw it: {phrase.text!r}"


def _lexicon() -> Iterator[str]:
    """A form means one thing over all languages, and each language speaks of each concept."""
    meant: dict[tuple[str, ...], str] = {}
    spoken = {language: set(table) for language, table in tables("lexicon.toml").items()}
    for language, table in tables("lexicon.toml").items():
        seen: set[tuple[str, ...]] = set()
        for concept, forms in table.items():
            for form in forms:
                key = tuple(lexicon().stems(form))
                if meant.setdefault(key, concept) != concept:
                    yield f"lexicon {language}: {form!r} means {meant[key]} and {concept}"
                if key in seen:
                    yield f"lexicon {language}: {form!r} stands twice"
                seen.add(key)
        for concept in sorted(set().union(*spoken.values()) - spoken[language]):
            yield f"lexicon {language}: no form of {concept}"


def _twice() -> Iterator[str]:
    where: dict[str, set[str]] = defaultdict(set)
    for phrase in library.phrases():
        where[phrase.text.casefold()].add(phrase.target)
    for text in negatives():
        where[text.casefold()].add("negatives")
    for text, places in where.items():
        if len(places) > 1:
            yield f"stands in {' and '.join(sorted(places))}: {text!r}"


def _languages() -> Iterator[str]:
    for path in sorted(LOCALES_DIR.glob("*/negatives.txt")):
        for line in path.read_text("utf-8").splitlines():
            found = None if line.startswith("#") else guess(line)
            if found and found.language != path.parent.name:
                yield f"negatives {path.parent.name}: written in {found.language}: {line!r}"


def _lost(matcher: Matcher) -> Iterator[str]:
    for phrase in library.phrases():
        match = matcher.match(phrase.text)
        if phrase.target not in {match.off, *(topic for topic, _ in match.candidates[:1])}:
            yield f"does not find {phrase.target}: {phrase.text!r}"
