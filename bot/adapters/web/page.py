"""The page at `/`: its words, its languages and its template."""

from functools import cache
from pathlib import Path

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.i18n import N_, Localizer, languages, phrases

HERE = Path(__file__).resolve().parent
STATIC_DIR = HERE / "static"

_TEXTS = {
    "title": N_("Billing help"),
    "subtitle": N_("Invoices, payments and calls of net2phone Canada customers"),
    "skip": N_("Go to the message box"),
    "languages": N_("Language"),
    "signed_in": N_("Signed in:"),
    "sign_out": N_("Sign out"),
    "signed_out": N_("You are signed out. The private messages have been removed from this page."),
    "sign_out_failed": N_("You are still signed in: the request did not get through. Try again."),
    "welcome": N_("How can I help with your bill?"),
    "intro": N_(
        "Ask in your own words, in English or French. To see your own figures, "
        "you will be asked to sign in."
    ),
    "examples": N_("Example questions"),
    "person": N_("I am an automated assistant. To reach the billing team, just ask for a person."),
    "conversation": N_("Conversation"),
    "you": N_("You"),
    "bot": N_("Billing assistant"),
    "staff": N_("Billing team"),
    "private": N_("Private"),
    "writing": N_("An answer is being written…"),
    "newer": N_("New message"),
    "your_question": N_("Your question"),
    "placeholder": N_("Write your question"),
    "send": N_("Send"),
    "care": N_("Never type a card number or a password here."),
    "shortcuts": N_("Enter sends, Shift + Enter starts a new line."),
    "not_sent": N_("Not sent."),
    "try_again": N_("Try again"),
    "too_long": N_("Not sent: the message is too long."),
    "offline": N_("The connection is lost. Trying again…"),
    "no_file": N_("The file could not be downloaded. Try again, or ask for it anew."),
    "table": N_("Table"),
    "new_tab": N_("(opens in a new tab)"),
    "no_script": N_("This chat needs JavaScript. Turn it on, then load the page again."),
}
_EXAMPLES = phrases(
    "What is my balance?"
    " | Show my latest transactions"
    " | Where do I find a PDF of my invoice?"
    " | How do I set up Auto Pay?"
    " | How do I change my credit card?"
    " | Where are my call records?"
)


def render_page(language: str) -> str:
    """Write the page in one of the languages spoken here."""
    loc = Localizer(language)
    return (
        _environment()
        .get_template("chat.html")
        .render(
            language=language,
            languages=[(tag, _own_name(tag)) for tag in languages()],
            texts={name: loc.text(msgid) for name, msgid in _TEXTS.items()},
            examples=loc.phrases(_EXAMPLES),
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _own_name(language: str) -> str:
    """Name a language in itself: English, Français."""
    return (Locale.parse(language).get_language_name(language) or language).capitalize()
