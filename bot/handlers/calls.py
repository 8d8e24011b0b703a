"""Ask my calls: which ones, how many, what they cost, and the same in a file."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache

from bot.billing.windows import CDR_MONTHS
from bot.calls_view import LONGEST, MARK, XLS, Asked, CallsView, of_button, read
from bot.calls_view import words as vocabulary
from bot.commands import Answer, Command, Context
from bot.documents import calls_found, calls_in_words, wording
from bot.documents.calls_found import SHOWN, Found, days_of
from bot.documents.cdr import CallsFile, Format
from bot.documents.living.own import Own
from bot.exporting import Delivered, deliver
from bot.faq import facts, library
from bot.history_view import INVOICES, in_every_language, unknown_button, words
from bot.i18n import N_, Localizer
from bot.messages import Button, Reply, Table
from bot.slots.words import plain
from bot.which_day import ask_which_day, day_chosen
from store.call_filter import Between

HOW_TO, OLD = "cdr-where", "cdr-before-july-2025"  # topics
# Of a sentence of which more is not understood than this, nothing is answered but how to find it.
MOST_NOT_UNDERSTOOD = 6
FEW = 3  # words beside those that were understood
_LONGEST_REST = 80  # characters of what was not understood that are said back
_FORMATS = {
    Format.XLSX: N_("In Excel"),
    Format.CSV: N_("As CSV"),
    Format.PDF: N_("As PDF"),
}


def handle(context: Context) -> Answer:
    """Show the calls that the button or the sentence asks for, or say how to find them."""
    own = Own(context)
    asked = _asked(context, own.today)
    found = Found(context, own, asked.view)
    if asked.days:
        return _which_day(found, asked)
    if _is_for_steps(context, asked):
        return _how_to(found)
    first, last = asked.view.period or found.period
    if last < own.call_window[0].first:
        return _too_old(found, last)
    context.ask(replace(asked.view, period=found.period).button())
    if first > own.today:
        return _to_come(found)
    return _listed(found, asked)


def fits(text: str, asked: str) -> str | None:
    """Understand "in Excel", "and in September?", "only outgoing" of the calls just shown."""
    day, view = day_chosen(text, asked)
    if day:
        return day
    said = read(text, today=_now())
    if in_every_language(INVOICES).intersection(words(text)) and not (
        said.names_calls or said.goes_on
    ):
        return None  # an invoice is asked for
    changes = said.says_something or said.step or said.whole
    is_new = said.names_calls and not said.goes_on and not said.whole
    if not changes or is_new or said.rest or said.asks_how or said.asks_sums:
        return None
    return f"{view} {text}"


def claims(text: str) -> str | None:
    """Know a sentence that asks for calls by what they are like, and says nothing besides."""
    said = _asking(text, _now())
    if said is None or said.rest:
        return None
    return None if said.asks_sums and "period" not in said.given else text


def leans(text: str) -> str | None:
    """Take a sentence that asks for calls and says a little besides, unless it means a topic."""
    said = _asking(text, _now())
    if said is None or len(said.rest) > FEW:
        return None
    asks_of_somebody = said.with_somebody and said.rest and said.rest[0].istitle()
    return text if said.asks_list or asks_of_somebody else None


@lru_cache(maxsize=8)  # a message is tried by `claims` and by `leans`
def _asking(text: str, today: date) -> Asked | None:
    """Read a sentence that asks for calls themselves, of days that the portal has known."""
    if len(text) > LONGEST:
        return None
    said = read(text, today=today)
    if not (said.names_calls and said.says_something) or said.asks_how:
        return None
    if _tells_of_fault(said) or _asks_whether_free(said):
        return None
    period = said.view.period
    return None if period and period[1] < facts.first_cdr_month() else said


def _tells_of_fault(said: Asked) -> bool:
    """Whether calls do not work: that is for technical support, and no list of calls."""
    return any(vocabulary.of("fault").search(plain(word)) for word in said.rest)


def _asks_whether_free(said: Asked) -> bool:
    """Whether "free" asks for a rate: "are calls to the US free" wants no calls that were made."""
    free = said.view.charge_millionths == Between(None, 0)
    return free and not said.asks_list and "period" not in said.given


def _now() -> date:
    """Give a day on which words are read for their shape alone."""
    return datetime.now(UTC).date()


def _asked(context: Context, today: date) -> Asked:
    """Read a button's argument, words, or words that change what was shown before."""
    args, request = context.args, context.request
    if args.startswith(MARK):
        button, _, words = args.partition(" ")
        view, file_format = of_button(button)
        said = read(words, today=today)
        return replace(said, view=said.onto(view), file_format=said.file_format or file_format)
    if not request.is_pressed:
        return read(args or request.text, today=today)
    asked = read(args, today=today)
    if args and not asked.says_something:
        raise unknown_button()
    return asked


