"""What no reply whatever may do to the messages that Telegram is given."""

import re
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.adapters.telegram.renderer import render
from bot.markup import plain
from bot.messages import Button, Column, Fact, FileRef, Picture, Reply, Table
from tests.telegram_limits import shows
from tests.test_telegram_renderer import PICTURE, REF, check, drawn, html_of, words_of

# Shrinking prints what it found, and that may be long.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

# Letters that mean something to Markdown or HTML, or are counted in a way of their own.
LETTERS = st.one_of(
    st.sampled_from("<>&\"'*/ab;#: \n-1.é漢😀\u0301\u00a0\u200b|_[]"),
    st.characters(exclude_categories=["Cs", "Cc"]),
)
SHORT = st.text(LETTERS, max_size=12)
LONG = st.one_of(
    st.text(LETTERS, max_size=60),
    st.builds(lambda text, times: text * times, st.text(LETTERS, min_size=1), st.integers(1, 900)),
    st.sampled_from(("<b>", "</pre>", "&lt;", '<a href="tg://user?id=1">x</a>', "**<i>**")),
)
FILES = st.builds(FileRef, st.just("f1le"), SHORT, st.just("text/csv"), st.just(1))
ADDRESSES = st.one_of(SHORT, SHORT.map("https://bot.example/".__add__))
BUTTONS = st.one_of(
    st.builds(Button, LONG, action=LONG, quiet=st.booleans()),
    st.builds(Button, SHORT, url=ADDRESSES),
)


def table(columns, data):
    cells = [data[at : at + len(columns)] for at in range(0, len(data), len(columns))]
    return Table(columns, tuple(tuple(row) for row in cells if len(row) == len(columns)))


COLUMNS = st.builds(Column, SHORT, st.sampled_from(("left", "right")))
TABLES = st.builds(
    table,
    st.lists(COLUMNS, min_size=1, max_size=4).map(tuple),
    st.lists(st.one_of(SHORT, LONG), max_size=12),
)
REPLIES = st.builds(
    Reply,
    text=LONG,
    title=st.none() | SHORT,
    facts=st.lists(st.builds(Fact, SHORT, LONG), max_size=3).map(tuple),
    table=st.none() | TABLES,
    picture=st.none() | st.builds(Picture, st.just(PICTURE), LONG),
    files=st.lists(FILES, max_size=2).map(tuple),
    buttons=st.lists(BUTTONS, max_size=4).map(tuple),
)


def visible(text):
    return [letter for letter in text if shows(letter)]


def said(reply):
    """All that a reply says, without the marks of its lists."""
    yield re.sub(r"^(?:- |\d{1,2}\. )", "", plain(reply.text), flags=re.MULTILINE)
    yield plain(reply.title or "").replace("-", "")
    for fact in reply.facts:
        yield from (fact.label, fact.value)
    if reply.table:
        yield from (cell for row in reply.table.rows for cell in row)
        columns = zip(reply.table.columns, zip(*reply.table.rows, strict=True), strict=False)
        yield from (column.label for column, cells in columns if "".join(cells).strip())
    if reply.picture:
        yield reply.picture.alt
    for button in reply.buttons:
        yield from (button.label, button.url or "")


@given(REPLIES, st.sampled_from(("en", "fr")))
@example(Reply(text="x" * 5000, picture=Picture(PICTURE, "y" * 2000)), "en")
@example(Reply(text="", buttons=(Button("é" * 9000, action="x"),) * 3), "fr")
def test_no_reply_breaks_a_limit(reply, language):
    """Whatever a reply says, Telegram takes it, all of it is there, and only our tags are."""
    parts = render(reply, ref=REF, language=language)
    check(parts)
    tags = {tag for part in parts for tag in re.findall(r"</?([^<>]+)>", html_of(part))}
    assert tags <= {"b", "i", "pre"}
    keys = [key for part in parts for row in part.keyboard for key in row]
    shown = words_of(parts) + "".join(key.label + (key.url or "") for key in keys)
    assert not Counter(visible("".join(said(reply)))) - Counter(visible(shown))


@given(
    st.text(LETTERS.filter(lambda letter: letter not in "*-."), max_size=40), st.integers(1, 400)
)
def test_words_stay_in_order(line, times):
    """Cutting a long text changes nothing that can be seen."""
    text = "\n".join([line] * times)
    assert visible(text) == visible(words_of(drawn(text=text)))
