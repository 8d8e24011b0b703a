"""`billing-bot faq ...`: try, measure, explain and check what the bot understands."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

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


@click.command()
@click.argument("text")
def explain(text: str) -> None:
    """Say why the bot understands a text as it does."""
    from bot.bootstrap import router
    from bot.faq.explanation import explain as lines

    for line in lines(router().matcher, text):
        click.echo(line)


@click.command()
def lint() -> None:
    """Check phrases, lexicon and negatives; exit status 1 when something is to be mended."""
    from bot.bootstrap import router
    from bot.faq import lint as checks

    found = list(checks.findings(router().matcher))
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


def commands() -> Iterable[click.Command]:
    return (evaluate, explain, lint, calibrate)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _wanted(row: dict[str, Any]) -> frozenset[str]:
    from bot.faq.evaluation import wanted

    return wanted(row)