def _is_for_steps(context: Context, asked: Asked) -> bool:
    """Whether the steps are asked for, or too little was understood to show any calls."""
    if context.args.startswith(MARK) or context.request.action == command.name:
        return False
    too_little = not asked.says_something or len(asked.rest) > MOST_NOT_UNDERSTOOD
    return asked.asks_how or too_little


def _which_day(found: Found, asked: Asked) -> Answer:
    days = [
        replace(found.view, period=(day.first, day.last)).button(asked.file_format)
        for day in asked.days
    ]
    return ask_which_day(
        found.context, asked.days, days, command=command.name, asked=found.view.button()
    )


def _how_to(found: Found) -> Answer:
    """Answer with the topic, the account's own months, and the calls that were understood."""
    context = found.context
    context.args = HOW_TO
    answer = context.commands["faq"].handle(context)
    first, last = found.period
    context.ask(replace(found.view, period=found.period).button())
    if answer.reply is None or last < first or first > found.own.today:
        return answer
    show = _button(found, found.heading)
    buttons = (show, *_files(found), *answer.reply.buttons)
    return replace(answer, reply=replace(answer.reply, buttons=buttons))


def _too_old(found: Found, last: date) -> Answer:
    """Say how far back calls go, and who has older ones."""
    context, loc, language = found.context, found.loc, found.loc.language
    first = (found.view.period or found.period)[0]
    if last < facts.first_cdr_month():
        text = library.topics()[OLD].answer(language=language, today=found.own.today)
    else:
        names = (
            "cdr_from",
            "cdr_to",
            "label_call_history",
            "billing_email",
            "billing_phone",
            "billing_option",
        )
        values = {
            name: facts.fill(f"{{{name}}}", language=language, today=found.own.today)
            for name in names
        }
        text = loc.text(
            "Call records are kept for {months} months: today, {cdr_from} to {cdr_to}.\n\n"
            "SONAR reaches no further: under {label_call_history}, Office Managers see up to "
            "{months} months as well. To ask the Billing Team for older calls, write to "
            "{billing_email} or call {billing_phone}, {billing_option}, and name the months you "
            "need.",
            months=loc.number(CDR_MONTHS),
            **values,
        )
    context.ask(_latest(found).view.button())
    buttons = (
        _button(_latest(found), _latest(found).heading),
        Button(loc.text("Talk to a person"), action="handoff"),
    )
    title = calls_in_words.heading(loc, found.view, first, last)
    return Answer(reply=Reply(title=title, text=text, buttons=buttons))


def _to_come(found: Found) -> Answer:
    loc, latest = found.loc, _latest(found)
    text = loc.text("These days are still to come, so there are no calls yet.")
    return Answer(
        reply=Reply(title=found.heading, text=text, buttons=(_button(latest, latest.heading),))
    )


def _latest(found: Found) -> Found:
    """Look at the latest month that is complete instead."""
    month = days_of(found.own.call_window[-1])
    return Found(found.context, found.own, replace(found.view, period=month))


