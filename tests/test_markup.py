"""The Markdown subset of replies."""

from hypothesis import given
from hypothesis import strategies as st

from bot.markup import Block, Span, escape, parse, plain


def test_paragraphs_lists_and_bold() -> None:
    text = "Two **bold** words\nand a line.\n\n1. First\n2. Second\n- A bullet\nAfter"
    assert parse(text) == (
        Block(
            "paragraph",
            (
                (Span("Two "), Span("bold", bold=True), Span(" words")),
                (Span("and a line."),),
            ),
        ),
        Block("numbers", ((Span("First"),), (Span("Second"),))),
        Block("bullets", ((Span("A bullet"),),)),
        Block("paragraph", ((Span("After"),),)),
    )


def test_anything_else_is_text() -> None:
    text = "[a](http://b) <b>c</b> `d` <!channel> # e"
    assert parse(text) == (Block("paragraph", ((Span(text),),)),)


@given(st.text())
def test_escaped_text_is_one_plain_line(text: str) -> None:
    """What a customer or the store says becomes neither bold nor a list nor a new line."""
    spans = [
        span for block in parse(f"Name: {escape(text)}") for line in block.lines for span in line
    ]
    assert not any(span.bold for span in spans)
    assert 1 == len(parse(f"Name: {escape(text)}"))


@given(st.text())
def test_plain_text_never_fails(text: str) -> None:
    assert isinstance(plain(text), str)
