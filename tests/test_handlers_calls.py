"""Asking for calls in a chat: figures that are the store's, files, what goes on, whose calls."""

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.billing.windows import period_bounds
from bot.bootstrap import Bot, router
from bot.calls_view import CallsView
from bot.faq import library
from bot.messages import Outcome, Request
from bot.router import Recall, Router
from store import calls, files
from store.call_filter import CallFilter
from store.db import Database
from store.models import CallRecord, Direction, Role
from store.scope import Scope
from tests.talk import Talk

MAPLE, OTHER = "demo@maple.example", "demo@erable.example"
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
ZONE = "America/Toronto"


@pytest.fixture
def maple(bot: Bot) -> Talk:
    return Talk(bot).signed_in(MAPLE)


def scope_of(account_id: int) -> Scope:
    return Scope(portal_user_id=1, account_id=account_id, role=Role.ADMINISTRATOR)


def october(**fields: object) -> CallFilter:
    return CallsView(**fields).wanted(*period_bounds(*OCTOBER, ZONE))  # type: ignore[arg-type]


def test_the_figures_are_those_of_the_store(maple: Talk, sampled: Database) -> None:
    message = maple.say("calls to the UK in October")
    with sampled.read() as session:
        wanted = october(direction=Direction.OUT, places=("GB",))
        total = calls.total(session, scope=scope_of(1), wanted=wanted).all
    assert total.calls
    dollars = f"${(total.charge_millionths + 5_000) // 10_000 / 100:.2f}"
    assert message.reply.title == (
        f"Outgoing calls to the United Kingdom, October 2026: {total.calls} calls, {dollars}"
    )
    assert message.reply.table is not None
    assert len(message.reply.table.rows) == min(total.calls, 10)
    assert message.private


def test_a_country_of_many_area_codes_can_be_asked_for(maple: Talk) -> None:
    """The United States have hundreds, and all of them go into one question to the store."""
    reply = maple.say("calls to the US in October").reply
    assert reply.table is not None
    assert {row[2][:3] for row in reply.table.rows} == {"212"}


def test_of_cities_of_one_name_those_with_calls_are_said(maple: Talk, sampled: Database) -> None:
    """All of them are counted, and the file is named after the ones that were called."""
    with sampled.read() as session:
        wanted = october(direction=Direction.OUT, places=("GB/london",))
        british = calls.total(session, scope=scope_of(1), wanted=wanted).all.calls
    assert british
    assert maple.say("calls to London in October").reply.title == (
        f"Outgoing calls to London, United Kingdom, October 2026: {british} calls, $0.68"
    )
    with sampled.write() as session:
        session.add(_call(account_id=1, key="ontario", to="+15194320123"))
        session.add(_call(account_id=2, key="kentucky", to="+16068620123"))
    reply = maple.say("calls to London in October as csv").reply
    assert (reply.title or "").startswith(
        "Outgoing calls to London, United Kingdom or London, Ontario, October 2026: "
        f"{british + 1} calls"
    )
    assert reply.files[0].filename == (
        "calls-2026-10-outgoing-calls-to-london-united-kingdom-or-london-ontario.csv"
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("calls to Halifax in October", "Several places are called Halifax, among them Halifax, "),
        ("calls to Montreal in October", "by its area codes, 263, 438 and 514."),
        ("appels vers Lyon en octobre", "comme la plupart des cellulaires, ne sont pas comptés."),
    ],
)
def test_by_what_a_city_is_told_is_said(maple: Talk, said: str, words: str) -> None:
    assert words in maple.say(said).reply.text


def test_a_city_can_be_asked_for_after_its_country(maple: Talk) -> None:
    maple.say("calls to the UK in October")
    assert "to London, United Kingdom" in (maple.say("only to London").reply.title or "")


def test_missed_calls_are_those_that_nobody_answered(maple: Talk, sampled: Database) -> None:
    """What rang at two telephones and was answered at one is not missed."""
    before = _count(maple.say("missed calls in October").reply.title)
    assert before
    with sampled.write() as session:
        for key, ending in (("a1", "ANSWERED"), ("a2", "NO ANSWER"), ("b", "BUSY"), ("c", "")):
            leg = _call(account_id=1, key=key)
            leg.call_id, leg.disposition, leg.direction = key[0], ending, Direction.IN
            session.add(leg)
    reply = maple.say("missed calls in October").reply
    assert _count(reply.title) == before + 1
    assert (
        "1 more call is left out: its record does not tell whether it was answered." in reply.text
    )
    everything = _count(maple.say("incoming calls in October").reply.title)
    answered = _count(maple.say("answered incoming calls in October").reply.title)
    assert everything == answered + before + len(["a2", "b", "c"])


