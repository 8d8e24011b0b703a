"""Did you mean A or B?"""

from rapidfuzz import fuzz

from bot.choosing import chosen, is_neither, is_yes
from bot.commands import Answer, Command, Context
from bot.faq import library
from bot.i18n import N_, languages
from bot.messages import Button, Outcome, Reply
from bot.slots.words import plain

NEARLY = 85  # of 100: a typed title with a typo or two


def handle(context: Context) -> Answer:
    """Ask which of the topics, whose ids are the argument, was meant."""
    options = [option for option in context.args.split(",") if option in library.topics()]
    context.ask(",".join(options))
    titles = (library.topics()[option].text(context.loc.language).title for option in options)
    buttons = [
        Button(title, action=f"faq:{option}") for title, option in zip(titles, options, strict=True)
    ]
    other = Button(context.loc.text("Something else"), action="miss")
    text = context.loc.text("Which of these do you mean?")
    return Answer(reply=Reply(text=text, buttons=(*buttons, other)), outcome=Outcome.CLARIFY)


def fits(text: str, asked: str) -> str | None:
    """Understand "the second one" or a typed title as a press of that button."""
    options = asked.split(",")
    if is_neither(text):
        return "miss"
    at = chosen(text, len(options))
    if at is not None:
        return f"faq:{options[at]}"
    if is_yes(text):  # no answer to "A or B?"
        return f"clarify:{asked}"
    titled = next((option for option in options if _is_title(text, option)), None)
    return f"faq:{titled}" if titled else None


def _is_title(text: str, option: str) -> bool:
    titles = (library.topics()[option].text(language).title for language in languages())
    return any(fuzz.ratio(plain(text), plain(title)) >= NEARLY for title in titles)


command = Command(
    name="clarify",
    help=N_("Choose what was meant"),
    handle=handle,
    listed=False,
    public=True,
    fits=fits,
)
