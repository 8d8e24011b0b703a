"""What is posted on Slack. `python -m tests.test_slack_renderer` writes the goldens anew."""

import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.adapters.slack.renderer import Part, Post, Upload, modal_blocks, render, safe
from bot.markup import plain
from bot.messages import Button, Column, Fact, FileRef, Picture, Reply, Table
from tests.replies import SAMPLES
from tests.slack_limits import check_message, check_view_blocks, texts

GOLDEN = Path(__file__).parent / "golden" / "slack"
NAMES = sorted(set(SAMPLES) - {"customer"})  # what a customer said is never posted
HOSTILE = "<!channel> <http://x|y> <@U1> <#C1> <mailto:a@b.c> *b* _i_ `c` &amp;"
FILE = FileRef("f", "f.pdf", "application/pdf", 1)


def drawn(reply: Reply) -> tuple[Part, ...]:
    return render(reply, ref="r3f", language="en")


def posts(reply: Reply) -> list[Post]:
    return [part for part in drawn(reply) if isinstance(part, Post)]


def elements(post: Post) -> list[dict]:
    rows = [block["elements"] for block in post.blocks if block["type"] == "actions"]
    return [element for row in rows for element in row]


def golden(name: str) -> dict:
    sample = SAMPLES[name]
    parts = render(sample.reply, ref=sample.ref, language=sample.language)
    shown = [{"part": type(part).__name__, **asdict(part)} for part in parts]
    modal = modal_blocks(sample.reply, language=sample.language)
    return json.loads(json.dumps({"parts": shown, "modal": modal}))


@pytest.mark.parametrize("name", NAMES)
def test_golden(name):
    """Each sample message is posted as exactly this."""
    assert json.loads((GOLDEN / f"{name}.json").read_text("utf-8")) == golden(name)


def test_no_golden_is_left_over():
    """Every golden file belongs to a sample."""
    found = (path.stem for path in GOLDEN.iterdir())
    assert NAMES == sorted(name for name in found if not name.startswith("manifest."))


words = st.text(max_size=30)
long_words = st.builds(lambda text, times: text * times, words, st.integers(1, 400))
marked = st.lists(
    st.one_of(long_words, st.sampled_from(("", "- item", "1. step", "**bold** words", HOSTILE))),
    max_size=60,
).map("\n".join)
actions = st.builds(
    Button, label=words, action=st.text("ab:", min_size=1, max_size=300), quiet=st.booleans()
)
links = st.builds(
    lambda label, start, times: Button(label, url=start + "/&" * times),
    words,
    st.sampled_from(("https://bot.example", "http://127.0.0.1")),
    st.sampled_from((1, 400, 2000)),
)


@st.composite
def tables(draw) -> Table:
    """A table of any size; few different cells, so that a large one is quickly made."""
    columns = draw(st.integers(0, 25))
    cells = st.sampled_from(
        ["", " ", *draw(st.lists(words, max_size=3)), draw(long_words), "$1,284.11", HOSTILE]
    )
    rows = draw(st.lists(st.tuples(*[cells] * columns), max_size=4))
    return Table(
        columns=tuple(
            Column(draw(words), draw(st.sampled_from(("left", "right")))) for _ in range(columns)
        ),
        rows=tuple(rows) * draw(st.sampled_from((1, 30, 120))),
    )


replies = st.builds(
    Reply,
    text=marked,
    title=st.none() | words | long_words,
    facts=st.lists(st.builds(Fact, words, long_words), max_size=5).map(tuple),
    table=st.none() | tables(),
    picture=st.none() | st.builds(Picture, st.just(FILE), long_words),
    files=st.lists(st.just(FILE), max_size=2).map(tuple),
    buttons=st.lists(actions | links, max_size=40).map(tuple),
)


@given(replies)
@example(Reply(text=""))
@example(Reply(text="&" * 20_000))
@example(Reply(text="", buttons=tuple(Button("&" * 90, action=f"a:{n}") for n in range(250))))
def test_no_limit_is_broken(reply):
    """Slack accepts whatever the reply is."""
    for post in posts(reply):
        check_message(post.text, list(post.blocks))
        assert not re.search(r"[<>]", post.text)
    assert all(len(part.alt) <= 1000 for part in drawn(reply) if isinstance(part, Upload))
    check_view_blocks(list(modal_blocks(reply, language="en")))


