"""What the documents name exists: rules, files, and things to type."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import handlers
from bot.commands import discover
from bot.messages import Outcome, Request
from bot.router import Recall, Router

ROOT = Path(__file__).parent.parent
DOMAIN = ROOT / "docs" / "domain.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
GUIDES = sorted(ROOT.glob("docs/guide.*.md"))
CITED = re.compile(r"docs/domain\.md[\s#]+(\d+(?:\.\d+)*(?:, \d+(?:\.\d+)*)*)")
NUMBERED = re.compile(r"^(?:#+ |\| )(\d+(?:\.\d+)*)\b", re.MULTILINE)  # a heading or a row
LINK = re.compile(r"\]\((?!\w+:)([^)#]+)")
TO_TYPE = re.compile(r"`([^`]+)`")


def sources() -> Iterator[Path]:
    for folder in ("bot", "store", "tests", "benchmarks", "locales"):
        for suffix in ("*.py", "*.toml"):
            yield from (ROOT / folder).rglob(suffix)
    yield from DOCUMENTS


def test_every_domain_rule_that_is_cited_exists() -> None:
    """A citation such as `docs/domain.md 4.2` leads to a rule of that number."""
    rules = set(NUMBERED.findall(DOMAIN.read_text("utf-8")))
    cited = {
        (str(path.relative_to(ROOT)), number)
        for path in sources()
        for numbers in CITED.findall(path.read_text("utf-8"))
        for number in numbers.split(", ")
    }
    assert {"bot/billing/aging.py", "store/sample/taxes.toml"} <= {path for path, _ in cited}
    assert {(path, number) for path, number in cited if number not in rules} == set()


def test_every_domain_rule_has_one_number() -> None:
    numbers = NUMBERED.findall(DOMAIN.read_text("utf-8"))
    assert sorted(set(numbers)) == sorted(numbers)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_links_of_a_document_lead_to_files(document: Path) -> None:
    links = LINK.findall(document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_what_a_guide_says_to_type_is_understood(guide: Path) -> None:
    router = Router(discover(handlers))
    to_type = TO_TYPE.findall(guide.read_text("utf-8"))
    routes = {text: router.route(_said(text), Recall()) for text in to_type}
    lost = {Outcome.MISS, Outcome.CLARIFY, Outcome.ERROR}
    assert len(to_type) > 5
    assert [text for text, route in routes.items() if route.outcome in lost] == []


def _said(text: str) -> Request:
    return Request(
        platform="web", user="u", room="u", event_id="e", one_to_one=True, pulled=True, text=text
    )
