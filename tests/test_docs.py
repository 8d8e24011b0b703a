"""What the documents name exists: rules, files, settings, scopes, and things to type."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pydantic import AliasChoices

from bot import cli, handlers
from bot.adapters.slack.manifest import SCOPES
from bot.adapters.slack.settings import SlackSettings
from bot.adapters.telegram.settings import TelegramSettings
from bot.commands import discover
from bot.messages import Outcome, Request
from bot.router import Recall, Router
from bot.settings import FromEnvironment, Settings

ROOT = Path(__file__).parent.parent
DOMAIN = ROOT / "docs" / "domain.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
GUIDES = sorted(ROOT.glob("docs/guide.*.md"))
CITED = re.compile(r"docs/domain\.md[\s#]+(\d+(?:\.\d+)*(?:, \d+(?:\.\d+)*)*)")
NUMBERED = re.compile(r"^(?:#+ |\| )(\d+(?:\.\d+)*)\b", re.MULTILINE)  # a heading or a row
LINK = re.compile(r"\]\((?!\w+:)([^)#]+)")
TO_TYPE = re.compile(r"`([^`]+)`")
ROW = re.compile(r"^\| `([^`]+)` \|(?:.*\|)? ([^|]+) \|$", re.MULTILINE)  # its first and last cell
SETTING = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)
RUN = re.compile(r"^ *(?:\w+=\S+ )*(?:\.venv/bin/)?billing-bot (.+)$", re.MULTILINE)

NAMED = re.compile(r"(?:`|^ {4,})billing-bot ([a-z]+(?: [a-z]+)*)", re.MULTILINE)


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


def test_slacks_scopes_are_listed_with_the_reason_for_each() -> None:
    """The table says what the manifest asks for, in the same words."""
    assert SCOPES == dict(rows("slack.md", "Scopes"))


@pytest.mark.parametrize(
    ("document", "settings"), [("slack.md", SlackSettings), ("telegram.md", TelegramSettings)]
)
def test_a_platforms_settings_are_listed(document: str, settings: type[FromEnvironment]) -> None:
    """The table has every setting of the platform, and no other."""
    assert names(settings) == {name for name, _ in rows(document, "Settings")}


def test_the_example_has_every_setting() -> None:
    """What can be set stands in .env.example, and nothing else does."""
    known = names(Settings) | names(SlackSettings) | names(TelegramSettings)
    listed = SETTING.findall((ROOT / ".env.example").read_text("utf-8"))
    assert sorted(known) == sorted(listed)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_commands_of_a_document_can_be_typed(document: Path) -> None:
    """Every billing-bot line in a shell block is understood, with its options."""
    blocks = "\n".join(SHELL.findall(document.read_text("utf-8")))
    for line in RUN.findall(re.sub(r"\\\n\s*", "", blocks)):
        words = shlex.split(line, comments=True)
        command: click.Command = cli.commands
        while isinstance(command, click.Group):
            command = command.commands[words.pop(0)]
        command.make_context(line, words)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_commands_that_a_document_names_exist(document: Path) -> None:
    """In its sentences and tables too: `billing-bot staff list` and the like."""
    assert [] == unknown(document.read_text("utf-8"))


def test_a_command_that_does_not_exist_is_noticed() -> None:
    text = "`billing-bot faq gribble x`, `billing-bot doctor now`\n\n    billing-bot flurb\n"
    assert ["faq gribble x", "flurb"] == unknown(text)


def unknown(text: str) -> list[str]:
    """List the commands of billing-bot that a text names and that do not exist."""
    return [named for named in NAMED.findall(text) if not exists(named.split())]


def exists(words: list[str]) -> bool:
    command: click.Command = cli.commands
    for word in words:
        if not isinstance(command, click.Group):
            break
        if word not in command.commands:
            return False
        command = command.commands[word]
    return True


def rows(document: str, heading: str) -> list[tuple[str, str]]:
    """Read the first and the last cell of each row of the table under a heading."""
    text = (ROOT / "docs" / document).read_text("utf-8")
    return ROW.findall(text.partition(f"## {heading}\n")[2].partition("\n## ")[0])


def names(settings: type[FromEnvironment]) -> set[str]:
    """Give the names by which the settings stand in the environment."""
    return {
        str(alias.choices[0])
        if isinstance(alias := field.validation_alias, AliasChoices)
        else f"BILLING_BOT_{name.upper()}"
        for name, field in settings.model_fields.items()
    }