def _count(title: str | None) -> int:
    found = re.search(r": (\d+) call", title or "")
    assert found
    return int(found[1])


@pytest.mark.parametrize("said", ["calls", "outgoing calls", "missed calls", "internal calls"])
def test_the_sums_of_extensions_come_to_the_total(
    maple: Talk, sampled: Database, said: str
) -> None:
    whole = maple.say(f"{said} in October").reply.title or ""
    reply = maple.say(f"{said} per extension in October").reply
    assert (reply.title or "").replace(" per extension", "") == whole
    assert reply.table is not None
    *rows, total = reply.table.rows
    assert len(rows) > 1
    dollars = [Decimal(row[3].removeprefix("$")) for row in (*rows, total)]
    assert sum(dollars[:-1]) == dollars[-1]
    assert sum(int(row[1]) for row in rows) == int(total[1]) == _count(whole)
    assert dollars[:-1] == sorted(dollars[:-1], reverse=True)


def test_a_file_of_sums_is_of_the_calls(maple: Talk) -> None:
    reply = maple.say("calls per extension in October as csv").reply
    assert reply.files[0].filename == "calls-2026-10.csv"
    assert "Files list the calls themselves" in reply.text
    assert maple.say("and in September").reply.title == (
        maple.say("calls per extension in September").reply.title
    )


def test_a_file_of_missed_calls_is_named_after_them(maple: Talk) -> None:
    (file,) = maple.say("appels manqués en octobre en CSV").reply.files
    assert file.filename == "appels-2026-10-manques.csv"


def test_a_file_holds_the_calls_that_were_counted(maple: Talk, sampled: Database) -> None:
    """Its sums are the chat's, and every row is there."""
    message = maple.say("my calls of last month as csv")
    (file,) = message.reply.files
    assert file.filename == "calls-2026-10.csv"
    with sampled.read() as session:
        kept = files.by_ref(session, scope=scope_of(1), ref=file.ref)
        assert kept is not None
        content = files.chunk(session, scope=scope_of(1), file_id=kept.id or 0, number=0)
        total = calls.total(session, scope=scope_of(1), wanted=october()).all
    rows = list(csv.reader(io.StringIO((content or b"").decode("utf-8-sig"))))
    assert sum(row[:1] != [] and row[0].startswith("001234-") for row in rows) == total.calls
    assert message.reply.title
    assert f"{total.calls} calls" in message.reply.title


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "pdf"])
def test_each_format_comes_with_its_button(maple: Talk, file_format: str) -> None:
    maple.say("the 3 longest calls in October")
    button = next(
        button
        for button in maple.last.reply.buttons  # type: ignore[union-attr]
        if (button.action or "").endswith(f"f={file_format}")
    )
    (file,) = maple.press(button.action or "").reply.files
    assert file.filename == f"calls-2026-10-the-3-longest.{file_format}"


def test_an_older_excel_file_is_explained(maple: Talk) -> None:
    reply = maple.say("mes CDR du mois passé en XLS").reply
    assert reply.files[0].filename == "appels-2026-10.xlsx"
    assert ".xls" in reply.text


def test_the_invoice_that_bills_the_month_is_named(maple: Talk) -> None:
    assert "INV00054051 bills the same usage: $9.71" in maple.say("calls in October").reply.text
    # Of a part of the month, no invoice bills just that.
    assert "INV" not in maple.say("outgoing calls in October").reply.text


def test_a_difference_from_the_invoice_is_shown(maple: Talk, sampled: Database) -> None:
    with sampled.write() as session:
        session.add(
            _call(account_id=1, key="one-more", charge=30_000, invoice_id=_invoice(session))
        )
    text = maple.say("calls in October").reply.text
    assert "bills usage of $9.71" in text
    assert "a difference of $0.03" in text


def test_calls_not_billed_yet_are_told_apart(maple: Talk, sampled: Database) -> None:
    assert "None of these calls is billed yet." in maple.say("calls in November").reply.text
    with sampled.write() as session:
        session.add(_call(account_id=1, key="one-more", charge=5_000_000, invoice_id=None))
    reply = maple.say("the 2 most expensive calls in October").reply
    assert "Of these, not billed yet: 1 call, $5.00." in reply.text
    assert reply.table is not None
    assert reply.table.rows[0][-1] == "$5.00, not billed yet"


