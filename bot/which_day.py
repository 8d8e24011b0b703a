"""Ask back which day a date in digits means: 03/11/2026 may be of March or of November."""

from collections.abc import Sequence

from bot.choosing import chosen
from bot.commands import Answer, Context
from bot.documents import wording
from bot.history_view import LONGEST
from bot.messages import Button, Outcome, Reply
from bot.slots import Period

_MARK = "|"  # between what was asked and what each reading comes to


def ask_which_day(
    context: Context, readings: Sequence[Period], args: Sequence[str], *, command: str, asked: str
) -> Answer:
    """Offer each reading as a button; one alone is for the customer to confirm.

    `args` are what the command gets for each reading, and `asked` what it keeps when none is
    chosen: `day_chosen` reads both from its open question.
    """
    loc = context.loc
    buttons = tuple(
        Button(wording.period(loc, day.first, day.last), action=f"{command}:{arg}")
        for day, arg in zip(readings, args, strict=True)
    )
    context.ask(_MARK.join([asked, *args]))
    text = loc.text("I can read that date in more than one way. Which day do you mean?")
    if len(buttons) == 1:
        text = loc.text("To be sure that I read the date as you do: is it this day?")
    return Answer(reply=Reply(text=text, buttons=buttons), outcome=Outcome.CLARIFY)


def asks_again(said: str) -> str:
    """Give words for the open question that ask for the same again; longer ones are not kept."""
    return said.replace(_MARK, " ") if len(said) <= LONGEST else ""


def day_chosen(text: str, asked: str) -> tuple[str | None, str]:
    """Give the arguments of the reading that "the second one" chooses, and what was asked."""
    before, *args = asked.split(_MARK)
    at = chosen(text, len(args)) if args else None
    return (None if at is None else args[at]), before
