"""An amount that stands alone: the transactions of it, else what about it?"""

from bot import slots
from bot.commands import Answer, Command, Context
from bot.errors import NotLinked
from bot.history_view import LONGEST, View, narrowing
from bot.i18n import N_, phrases
from bot.identity import linking
from bot.messages import Button, Outcome, Reply
from bot.slots.amounts import found_amounts
from bot.slots.words import plain

LIST = "transactions"
MOST_CENTS = 999_999_999  # that a button of the history carries
# Words that may stand beside an amount that is all that is said.
_BESIDE = phrases("the | this | that | of | is | it | amount | sum | i | see | a")


def handle(context: Context) -> Answer:
    """List the transactions of the amount in the argument, which is what was said.

    Who is not linked, or has none of that amount, is asked what they want to know of it.
    """
    cents = _cents(context.args) or 0
    try:
        answer = _listed(context, cents)
    except NotLinked:
        return _what_about(context, cents, linking.sign_in_button(context))
    if answer.reply is None or answer.reply.table is not None:
        return answer
    context.question, context.answered_by = None, None
    return _what_about(context, cents)


def claims(text: str) -> str | None:
    """Know an amount alone, or with a type or period beside it ("the payment of $310.20")."""
    if len(text) > LONGEST or _cents(text) is None:
        return None
    rest = _without_amount(text)
    idle = narrowing(f"{rest} payment", _BESIDE) == "payment"
    return text if idle or narrowing(rest, _BESIDE) else None


def _cents(text: str) -> int | None:
    """Find the one amount of a text, if it is one that a transaction can have."""
    found = slots.amounts(text)
    if len(found) != 1 or found[0] % 1 or not 0 < found[0] <= MOST_CENTS:
        return None
    return int(found[0])


def _without_amount(text: str) -> str:
    said = plain(text)
    (found,) = found_amounts(said)
    return f"{said[: found.start]} {said[found.end :]}"


def _listed(context: Context, cents: int) -> Answer:
    view = View.of_words(_without_amount(context.args), today=context.today())
    context.args = View(type=view.type, period=view.period, cents=cents).button
    context.answered_by = LIST
    answer = context.commands[LIST].handle(context)
    if context.question is not None:
        context.question["command"] = LIST
    return answer


def _what_about(context: Context, cents: int, *first: Button) -> Answer:
    loc = context.loc
    amount = f"**{loc.money(cents)}**"
    if first:
        text = loc.text("What would you like to know about {amount}?", amount=amount)
    else:
        text = loc.text(
            "I find no transaction of {amount} in your history. What would you like to know "
            "about it?",
            amount=amount,
        )
    buttons = (
        *first,
        Button(loc.text("Transaction history"), action=LIST),
        Button(loc.text("Current balance"), action="balance"),
        Button(loc.text("Talk to a person"), action="handoff"),
    )
    return Answer(reply=Reply(text=text, buttons=buttons), outcome=Outcome.CLARIFY)


command = Command(
    name="amount",
    help=N_("Transactions of an amount"),
    handle=handle,
    listed=False,
    claims=claims,
)