@pytest.mark.parametrize(
    ("said", "then", "title"),
    [
        ("calls in October", "and in September?", "Calls, September 2026"),
        ("calls in October", "the one before", "Calls, September 2026"),
        ("calls in September", "the month after", "Calls, October 2026"),
        ("calls in October", "only outgoing", "Outgoing calls, October 2026"),
        ("outgoing calls in October", "to the UK", "Outgoing calls to the United Kingdom, October"),
        ("outgoing calls in October", "all calls", "Calls, October 2026"),
        ("appels en octobre", "et en septembre?", "Appels, septembre 2026"),
        ("appels en octobre", "seulement les sortants", "Appels sortants, octobre 2026"),
        ("appels en octobre", "juste celle du 1er octobre", "Appels, 1er octobre 2026"),
        ("appels en octobre", "juste ceux du 1er octobre", "Appels, 1er octobre 2026"),
        ("calls in October", "just the ones of October 1st", "Calls, October 1, 2026"),
        ("appels en octobre", "seulement les manqués", "Appels manqués, octobre 2026"),
        ("appels en octobre", "par poste", "Appels par poste, octobre 2026"),
        ("calls in October", "only the missed ones", "Missed calls, October 2026"),
        ("calls in October", "and to London?", "Outgoing calls to London, United Kingdom, Oct"),
        ("appels sortants en octobre", "celui d'avant", "Appels sortants, septembre 2026"),
        ("outgoing calls in October", "in french please", "Appels sortants, octobre 2026"),
        ("outgoing calls in October", "calls in September", "Calls, September 2026"),
    ],
)
def test_a_few_words_go_on_from_the_calls_shown(
    maple: Talk, said: str, then: str, title: str
) -> None:
    maple.say(said)
    assert (maple.say(then).reply.title or "").startswith(title)


@pytest.mark.parametrize(
    "then",
    ["what is my balance", "thanks", "payments in october", "my invoice of September as a pdf"],
)
def test_other_sentences_do_not_go_on(maple: Talk, then: str) -> None:
    maple.say("calls in October")
    assert "alls" not in (maple.say(then).reply.title or "")


def test_what_is_not_understood_is_said(maple: Talk) -> None:
    assert "“weird”" in maple.say("all the weird calls to the UK in September").reply.text
    reply = maple.say("tous les appels bizarres du Royaume-Uni en septembre").reply
    assert "« bizarres »" in reply.text.replace("\u00a0", " ")
    assert "Appels entrants du Royaume-Uni" in (reply.title or "")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("calls from John Smith in October", "“John Smith”"),
        ("les appels de Jean Tremblay en octobre", "« Jean Tremblay »"),
        ("my calls to Zzyzxville in October", "“Zzyzxville”"),
    ],
)
def test_a_name_that_is_not_known_is_said(maple: Talk, said: str, words: str) -> None:
    assert words in maple.say(said).reply.text.replace("\u00a0", " ")


def test_nothing_found_is_said(maple: Talk) -> None:
    reply = maple.say("calls to Cuba in October as csv").reply
    assert "no such calls" in reply.text
    assert not reply.files


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("calls in January", "May 2026 to October 2026"),
        ("calls in April 2025", "start with June 2025"),
        ("calls in December 2026", "still to come"),
        ("calls in 2026", "from May 2026 on"),
    ],
)
def test_outside_of_the_window(maple: Talk, said: str, words: str) -> None:
    assert words in maple.say(said).reply.text


def test_where_to_find_them_is_still_told(maple: Talk) -> None:
    reply = maple.say("where do I export the call details for September?").reply
    assert "**Transaction History**" in reply.text
    assert reply.buttons[0].label == "Calls, September 2026"


def test_a_doubtful_day_is_asked_back(maple: Talk) -> None:
    message = maple.say("calls on 03/11/2026")
    assert message.said is not None
    assert message.said.outcome is Outcome.CLARIFY
    assert "November 3, 2026" in (maple.say("the first one").reply.title or "")


def test_who_is_not_linked_gets_the_steps(talk: Talk) -> None:
    reply = talk.say("all calls to the UK in September").reply
    assert "**Transaction History**" in reply.text
    assert reply.buttons[0].url is not None


def test_a_room_hears_nothing_of_the_account(bot: Bot) -> None:
    maple = Talk(bot, one_to_one=False).signed_in(MAPLE)
    message = maple.say("all calls to the UK in September")
    assert "September 2026" not in (message.reply.title or "") + message.reply.text
    assert not message.reply.table
    assert message.reply.buttons[0].label == "See mine in private"


