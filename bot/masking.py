"""What was masked in a message is said before anything else."""

from dataclasses import replace

from bot.commands import Answer, Context
from bot.i18n import Localizer
from bot.messages import Request


def warned(context: Context, answer: Answer) -> Answer:
    """Put before an answer what was masked in the message, and where such things belong."""
    request, reply = context.request, answer.reply
    if reply is None or not request.masked or request.is_pressed:
        return answer
    sentences = [_what(request, context.loc)]
    if not request.pulled and not request.aside:  # the platform goes on showing it
        sentences.append(context.loc.text("It still shows in your own message: please delete it."))
    warning = " ".join(sentences)
    return replace(answer, reply=replace(reply, text=f"{warning}\n\n{reply.text}".strip()))


def _what(request: Request, loc: Localizer) -> str:
    if "card" not in request.masked:
        return loc.text(
            "I masked what looks like a password in what you just typed: it is not kept. "
            "Please never write one in a chat."
        )
    if "[•••• " in request.text:
        return loc.text(
            "I masked the card number you just typed: only its last four digits are kept. "
            "Please enter a card in the Billing Portal only, never in a chat."
        )
    return loc.text(
        "I masked the card details you just typed: they are not kept. "
        "Please enter a card in the Billing Portal only, never in a chat."
    )