def visible(*parts: str) -> Counter:
    return Counter("".join("".join(parts).replace("\u2060", "").split()))


def content(reply: Reply) -> Iterator[str]:
    """All that is said beside the marks of lists and the labels of buttons."""
    for text in (reply.title or "", reply.text):
        yield re.sub(r"^(?:-|\d+\.) ", "", plain(text), flags=re.MULTILINE)
    for fact in reply.facts:
        yield f"{fact.label}:{fact.value}"
    if reply.table:
        yield from (column.label for column in reply.table.columns)
        yield from (cell for row in reply.table.rows for cell in row)


@given(replies)
def test_no_character_is_lost(reply):
    """What a reply says stands in its blocks, and again in the fallback text with all URLs."""
    said = visible(*content(reply))
    shown = posts(reply)
    assert not said - visible(*(text for post in shown for text in texts(list(post.blocks))))
    urls = (button.url or "" for button in reply.buttons)
    assert not visible(*content(reply), *urls) - visible(
        *(html.unescape(post.text) for post in shown)
    )


def test_long_text_keeps_its_order():
    """A text over several messages reads on where it stopped, cut between words."""
    text = "\n\n".join(f"**{n}** " + "mot de la fin, " * 300 for n in range(6))
    shown = posts(Reply(text=text))
    assert 12 == len(shown)
    found = "".join(word for post in shown for word in texts(list(post.blocks)))
    assert plain(text).split() == found.replace(",", ", ").replace("  ", " ").split()


def test_long_list_counts_on():
    """A numbered list over two blocks goes on with the next number."""
    shown = posts(Reply(text="\n".join(f"1. {'étape ' * 50}" for _ in range(15))))
    lists = [block["elements"][0] for post in shown for block in post.blocks]
    assert [(9, None), (6, 9)] == [(len(one["elements"]), one.get("offset")) for one in lists]
    assert shown[1].text.startswith("10. étape")


def test_long_table_repeats_its_header():
    """A table over the limits goes on in further messages, each with the header."""
    rows = tuple((str(n), "$1.00") for n in range(250))
    shown = posts(Reply(text="", table=Table((Column("No."), Column("Amount", "right")), rows)))
    tables_ = [block["rows"] for post in shown for block in post.blocks]
    assert [100, 100, 53] == [len(table) for table in tables_]
    assert ["No.", "Amount"] == list(texts(tables_[2][0]))
    assert ["r3f.0", "r3f.1", "r3f.2"] == [post.blocks[0]["block_id"] for post in shown]


def test_wide_table_becomes_lines():
    """A table of more columns than Slack shows is written as labels and values."""
    columns = tuple(Column(f"C{n}") for n in range(21))
    (post,) = posts(Reply(text="", table=Table(columns, (tuple("abcdefghijklmnopqrstu"),) * 2)))
    assert ["rich_text"] == [block["type"] for block in post.blocks]
    assert post.text.startswith("C0: a\nC1: b\n")
    assert "C20: u\n\nC0: a\n" in post.text


def test_nothing_foreign_becomes_markup():
    """Words that look like a mention, a command, a link or markup stay words everywhere."""
    reply = Reply(
        title=HOSTILE,
        text=f"{HOSTILE}\n\n- {HOSTILE}\n\n<**!channel**> <",
        facts=(Fact(HOSTILE, HOSTILE),),
        table=Table((Column(HOSTILE),), ((HOSTILE,),)),
        buttons=(
            Button(HOSTILE, action="help"),
            Button(HOSTILE, url="https://bot.example"),
            Button(HOSTILE, url="http://bot.example"),
            *(Button(HOSTILE, action=f"pick:{n}") for n in range(9)),
        ),
    )
    for post in posts(reply):
        blocks = list(post.blocks)
        assert {"header", "rich_text", "table", "actions"} >= {block["type"] for block in blocks}
        assert not re.search(r"<[!@#\w]", "".join(texts(blocks)))
        assert "mrkdwn" not in json.dumps(blocks)
        assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", post.text)
    assert HOSTILE in html.unescape(posts(reply)[0].text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!here>", "<\u2060!here>"),
        ("<http://x|y>", "<\u2060http://x|y>"),
        ("<@U1> <#C1>", "<\u2060@U1> <\u2060#C1>"),
        ("1 < 2, a <- b & c", "1 < 2, a <- b & c"),
        ("<\u2060!here>", "<\u2060!here>"),
    ],
)
def test_safe(text, expected):
    """A word joiner goes only where Slack would see the start of something."""
    assert expected == safe(text)


