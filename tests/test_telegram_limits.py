"""The stand-in for Telegram's own checks: what it refuses and what it takes."""

import pytest

from tests.telegram_limits import check_html, check_keyboard, check_text, parsed


@pytest.mark.parametrize(
    "html",
    [
        "a < b",
        "a > b",
        "a & b",
        "&nbsp;",
        "&apos;",
        "&#0;",
        "<b>x",
        "x</b>",
        "<b><i>x</b></i>",
        "<br>",
        "<B>x</B>",
        "<b class='x'>y</b>",
        "<pre><b>x</b></pre>",
        "😀😀😀",
    ],
)
def test_html_that_is_refused(html):
    """The checks see what Telegram refuses."""
    with pytest.raises(AssertionError):
        check_html(html, 5)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<b>a <i>b</i></b>", "a b"),
        ("&lt;&gt;&amp;&quot;&#39;&#x27;", "<>&\"''"),
        ('<pre><code class="language-py">x</code></pre>', "x"),
        ('<a href="https://bot.example">x</a>', "x"),
    ],
)
def test_html_that_is_taken(html, text):
    """The checks read what Telegram reads."""
    assert text == parsed(html)


@pytest.mark.parametrize(
    "rows",
    [
        None,
        [[]],
        [[{"text": "x", "callback_data": "y"}] * 9],
        [[{"text": "x", "callback_data": "y"}]] * 101,
        [[{"text": "x" * 100, "callback_data": "y"}]] * 80,
        [[{"text": " ", "callback_data": "y"}]],
        [[{"callback_data": "y"}]],
        [[{"text": "x"}]],
        [[{"text": "x", "callback_data": "y", "url": "https://bot.example"}]],
        [[{"text": "x", "callback_data": ""}]],
        [[{"text": "x", "callback_data": "é" * 33}]],
        [[{"text": "x", "url": "https://localhost"}]],
    ],
)
def test_keyboard_that_is_refused(rows):
    """The checks see which keyboard Telegram refuses."""
    with pytest.raises(AssertionError):
        check_keyboard(rows)


def test_message_that_is_refused():
    """A message needs something to see."""
    with pytest.raises(AssertionError):
        check_text("<b> \u200b</b>")
