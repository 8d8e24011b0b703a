"""The French catalogue beside the code: `make catalogue` brings it up to date.

`python -m tests.catalogue FILE.po ...` takes translations over from other catalogues.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.i18n import LOCALES_DIR, SOURCE_LANGUAGE, languages

ROOT = Path(__file__).parent.parent
FIRST = datetime(2026, 11, 22, tzinfo=UTC)
KEYWORDS = {
    "text": None,
    "N_": None,
    "phrases": None,
    "plural": (1, 2),
    "ptext": ((1, "c"), 2),
    # errors whose words are shown
    "NotLinked": None,
    "NotAllowed": None,
    "UnknownChoice": None,
    "Refused": None,
}


def extracted() -> Catalog:
    """Collect every msgid of the code."""
    catalogue = Catalog(charset="utf-8")
    found = extract_from_dir(ROOT / "bot", [("**.py", "python")], keywords=KEYWORDS)
    for filename, _line, message, _comments, context in found:
        if message:
            catalogue.add(message, context=context, locations=[(f"bot/{filename}", 0)])
    return catalogue


def path_of(language: str) -> Path:
    return LOCALES_DIR / language / "LC_MESSAGES" / "messages.po"


def read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as po:
        return read_po(po, locale=language)


def update(language: str, others: list[Path]) -> Catalog:
    """Add what the code says anew, drop what it says no more, keep every translation."""
    have = read(path_of(language), language)
    known = {(m.context, m.id): m.string for m in have if m.id}
    for other in others:
        known |= {(m.context, m.id): m.string for m in read(other, language) if m.id and m.string}
    fresh = Catalog(
        locale=language,
        project="billing-bot",
        charset="utf-8",
        header_comment=f"# {language}: English is the msgid. Brought up to date by make catalogue.",
        fuzzy=False,
    )
    # Dates would make a difference out of nothing.
    fresh.creation_date = fresh.revision_date = FIRST
    for message in extracted():
        if message.id:
            fresh.add(
                message.id,
                known.get((message.context, message.id), ""),
                locations=sorted({(file, 0) for file, _line in message.locations}),
                context=message.context,
            )
    return fresh


def main() -> None:
    others = [Path(name) for name in sys.argv[1:]]
    for language in languages():
        if language == SOURCE_LANGUAGE:
            continue
        catalogue = update(language, others)
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as po:
            write_po(po, catalogue, width=100, sort_output=True, include_lineno=False)
        missing = [message.id for message in catalogue if message.id and not message.string]
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} messages, {len(missing)} to translate")
        for msgid in missing:
            print(f"  {msgid!r}")


if __name__ == "__main__":
    main()
