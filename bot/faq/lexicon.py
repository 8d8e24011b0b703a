"""What words mean: function words and concepts of `locales/<language>/`, all languages together."""

import tomllib
from collections.abc import Iterable
from functools import cache

from bot.faq.normalise import words
from bot.i18n import LOCALES_DIR

# Shorter words keep their s: "gas", "pas", "bus".
LONGEST_UNSTEMMED = 3
# Words that are in no lexicon count by their beginning: that is where French and English inflect
# least, and 5 to 7 letters do about equally well.
BEGINNING = 6
CONCEPT = "="  # what the name of a concept begins with, and no word


class Lexicon:
    """Turns words into units of meaning: a concept where a form is known, else the bare word."""

    def __init__(self, function: Iterable[str], concepts: Iterable[tuple[str, str]]) -> None:
        self.function = frozenset(word for text in function for word in words(text))
        self._forms = {tuple(self.stems(form)): CONCEPT + concept for concept, form in concepts}
        self.vocabulary = self.function.union(*self._forms)
        self._longest = max(map(len, self._forms), default=1)

    def stems(self, text: str) -> list[str]:
        """Read a text as words without their plural s: the forms carry all other endings."""
        return [self._stem(word) for word in words(text)]

    def units(self, stems: list[str]) -> list[tuple[str, int]]:
        """Cut stems into units, the longest known form first, each with its number of stems."""
        found: list[tuple[str, int]] = []
        at = 0
        while at < len(stems):
            found.append(self._unit(stems, at))
            at += found[-1][1]
        return found

    def is_function(self, unit: str) -> bool:
        """Tell whether a unit carries no topic; a letter alone never does."""
        return unit in self.function or (len(unit) == 1 and unit.isalpha())

    def _stem(self, word: str) -> str:
        if len(word) > LONGEST_UNSTEMMED and word[-1] == "s" and word not in self.function:
            return word[:-1]
        return word

    def _unit(self, stems: list[str], at: int) -> tuple[str, int]:
        for size in range(min(self._longest, len(stems) - at), 0, -1):
            concept = self._forms.get(tuple(stems[at : at + size]))
            if concept:
                return concept, size
        word = stems[at]
        return (word if word in self.function else word[:BEGINNING]), 1


def tables(name: str) -> dict[str, dict[str, list[str]]]:
    """Read one TOML file of every language that has it, by language."""
    return {
        file.parent.name: tomllib.loads(file.read_text("utf-8"))
        for file in sorted(LOCALES_DIR.glob(f"*/{name}"))
    }


@cache
def lexicon() -> Lexicon:
    """Load lexicon.toml and words.toml of every language."""
    concepts = (
        (concept, form)
        for table in tables("lexicon.toml").values()
        for concept, forms in table.items()
        for form in forms
    )
    function = (word for table in tables("words.toml").values() for word in table["function"])
    return Lexicon(function, concepts)


def negatives() -> list[str]:
    """Load the authored questions that are none of the bot's business, one a line."""
    files = sorted(LOCALES_DIR.glob("*/negatives.txt"))
    lines = (line for file in files for line in file.read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
