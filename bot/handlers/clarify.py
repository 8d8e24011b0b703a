"""Did you mean A or B?"""

from rapidfuzz import fuzz

from bot.commands import Answer, Command, Context
from bot.faq import library
from bot.i18n import N_, Localizer, languages, phrases
from bot.messages import Button, Outcome, Reply
from bot.slots.words import plain

NEARLY = 85  # of 100: a typed title with a typo or two
# What people type instead of pressing the first, second or third button.
_ORDINALS = (
    phrases("1 | one | first | the first one | number one | yes"),
    phrases("2 | two | second | the second one | number two"),
    phrases("3 | three | third | the third one | number three"),
)


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
    said = plain(text)
    for language in languages():
        for option, words in zip(options, _ORDINALS, strict=False):
            if said in map(plain, Localizer(language).phrases(words)):
                return f"faq:{option}"
        for option in options:
            title = library.topics()[option].text(language).title
            if fuzz.ratio(said, plain(title)) >= NEARLY:
                return f"faq:{option}"
    return None


command = Command(
    name="clarify",
    help=N_("Choose what was meant"),
    handle=handle,
    listed=False,
    public=True,
    fits=fits,
)
