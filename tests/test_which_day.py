"""A date in digits that can be read in two ways is asked back, wherever it was said."""

import pytest

from tests.talk import Talk


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("transactions of 03/11/2026", "transactions"),
        ("send me the invoice of 03/11/2026", "invoice"),
        ("statement of account for 03/11/2026", "statement"),
        ("envoie-moi ma facture du 03/11/2026", "invoice"),
        ("relevé de compte du 03/11/2026", "statement"),
    ],
)
def test_the_day_is_chosen_in_words_as_by_its_button(talk: Talk, said: str, command: str) -> None:
    """Of November 3 and March 11, the latter."""
    first, second = talk.signed_in().say(said).reply.buttons
    assert "2026-11-03" in first.action or "20261103" in first.action
    assert "2026-03-11" in second.action or "20260311" in second.action

    in_words = talk.say("the second one")
    assert command == in_words.said.command
    pressed = talk.press(second.action).reply
    assert (pressed.title, pressed.text) == (in_words.reply.title, in_words.reply.text)


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("payments on 22/11/2026", "transactions"),
        ("pdf of the invoice of 22/11/2026", "invoice"),
        ("statement of account for 22/11/2026", "statement"),
    ],
)
def test_one_reading_alone_is_confirmed(talk: Talk, said: str, command: str) -> None:
    reply = talk.signed_in().say(said).reply
    assert "To be sure that I read the date as you do: is it this day?" == reply.text
    assert ["November 22, 2026"] == [button.label for button in reply.buttons]
    assert command == talk.say("yes").said.command