def _listed(found: Found, asked: Asked) -> Answer:
    loc, total = found.loc, found.totals.all
    given = delivered = None
    if asked.file_format and total.calls:
        given = Format.XLSX if asked.file_format == XLS else Format(asked.file_format)
        delivered = _file(found, given)
    heading, counted = found.heading, calls_in_words.counted(loc, total)
    reply = Reply(
        title=loc.text("{calls}: {counted}", calls=heading, counted=counted),
        text="\n\n".join(_paragraphs(found, asked, delivered)),
        facts=tuple(calls_in_words.facts(loc, total)) if total.calls else (),
        table=_table(found) if total.calls and delivered is None else None,
        files=delivered.files if delivered else (),
        buttons=tuple(_buttons(found, given)),
    )
    # What is looked at takes the place of what was looked at before; a file comes below it.
    return Answer(reply=reply, updates=found.context.request.is_pressed and not given)


def _file(found: Found, file_format: Format) -> Delivered:
    first, last = found.period
    file = CallsFile(
        wanted=found.wanted,
        heading=found.heading_of_file,
        first=first,
        last=last,
        zone=found.own.account.time_zone,
        format=file_format,
        language=found.loc.language,
    )
    usage = found.usage[1] if found.usage else None
    return deliver(found.context, file, found.totals, usage_cents=usage)


def _table(found: Found) -> Table:
    if found.view.per_extension:
        return calls_in_words.extensions(found.loc, found.sums)
    zone = found.own.account.time_zone
    some_billed = found.totals.billed.calls > 0
    return calls_in_words.table(found.loc, found.rows, zone, mark_unbilled=some_billed)


def _paragraphs(found: Found, asked: Asked, delivered: Delivered | None) -> Iterator[str]:
    loc, totals = found.loc, found.totals
    yield from _not_understood(loc, asked)
    if not totals.all.calls:
        yield loc.text("I find no such calls.")
    yield from calls_found.cities(found)
    yield from calls_found.unsaid(found)
    if asked.view.period and asked.view.period[0] < found.period[0]:
        first = loc.month(found.period[0])
        yield loc.text(
            "Call records are kept from {month} on; older calls are not here.", month=first
        )
    yield from calls_found.per_extension(found)
    if delivered is None and totals.all.calls > SHOWN and not found.view.per_extension:
        yield loc.text("Here are the first {n}; a file has them all.", n=loc.number(SHOWN))
    yield from calls_found.unbilled(loc, totals)
    yield from calls_found.invoiced(found)
    if delivered is not None:
        if asked.file_format == XLS:
            yield loc.text(
                "Excel files are made as .xlsx, which takes the place of the older .xls."
            )
        yield from delivered.notes
        if delivered.under_way:
            yield delivered.under_way


def _not_understood(loc: Localizer, asked: Asked) -> Iterator[str]:
    if asked.rest:
        yield wording.not_understood(loc, " ".join(asked.rest)[:_LONGEST_REST])


def _buttons(found: Found, given: Format | None) -> Iterator[Button]:
    loc = found.loc
    if found.totals.all.calls:
        yield from _files(found, but=given)
    first, last = found.period
    period = replace(found.view, period=(first, last))
    for step in (-1, 1):
        other = Found(found.context, found.own, period.moved(step))
        if other.is_within:
            yield _button(other, wording.period(loc, *other.period))
    if not found.view.is_whole:
        whole = Found(found.context, found.own, CallsView(period=(first, last)))
        yield _button(whole, loc.text("All calls"))


def _files(found: Found, *, but: Format | None = None) -> Iterator[Button]:
    view = replace(found.view, period=found.period)
    for file_format, label in _FORMATS.items():
        if file_format != but:
            yield Button(found.loc.text(label), action=f"{command.name}:{view.button(file_format)}")


def _button(found: Found, label: str) -> Button:
    view = replace(found.view, period=found.period)
    return Button(label, action=f"{command.name}:{view.button()}")


command = Command(
    name="calls",
    help=N_("My calls, and files of them"),
    place=32,
    handle=handle,
    fits=fits,
    claims=claims,
    leans=leans,
)
