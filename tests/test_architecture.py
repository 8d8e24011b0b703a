"""What a change may touch, and who may import whom: each rule is broken once and caught."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the project's sources that a test may change."""
    for name in ("bot", "store", "locales"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def in_tree(tree: Path, *arguments: str, say: str = "") -> str:
    """Run the copy's command line on what is said; gives its standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=tree,
        input=say,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ
        | {
            "PYTHONPATH": str(tree),
            "BILLING_BOT_ENV": "development",
            "DATABASE_URL": f"sqlite:///{tree / 'try.db'}",
        },
    )
    return done.stdout


TOPIC = """
owner = "billing"
reviewed = 2026-11-22

[en]
title = "Carrier pigeons"
phrases = ["do you take pigeons", "pay by carrier pigeon", "can a pigeon bring the money",
  "pigeon post payment", "sending cash with my pigeon", "is pigeon mail accepted"]
answer = "Pigeons are not accepted. Write to {billing_email}."

[fr]
title = "Pigeons voyageurs"
phrases = ["acceptez-vous les pigeons", "payer par pigeon voyageur",
  "un pigeon peut apporter l'argent",
  "paiement par pigeon", "envoyer de l'argent avec mon pigeon", "pigeon accepté ou pas"]
answer = "Les pigeons ne sont pas acceptés. Écrivez à {billing_email}."
"""


@pytest.mark.slow
def test_a_topic_is_one_file(tree: Path) -> None:
    """A file under entries/ is asked, understood and answered in both languages."""
    (tree / "bot/faq/entries/carrier-pigeons.toml").write_text(TOPIC, "utf-8")
    asked = "can i pay with a carrier pigeon\nje peux payer par pigeon voyageur?\n"
    answers = [
        json.loads(line) for line in in_tree(tree, "faq", "ask", "--json", say=asked).splitlines()
    ]
    assert ["carrier-pigeons"] * 2 == [answer["topic"] for answer in answers]
    said = in_tree(tree, "chat", say="on peut-tu payer par pigeon voyageur?\n")
    assert "Les pigeons ne sont pas acceptés. Écrivez à billing@net2phone.ca." in said


COMMAND = '''
"""Make a cup of coffee."""

from bot.commands import Answer, Command, Context
from bot.i18n import N_, phrases
from bot.messages import Reply


def handle(context: Context) -> Answer:
    return Answer(reply=Reply(text=context.loc.text("Here is your coffee.")))


command = Command(
    name="coffee",
    help=N_("Make coffee"),
    handle=handle,
    phrases=phrases("make me a coffee | brew some coffee | i want an espresso"),
)
'''
CATALOGUE = """
msgid "Here is your coffee."
msgstr "Voici votre café."

msgid "Make coffee"
msgstr "Faire du café"

msgid "make me a coffee | brew some coffee | i want an espresso"
msgstr "faites-moi un café | préparer du café | je veux un espresso"
"""


@pytest.mark.slow
def test_a_command_is_one_file_and_the_french_catalogue(tree: Path) -> None:
    """A module under handlers/ is found, listed, understood and answered in both languages."""
    (tree / "bot/handlers/coffee.py").write_text(COMMAND, "utf-8")
    with (tree / "locales/fr/LC_MESSAGES/messages.po").open("a", encoding="utf-8") as catalogue:
        catalogue.write(CATALOGUE)
    said = in_tree(tree, "chat", say="brew some coffee\n/coffee\nfaites-moi un café svp\n/help\n")
    assert 2 == said.count("Here is your coffee.")
    assert "Voici votre café." in said
    assert "Faire du café" in said


FORMAT = """
from store.importers.call import TIME, Call, Cells, Format, Layout
from store.importers.conventions import Conventions


def call(row: Cells, conventions: Conventions) -> Call:
    start, answer, end = conventions.times(row[0], "", "")
    return Call("", start, answer, end, "", row[1], "", "", row[2], int(row[3]), 0, "SUNG")


source = Format(
    name="bird-song",
    layouts=(
        Layout(
            columns=("at", "singer", "listener", "seconds"),
            call=call,
            times=("at",),
            widths=range(4, 5),
            marks={0: TIME},
        ),
    ),
)
"""


@pytest.mark.slow
def test_a_format_of_call_records_is_one_file(tree: Path) -> None:
    """A module under formats/ is found, and a file of its rows is told by what it holds."""
    (tree / "store/importers/formats/bird_song.py").write_text(FORMAT, "utf-8")
    (tree / "birds.csv").write_text("2026-05-01 05:00:00,101,102,40\n", "utf-8")
    said = in_tree(tree, "import", "calls", str(tree / "birds.csv"), "--account", "001234")
    assert "bird-song; 1 rows read, 1 added" in said


BREACHES = {
    "rooms": ("bot/messages.py", "from bot import dispatcher"),
    "store": ("store/accounts.py", "from bot import i18n"),
    "platforms": ("bot/dispatcher.py", "import telegram"),
    "adapters": ("bot/adapters/console/renderer.py", "from bot.adapters.web import renderer"),
    "handlers": ("bot/handlers/help.py", "from bot.handlers import faq"),
    "sight": ("bot/adapters/console/renderer.py", "from store import tickets"),
    "sql": ("bot/handlers/help.py", "import sqlalchemy"),
    "cycles": ("bot/markup.py", "from bot import messages\n# and back again: see below"),
}


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(tree)},
    )


@pytest.mark.slow
@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_of_each_import_contract_is_caught(tree: Path, contract: str) -> None:
    file, line = BREACHES[contract]
    with (tree / file).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    if contract == "cycles":
        with (tree / "bot/messages.py").open("a", encoding="utf-8") as source:
            source.write("\nfrom bot import markup\n")
    done = lint_imports(tree)
    assert 1 == done.returncode, done.stdout
    name = {
        "rooms": "Rooms",
        "store": "The store knows nothing",
        "platforms": "Platform libraries",
        "adapters": "Adapters do not know",
        "handlers": "Handlers do not call",
        "sight": "Adapters see",
        "sql": "SQL stays",
        "cycles": "No import cycles",
    }[contract]
    broken = done.stdout.partition("Broken contracts")[2]
    assert name in broken


def test_a_scope_is_made_in_identity_alone() -> None:
    """Whoever could make a Scope could read any account."""
    makers = {
        str(path.relative_to(ROOT))
        for folder in ("bot", "store")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Scope"
    }
    assert {"bot/identity/scopes.py"} == makers
