"""A reading as named features: units, pairs of units near each other, and pieces of words."""

from bot.faq.lexicon import Lexicon
from bot.faq.reading import Reading

PAIR_REACH = 3  # how many units further the second of a pair may stand
PIECE_LENGTH = 4  # letters of the pieces of words; 3 to 5 together do no better at twice the cost
# What the three kinds weigh beside each other, and a function word beside one with a topic.
UNIT, PAIR, PIECE = 1.0, 0.8, 0.4
FUNCTION = 0.5


def features(reading: Reading, lexicon: Lexicon) -> dict[str, float]:
    """Give the features of a reading; those of each kind together have a length of their own."""
    worth = [FUNCTION if lexicon.is_function(unit) else 1.0 for unit in reading.units]
    topical = {word for word in reading.words if not lexicon.is_function(word)}
    return {
        **_scaled(_units(reading, worth), UNIT),
        **_scaled(_pairs(reading.units, worth), PAIR),
        **_scaled(_pieces(topical), PIECE),
    }


def _scaled(found: dict[str, float], length: float) -> dict[str, float]:
    now = sum(value * value for value in found.values()) ** 0.5
    return {name: length * value / now for name, value in found.items() if value}


def _units(reading: Reading, worth: list[float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for unit, trust, value in zip(reading.units, reading.trust, worth, strict=True):
        found[f"{unit} "] = max(trust * value, found.get(f"{unit} ", 0.0))
    return found


def _pairs(units: tuple[str, ...], worth: list[float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for at, unit in enumerate(units):
        for other in range(at + 1, min(at + 1 + PAIR_REACH, len(units))):
            name = f"{unit}+{units[other]}"
            found[name] = max(worth[at] * worth[other], found.get(name, 0.0))
    return found


def _pieces(words: set[str]) -> dict[str, float]:
    return {
        padded[at : at + PIECE_LENGTH]: 1.0
        for padded in (f"<{word}>" for word in words)
        for at in range(len(padded) - PIECE_LENGTH + 1)
    }