def _invoice(session: calls.Session) -> int:
    row = next(calls.rows(session, scope=scope_of(1), wanted=october()))
    record = session.get(CallRecord, row.id)
    assert record is not None
    assert record.invoice_id is not None
    return record.invoice_id


def _call(
    *,
    account_id: int,
    key: str,
    charge: int = 0,
    invoice_id: int | None = None,
    to: str = "+15815550123",
) -> CallRecord:
    return CallRecord(
        account_id=account_id,
        invoice_id=invoice_id,
        import_key=key,
        call_id=key,
        direction=Direction.OUT,
        start_at=datetime(2026, 10, 9, 15, tzinfo=UTC),
        to_number=to,
        duration_seconds=61,
        charge_millionths=charge,
    )


@pytest.fixture(scope="module")
def routes() -> Router:
    return router()


STAYS = [
    "there are calls on my bill I did not make",
    "calls I did not make in October",
    "my calls drop since monday",
    "je ne reçois plus d'appels depuis hier",
    "I can't receive calls since yesterday",
    "how much are calls to the UK",
    "combien coûtent les appels au Mexique",
    "please call me on monday",
    "someone is hurt, call an ambulance",
    "payments in october",
    "outgoing calls not working",
    "incoming calls are broken",
    "pas d'appels entrants",
    "les appels sortants ne fonctionnent pas",
    "est-ce gratuit d'appeler aux états-unis",
    "are calls to the US free",
    "les appels aux États-Unis sont-ils gratuits",
]


@pytest.mark.parametrize("text", STAYS)
def test_what_is_about_something_else_is_not_taken(routes: Router, text: str) -> None:
    request = Request(platform="t", user="u", room="r", event_id="e", one_to_one=True, text=text)
    assert routes.route(request, Recall()).command != "calls"


@pytest.mark.parametrize("text", ["all the free calls in October", "free calls in October"])
def test_free_calls_are_a_list_when_one_is_asked_for(routes: Router, text: str) -> None:
    request = Request(platform="t", user="u", room="r", event_id="e", one_to_one=True, text=text)
    assert routes.route(request, Recall()).command == "calls"


@pytest.mark.parametrize("step", [20, pytest.param(1, marks=pytest.mark.slow)])
def test_no_phrase_of_a_topic_is_taken_by_another_command(routes: Router, step: int) -> None:
    """What a topic says word for word is never claimed by its shape."""
    for phrase in library.phrases()[::step]:
        read = routes._read(phrase.text)
        for route in (read.claimed, read.leaning):
            action = library.topics()[phrase.target].action
            assert route is None or route.command == action, phrase.text


SENTENCES = st.sampled_from(
    [
        "calls in {month}",
        "appels sortants en {month}",
        "the 5 longest calls in {month}",
        "calls over 1 minute in {month}",
        "calls to the UK in {month}",
        "calls to +15815550123 in {month}",
        "les appels de {month}",
    ]
)
MONTHS = st.sampled_from(["september", "octobre", "november"])


def test_never_a_call_of_another_account(bot: Bot, sampled: Database) -> None:
    """The files that two accounts get for the same questions hold each one's own calls."""
    talks = {1: Talk(bot).signed_in(MAPLE), 2: Talk(bot).signed_in(OTHER)}
    with sampled.read() as session:
        every = CallFilter(
            start_at=datetime(2026, 1, 1, tzinfo=UTC), end_at=datetime(2027, 1, 1, tzinfo=UTC)
        )
        own = {
            account: {
                row.call_id for row in calls.rows(session, scope=scope_of(account), wanted=every)
            }
            for account in talks
        }
    assert all(own.values())

    @given(sentence=SENTENCES, month=MONTHS)
    def ask(sentence: str, month: str) -> None:
        for account, talk in talks.items():
            reply = talk.say(f"{sentence.format(month=month)} csv").reply
            for file in reply.files:
                with sampled.read() as session:
                    assert files.by_ref(session, scope=scope_of(3 - account), ref=file.ref) is None
                    kept = files.by_ref(session, scope=scope_of(account), ref=file.ref)
                    assert kept is not None
                    content = files.chunk(
                        session, scope=scope_of(account), file_id=kept.id or 0, number=0
                    )
                text = (content or b"").decode("utf-8-sig")
                assert not any(call_id in text for call_id in own[3 - account])

    ask()
