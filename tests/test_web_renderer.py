"""What the page is given to draw. `python -m tests.test_web_renderer` writes the goldens anew."""

import json
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from bot.adapters.web.renderer import render
from bot.i18n import Localizer
from bot.messages import Button, Reply
from tests.replies import AT, SAMPLES, message

GOLDEN = Path(__file__).parent / "golden" / "web"


@pytest.mark.parametrize("name", SAMPLES)
def test_golden(name):
    """Each sample message is drawn from exactly this."""
    expected = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    assert expected == render(SAMPLES[name])


def test_no_golden_is_left_over():
    """Every golden file belongs to a sample."""
    assert set(SAMPLES) == {path.stem for path in GOLDEN.iterdir()}


def test_instants_are_utc():
    """A message's time is the same instant whatever zone it was read in."""
    elsewhere = AT.astimezone(timezone(timedelta(hours=-5)))
    assert render(SAMPLES["staff"]) == render(replace(SAMPLES["staff"], at=elsewhere))


def test_empty_line_of_a_customer():
    """Nothing typed is nothing drawn."""
    own = replace(SAMPLES["customer"], reply=Reply(text=" \n "))
    assert [] == render(own)["blocks"]


def test_a_button_without_a_url_presses():
    """An action goes to the bot; a url opens a page."""
    buttons = (Button("Help", action="help"), Button("Open", url="https://bot.example/"))
    drawn = render(message(Reply(text="", buttons=buttons)))["buttons"]
    assert [
        {"label": "Help", "action": "help", "quiet": False},
        {"label": "Open", "url": "https://bot.example/"},
    ] == drawn


@pytest.mark.parametrize(
    ("size", "english", "french"),
    [
        (1, "1 byte", "1 octet"),
        (999, "999 bytes", "999 octets"),
        (1_000, "1 kB", "1 ko"),
        (45_678, "46 kB", "46 ko"),
        (999_999, "1 MB", "1 Mo"),
        (1_234_567, "1.2 MB", "1,2 Mo"),
        (20_000_000_000, "20 GB", "20 Go"),
    ],
)
def test_file_size(size, english, french):
    """Sizes are written as people read them."""
    in_french = " ".join(Localizer("fr").file_size(size).split())  # no-break spaces as plain ones
    assert (english, french) == (Localizer("en").file_size(size), in_french)


def write_goldens() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for name, sample in SAMPLES.items():
        written = json.dumps(render(sample), ensure_ascii=False, indent=2)
        (GOLDEN / f"{name}.json").write_text(written + "\n", "utf-8")


if __name__ == "__main__":
    write_goldens()
