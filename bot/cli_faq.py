"""`billing-bot faq ...`: try, measure, explain and check what the bot understands."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli_parts import acting, open_store, settled, show_result

if TYPE_CHECKING:
    from bot.router import Router

SET = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(name="eval")
@click.argument("sets", nargs=-1, required=True, type=SET)
@click.option("--errors", type=click.IntRange(0), default=0, help="Show so many wrong rows a set.")
def evaluate(sets: tuple[Path, ...], errors: int) -> None:
    """Score labelled questions: JSON lines with text, expected, also (tests/understanding)."""
    from bot.faq.evaluation import evaluate as judged
    from bot.understanding import Understanding

    understanding = Understanding()
    for path in sets:
        rows = _rows(path)
        answers = [understanding.of(" ".join(row["text"].split())) for row in rows]
        figures, wrong = judged(rows, answers)
        click.echo(json.dumps({"set": path.name, **figures}))
        for row, answer in wrong[:errors]:
            first = next(iter(answer["candidates"]), [None])[0]
            click.echo(f"  {row['expected']} <- {answer['outcome']} {first}: {row['text'][:120]}")


_taught = click.option("--taught", "with_taught", is_flag=True, help="Count what staff taught too.")


@click.command()
@click.argument("text")
@_taught
@settled
def explain(text: str, with_taught: bool) -> None:
    """Say why the bot understands a text as it does."""
    from bot.faq.explanation import explain as lines

    for line in lines(_router(with_taught).matcher, text):
        click.echo(line)


@click.command()
@_taught
@settled
def lint(with_taught: bool) -> None:
    """Check phrases, lexicon and negatives; exit status 1 when something is to be mended."""
    from bot.faq import lint as checks

    router = _router(with_taught)
    found = [*checks.findings(router.matcher), *checks.taught(router.taught)]
    for line in found:
        click.echo(line)
    sys.exit(1 if found else 0)


@click.command()
@click.argument("sets", nargs=-1, type=SET)
def calibrate(sets: tuple[Path, ...]) -> None:
    """Print gate.toml fitted to held-out phrases, and to labelled questions that none copies."""
    from bot.bootstrap import router
    from bot.faq import calibration
    from bot.faq.lexicon import negatives

    whole = router()
    groups = [list(calibration.held_out(whole.phrases(), negatives()))]
    asked = [(row["text"], _wanted(row)) for path in sets for row in _rows(path)]
    judged = [calibration.example(whole.matcher, text, wanted) for text, wanted in asked]
    groups += [[one for one in judged if one]] if sets else []
    click.echo(calibration.fit(groups))


@click.command()
@click.argument("topic")
@click.argument("phrase")
@click.option("--by", "username", metavar="STAFF", help="Who approves it.")
@click.option("--ticket", metavar="REF", help="The ticket it comes from.")
@click.option("--lang", type=click.Choice(["en", "fr"]), help="When the words do not tell.")
@settled
def teach(
    topic: str, phrase: str, username: str | None, ticket: str | None, lang: str | None
) -> None:
    """Let a topic answer a phrase from now on, in every process."""
    from bot import teaching

    with open_store() as database:
        staff = acting(database, username)
        ref = teaching.teach(
            database, topic=topic, words=phrase, staff=staff, ticket=ticket, language=lang
        )
    click.echo(f"{ref}: {topic} answers that from now on.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@settled
def taught(as_json: bool) -> None:
    """List the phrases that staff taught, by topic."""
    from bot import teaching

    with open_store() as database:
        rows = teaching.rows(database)
    lines = [
        f"{row['ref']}  {row['topic']}  {row['language']}  {row['text']}  "
        f"({row['by']}{', ' + row['ticket'] if row['ticket'] else ''})"
        for row in rows
    ]
    show_result(as_json, rows, "\n".join(lines) or "Nothing was taught.")


@click.command()
@click.argument("ref")
@click.option("--by", "username", metavar="STAFF", help="Who withdraws it.")
@settled
def untaught(ref: str, username: str | None) -> None:
    """Withdraw a phrase that staff taught."""
    from bot import teaching

    with open_store() as database:
        words = teaching.unteach(database, ref, staff=acting(database, username))
    click.echo(f"Forgotten: {words}")


@click.command()
@settled
def export() -> None:
    """Print what staff taught as lines for the files of the topics.

    Withdraw a phrase (faq untaught) once a release has it in its file.
    """
    from bot import teaching

    with open_store() as database:
        rows = teaching.rows(database)
    for line in teaching.toml(rows):
        click.echo(line)


def commands() -> Iterable[click.Command]:
    return (evaluate, explain, lint, calibrate, teach, taught, untaught, export)


def _router(with_taught: bool) -> "Router":
    """Give what the files teach, or what the bot of this store knows."""
    from bot.bootstrap import router
    from bot.lessons import learned

    if not with_taught:
        return router()
    with open_store() as database:
        return learned(router(), database).router


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _wanted(row: dict[str, Any]) -> frozenset[str]:
    from bot.faq.evaluation import wanted

    return wanted(row)
