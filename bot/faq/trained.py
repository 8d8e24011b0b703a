"""What the matcher learns from the entries: trained in a moment, and kept by content.

A changed phrase, lexicon line or module of this package changes the key, so that nothing old is
ever read. The cache only saves time: one that cannot be read or written is done without.
"""

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np

from bot.faq import classifier
from bot.faq.classifier import Classifier
from bot.faq.features import features
from bot.faq.lexicon import CONCEPT, lexicon
from bot.faq.nearest import Likeness, Nearest
from bot.faq.reading import Reader, Reading, read_all
from bot.faq.realwords import real_words
from bot.faq.spelling import Speller
from bot.i18n import LOCALES_DIR

KEPT = 8  # files of the cache: some versions of the entries, and what tests make
# How like a phrase that staff approved a question repeats it: none of 2,168 development questions
# was so like another that means something else.
REPEATED = 0.75
_READ = ("lexicon.toml", "words.toml")  # of each language


@dataclass(frozen=True, slots=True)
class Trained:
    """A reader, both scorers, and the class of each text that is known word for word.

    Classes are numbered by the sorted targets; the last one is all that is out of scope.
    """

    reader: Reader
    nearest: Nearest
    classifier: Classifier
    exact: dict[str, int]
    taught: dict[int, frozenset[str]] = field(default_factory=dict)  # phrases and their concepts

    def with_taught(self, rows: Sequence[tuple[int, str]]) -> "Trained":
        """Give one that knows further (class, text); nothing is trained, no word is learned."""
        readings = [self.reader.read(text) for _, text in rows]
        first, targets = len(self.nearest.texts), [number for number, _ in rows]
        texts = (reading.text for reading in readings)
        return replace(
            self,
            nearest=self.nearest.with_more(readings, targets),
            exact=dict(zip(texts, targets, strict=True)) | self.exact,
            taught={number: _concepts(read) for number, read in enumerate(readings, first)},
        )

    def certain(self, reading: Reading, likeness: Likeness) -> tuple[int, float] | None:
        """Tell the class that is meant for certain, and how certain that is (0 to 1).

        A text is certain when it is known word for word, or nearly as staff approved it.
        """
        exact = self.exact.get(reading.text)
        if exact is not None:
            return exact, 1.0
        concepts = self.taught.get(likeness.phrase)
        if likeness.most < REPEATED or concepts is None or concepts != _concepts(reading):
            return None
        return self.nearest.target(likeness.phrase), likeness.most


def _concepts(reading: Reading) -> frozenset[str]:
    return frozenset(unit for unit in reading.units if unit.startswith(CONCEPT))


def trained(rows: Sequence[tuple[str, str]], outside: Sequence[str]) -> Trained:
    """Learn from (target, text) and from texts that are out of scope, or read what was learned."""
    path = _folder() / f"{_key(rows, outside)}.npz"
    found = _load(path)
    if found is None:
        found = _Learned.of(rows, outside)
        _save(path, found)
    return found.ready()


@dataclass(frozen=True, slots=True)
class _Learned:
    """The part that takes time, as plain data: what the cache holds."""

    existing: Sequence[str]
    vocabulary: Sequence[str]
    slips: dict[str, str]
    readings: Sequence[Reading]
    targets: Sequence[int]
    classifier: Classifier

    @classmethod
    def of(cls, rows: Sequence[tuple[str, str]], outside: Sequence[str]) -> "_Learned":
        numbers = {name: number for number, name in enumerate(sorted({name for name, _ in rows}))}
        targets = [numbers[name] for name, _ in rows] + [len(numbers)] * len(outside)
        texts = [*(text for _, text in rows), *outside]
        reader, readings = read_all(texts, lexicon=lexicon(), real=real_words())
        examples = [features(reading, lexicon()) for reading in readings]
        fitted = classifier.train(examples, np.array(targets, np.intp), len(numbers) + 1)
        speller = reader.speller
        return cls(
            sorted(speller.existing),
            speller.vocabulary,
            dict(speller.slips),
            readings,
            targets,
            fitted,
        )

    def ready(self) -> Trained:
        speller = Speller(self.vocabulary, existing=self.existing, slips=self.slips)
        targets = np.array(self.targets, np.intp)
        nearest = Nearest.of(self.readings, targets, lexicon())
        exact = dict(zip(nearest.texts, self.targets, strict=True))
        return Trained(Reader(lexicon(), speller), nearest, self.classifier, exact)


def _key(rows: Sequence[tuple[str, str]], outside: Sequence[str]) -> str:
    digest = sha256(json.dumps([rows, outside]).encode())
    digest.update(_sources())
    return digest.hexdigest()[:32]


@cache
def _sources() -> bytes:
    """Digest all else that what is learned depends on."""
    digest = sha256(f"{np.__version__} {version('pyspellchecker')}".encode())
    tables = (path for name in _READ for path in sorted(LOCALES_DIR.glob(f"*/{name}")))
    for path in (*tables, *sorted(Path(__file__).parent.glob("*.py"))):
        digest.update(path.read_bytes())
    return digest.digest()


def _folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - never raises
    return Path(base) / "billing-bot"


def _load(path: Path) -> _Learned | None:
    try:
        with np.load(path, allow_pickle=False) as file:
            words = json.loads(file["words"].tobytes())
            weights, bias = file["weights"].astype(np.float32), file["bias"]
    except (OSError, ValueError, KeyError, EOFError):
        return None
    rows = {name: row for row, name in enumerate(words["features"])}
    return _Learned(
        words["existing"],
        words["vocabulary"],
        words["slips"],
        [
            Reading(tuple(said), tuple(units), tuple(trust), ())
            for said, units, trust in words["readings"]
        ],
        words["targets"],
        Classifier(rows, weights, bias),
    )


def _save(path: Path, learned: _Learned) -> None:
    words = {
        "existing": learned.existing,
        "vocabulary": learned.vocabulary,
        "slips": learned.slips,
        "readings": [(read.words, read.units, read.trust) for read in learned.readings],
        "targets": list(learned.targets),
        "features": list(learned.classifier.rows),
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as file:
            np.savez(
                file,
                words=np.frombuffer(json.dumps(words).encode(), np.uint8),
                weights=learned.classifier.weights.astype(np.float16),
                bias=learned.classifier.bias,
            )
        Path(file.name).replace(path)
        _tidy(path.parent)
    except OSError:
        return


def _tidy(folder: Path) -> None:
    files = sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in files[KEPT:]:
        old.unlink(missing_ok=True)