def test_many_buttons_make_a_menu():
    """Of more than eight choices the last two stay buttons, and those too long for a menu."""
    buttons = [Button(f"Choice {n}", action=f"pick:{n}") for n in range(10)]
    buttons[3] = replace(buttons[3], action="x" * 151)
    (post,) = posts(Reply(text="Which?", buttons=(*buttons, Button("Yes", "yes", quiet=True))))
    menu, *pressed, quiet = elements(post)
    assert ("static_select", "menu") == (menu["type"], menu["action_id"])
    assert [f"pick:{n}" for n in (0, 1, 2, 4, 5, 6, 7)] == [o["value"] for o in menu["options"]]
    assert ["b3", "b8", "b9"] == [button["action_id"] for button in pressed]
    assert ("b10", "yes") == (quiet["action_id"], quiet["value"])


def test_long_label_is_cut():
    """A button's text ends with an ellipsis at Slack's limit, and is never empty."""
    buttons = (Button("a" * 76, action="a"), Button("b" * 75, action="b"), Button(" ", action="c"))
    (post,) = posts(Reply(text="", buttons=buttons))
    assert ["a" * 74 + "…", "b" * 75, "…"] == [each["text"]["text"] for each in elements(post)]


def test_address_that_is_not_secure_is_text():
    """Only an https address is a button; any other can be read and copied."""
    buttons = (Button("Open", url="http://127.0.0.1:8000/link/x"), Button("Help", action="help"))
    (post,) = posts(Reply(text="Sign in.", buttons=buttons))
    assert ["b1"] == [element["action_id"] for element in elements(post)]
    assert "Open: http://127.0.0.1:8000/link/x" in list(texts(list(post.blocks)))


def test_files():
    """A file alone is an upload; a description over its limit stands in the message too."""
    assert (Upload(FILE, "", ""),) == drawn(Reply(text="", files=(FILE,)))
    alt = "une barre, " * 100
    post, upload = drawn(Reply(text="", picture=Picture(FILE, alt)))
    assert alt == post.text
    assert (1000, "…") == (len(upload.alt), upload.alt[-1])


def test_modal_of_too_much():
    """A modal that cannot hold it all says that there is more."""
    blocks = modal_blocks(Reply(text="\n\n".join(map(str, range(101)))), language="en")
    assert 100 == len(blocks)
    assert ["98", "…"] == list(texts(list(blocks[-2:])))


X = {"type": "plain_text", "text": "x"}
RAW = {"type": "raw_text", "text": "x"}


@pytest.mark.parametrize(
    ("reason", "text", "block"),
    [
        ("no text", " ", {"type": "divider"}),
        ("characters", "x" * 4001, {"type": "divider"}),
        ("not one of", "x", {"type": "surprise"}),
        ("without", "x", {"type": "header"}),
        ("characters", "x", {"type": "header", "text": X | {"text": "x" * 151}}),
        ("not one of", "x", {"type": "header", "text": X | {"type": "mrkdwn"}}),
        ("elements", "x", {"type": "actions", "elements": []}),
        ("rows", "x", {"type": "table", "rows": [[RAW]] * 101}),
        ("cells", "x", {"type": "table", "rows": [[RAW] * 21]}),
        ("characters", "x", {"type": "table", "rows": [[RAW | {"text": ""}]]}),
        ("source", "x", {"type": "image", "alt_text": "x"}),
        ("input", "x", {"type": "input", "label": X, "element": {"type": "plain_text_input"}}),
    ],
)
def test_the_check_finds_it(reason, text, block):
    """What Slack would refuse is found, and the reason said."""
    with pytest.raises(AssertionError, match=reason):
        check_message(text, [block])


def write_goldens() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for name in NAMES:
        written = json.dumps(golden(name), ensure_ascii=False, indent=2)
        (GOLDEN / f"{name}.json").write_text(written + "\n", "utf-8")


if __name__ == "__main__":
    write_goldens()
