"""What Telegram is given to show: whole messages, and how each part of a reply gets there.

With UPDATE=1 the goldens are written anew: read the diff.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.adapters.telegram.renderer import Document, Key, Photo, Words, pressed, render
from bot.messages import Button, Column, FileRef, Picture, Reply, Table
from tests.replies import SAMPLES
from tests.telegram_limits import (
    check_caption,
    check_keyboard,
    check_text,
    parsed,
)

GOLDEN = Path(__file__).parent / "golden" / "telegram"
NAMES = sorted(SAMPLES.keys() - {"customer"})  # the platform shows what a customer wrote itself
REF = "ABCDEFGHJKMNPQRSTVWX"
PICTURE = FileRef("p1c", "bars.png", "image/png", 1_000)


def drawn(**parts):
    """Render a reply in English and check it; gives its parts."""
    shown = render(Reply(**{"text": "", **parts}), ref=REF, language="en")
    check(shown)
    return shown


def check(parts):
    """Raise AssertionError if Telegram would refuse one of the parts."""
    for part in parts:
        if isinstance(part, Words):
            check_text(part.html)
        else:
            check_caption(part.caption)
        check_keyboard(as_sent(part.keyboard))


def as_sent(keyboard):
    return [
        [
            {"text": key.label} | ({"url": key.url} if key.url else {"callback_data": key.data})
            for key in row
        ]
        for row in keyboard
    ]


def html_of(part):
    return part.html if isinstance(part, Words) else part.caption


def words_of(parts):
    """The text of all parts as it is read."""
    return "\n".join(parsed(html_of(part)) for part in parts)


def labels(parts):
    return [[key.label for key in row] for part in parts for row in part.keyboard]


@pytest.mark.parametrize("name", NAMES)
def test_golden(name):
    """Each sample message is shown as exactly this."""
    sample = SAMPLES[name]
    parts = render(sample.reply, ref=sample.ref, language=sample.language)
    check(parts)
    got = [{"part": type(part).__name__, **asdict(part)} for part in parts]
    golden = GOLDEN / f"{name}.json"
    if os.environ.get("UPDATE"):
        golden.write_text(json.dumps(got, ensure_ascii=False, indent=2) + "\n", "utf-8")
    expected = json.loads(golden.read_text("utf-8"))
    assert expected == json.loads(json.dumps(got))


def test_no_golden_is_left_over():
    """Every golden file belongs to a sample."""
    assert set(NAMES) == {path.stem for path in GOLDEN.iterdir()}


def test_nothing_to_show():
    """An empty reply is no message at all."""
    assert () == drawn(text=" \n\u200b")


def test_foreign_text():
    """Tags and entities in words are shown as they were written."""
    (words,) = drawn(text='<b>&lt;"x"\'</b> **a < b**')
    assert "&lt;b&gt;&amp;lt;&quot;x&quot;'&lt;/b&gt; <b>a &lt; b</b>" == words.html


class TestSplitting:
    def test_at_a_paragraph(self):
        """A long message is cut between paragraphs."""
        first, second = drawn(text=f"{'a' * 3000}\n\n**{'b' * 3000}**")
        assert ("a" * 3000, f"<b>{'b' * 3000}</b>") == (first.html, second.html)

    def test_at_a_line(self):
        """A paragraph that is too long is cut between lines."""
        lines = [f"{n} " + "x" * 1000 for n in range(6)]
        first, second = drawn(text="\n".join(lines))
        assert ("\n".join(lines[:4]), "\n".join(lines[4:])) == (first.html, second.html)

    def test_at_a_word(self):
        """A line that is too long is cut between words, and bold is opened again."""
        parts = drawn(text="**" + " ".join(["word"] * 1000) + "**")
        assert ["<b>word", "<b>word"] == [part.html[:7] for part in parts]
        assert ["word</b>", "word</b>"] == [part.html[-8:] for part in parts]

    def test_anywhere(self):
        """A word that is too long is cut, but never inside a character or an entity."""
        parts = drawn(text="😀" * 2049 + "&" * 4096)
        assert ["😀" * 2048, "😀" + "&" * 4094, "&&"] == [parsed(part.html) for part in parts]

    def test_pieces_with_nothing_to_see_are_dropped(self):
        """What cannot be seen is no message of its own."""
        (words,) = drawn(text="a" + "\u200b" * 9000)
        assert "a" == words.html.strip("\u200b")

    def test_keyboard_is_on_the_last(self):
        """The buttons are where reading ends."""
        first, second = drawn(text="word " * 1000, buttons=(Button("Help", action="help"),))
        assert ((), ((Key("Help", data="help"),),)) == (first.keyboard, second.keyboard)


class TestTables:
    def test_wide(self):
        """A table that a phone cannot show in columns is a paragraph a row."""
        columns = (Column("Date"), Column("Type"), Column("Debit", "right"), Column("Balance"))
        rows = (
            ("Nov 22, 2026", "Invoice INV00054321", "$1,284.11", "$1,284.11"),
            ("Nov 23, 2026", "Payment", "", "$0.00"),
        )
        (words,) = drawn(table=Table(columns, rows))
        assert (
            "<b>Date: Nov 22, 2026</b>\n"
            "Type: Invoice INV00054321 · Debit: $1,284.11 · Balance: $1,284.11\n\n"
            "<b>Date: Nov 23, 2026</b>\nType: Payment · Balance: $0.00"
        ) == words.html

    def test_long(self):
        """Each message of a long table has its header."""
        rows = tuple((str(n), "x" * 30) for n in range(200))
        parts = drawn(text="All:", table=Table((Column("Nr", "right"), Column("Name")), rows))
        blocks = [part.html.removeprefix("All:\n\n") for part in parts]
        head = f"<pre> Nr  Name\n---  {'-' * 30}\n"
        assert [head] * len(blocks) == [block[: len(head)] for block in blocks]
        shown = [line for part in parts for line in parsed(part.html).split("\n")]
        assert [f"{n:>3}  {'x' * 30}" for n in range(200)] == [x for x in shown if "xx" in x]

    def test_wide_letters(self):
        """A letter of double width takes two columns."""
        (words,) = drawn(table=Table((Column("A"), Column("B")), (("漢字", "1"), ("abc", "2"))))
        assert "<pre>A     B\n----  -\n漢字  1\nabc   2</pre>" == words.html

    def test_no_rows(self):
        """A table without rows still has its header."""
        (words,) = drawn(table=Table((Column("A" * 30), Column("B" * 30)), ()))
        assert f"{'A' * 30}  {'B' * 30}" == parsed(words.html).split("\n")[0]


class TestPictures:
    def test_short_words_are_the_caption(self):
        """What fits is one message with its buttons."""
        parts = drawn(
            text="Here.",
            picture=Picture(PICTURE, "Two bars"),
            buttons=(Button("Help", action="help"),),
        )
        assert (
            Photo(PICTURE, "Here.\n\n<i>Two bars</i>", ((Key("Help", data="help"),),)),
        ) == parts

    def test_long_words_go_first(self):
        """What does not fit is words with the buttons, then the picture with its own words."""
        parts = drawn(
            text="x" * 1020,
            picture=Picture(PICTURE, "Two bars"),
            buttons=(Button("Help", action="help"),),
        )
        keyboard = ((Key("Help", data="help"),),)
        assert (Words("x" * 1020, keyboard), Photo(PICTURE, "<i>Two bars</i>")) == parts

    def test_long_alternative(self):
        """What a picture shows is said in full though it is longer than a caption."""
        alt = "bar " * 300
        parts = drawn(text="Here.", picture=Picture(PICTURE, alt))
        assert (Words(f"Here.\n\n<i>{alt}</i>"), Photo(PICTURE, "")) == parts

    def test_files(self):
        """A file shows its own name; without words the buttons are under the last one."""
        file = FileRef("f1le", "a.pdf", "application/pdf", 9)
        parts = drawn(files=(file, file), buttons=(Button("Help", action="help"),))
        assert (Document(file), Document(file, "", ((Key("Help", data="help"),),))) == parts


class TestKeyboard:
    def test_rows(self):
        """Two short ones share a row, long ones have their own, asides come last."""
        texts = ("Yes", "This helped", "Newer", "Older", "A label that needs its room", "All")
        buttons = [Button(text, action="a", quiet=text == "This helped") for text in texts]
        buttons.insert(3, Button("This did not help", action="a", quiet=True))
        assert [
            ["Yes", "Newer"],
            ["Older"],
            ["A label that needs its room"],
            ["All"],
            ["This helped", "This did not help"],
        ] == labels(drawn(text="?", buttons=tuple(buttons)))

    @pytest.mark.parametrize(
        ("action", "data"),
        [
            ("a" * 64, "a" * 64),
            ("é" * 32, "é" * 32),
            ("é" * 33, f"r:{REF}:1"),
            ("r:other:7", f"r:{REF}:1"),
        ],
    )
    def test_data(self, action, data):
        """An action that is too long, or looks like one that was, is found by its place."""
        buttons = (Button("Help", action="help"), Button("It", action=action))
        (words,) = drawn(text="?", buttons=buttons)
        assert data == words.keyboard[0][1].data

    def test_pressed(self):
        """What stands for a button is read back; a plain action is left alone."""
        assert (REF, 12) == pressed(f"r:{REF}:12")
        assert [None] * 4 == [pressed(data) for data in ("help", "r:x", f"r:{REF}:x", "")]

    @pytest.mark.parametrize(
        "url", ["http://bot.example/", "https://localhost/link", "link:r3f", "https://a b.c"]
    )
    def test_address_that_no_key_opens(self, url):
        """An address that Telegram refuses in a button is in the text."""
        (words,) = drawn(text="Sign in.", buttons=(Button("Sign in", url=url),))
        assert Words(f"Sign in.\n\n<b>Sign in:</b> {url}") == words

    @pytest.mark.parametrize("url", ["https://bot.example:8443/l?a=b#c", "https://127.0.0.1"])
    def test_address_that_a_key_opens(self, url):
        """A button opens an https address."""
        (words,) = drawn(text="Sign in.", buttons=(Button("Sign in", url=url),))
        assert Words("Sign in.", ((Key("Sign in", url=url),),)) == words

    def test_too_many(self):
        """Buttons beyond what a message takes are told in words."""
        buttons = tuple(Button(f"Page {n}", action=f"pages:{n}") for n in range(120))
        (words,) = drawn(text="?", buttons=buttons)
        assert 100 == sum(map(len, words.keyboard))
        assert [f"Page {n}: /pages {n}" for n in range(100, 120)] == parsed(words.html).split("\n")[
            2:
        ]

    def test_alone(self):
        """Buttons without words are told by their names."""
        assert "Help · Stop" == words_of(
            drawn(buttons=(Button("Help", action="help"), Button("Stop", action="stop")))
        )
