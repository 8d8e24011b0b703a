"""The command line: thin, it parses, calls and prints. Operators' texts are English."""

import json
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from bot import __version__, cli_faq, cli_import, cli_setup
from bot.cli_parts import acting, load_settings, open_store, settled, show_result


def main() -> None:
    commands()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="billing-bot")
def commands() -> None:
    """A billing support desk in chat, in English and French."""


for _command in (cli_setup.slack, cli_setup.telegram, cli_setup.doctor, cli_import.import_):
    commands.add_command(_command)


@commands.command()
@click.option(
    "--as", "username", metavar="USERNAME", help="Chat as this portal user (development)."
)
@click.option("--lang", type=click.Choice(["en", "fr"]), help="The language to start in.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines in, JSON lines out.")
@click.option("--files", type=click.Path(path_type=Path, file_okay=False), help="Save files here.")
@click.option("--conversation", metavar="NAME", help="Go on with a conversation of this name.")
@settled
def chat(
    username: str | None,
    lang: str | None,
    as_json: bool,
    files: Path | None,
    conversation: str | None,
) -> None:
    """Talk to the bot: a line in, a reply out."""
    from bot.adapters.console.settings import ConsoleSettings
    from bot.adapters.console.transport import Console
    from bot.bootstrap import link_console, open_bot
    from bot.jobs.beside import making_files

    # Between a person's lines only what went wrong is worth a line.
    settings = load_settings(None if as_json else "WARNING")
    with open_bot(settings) as bot:
        name = conversation or uuid4().hex
        console = ConsoleSettings(
            user=f"{username or ''}:{name}",
            conversation=name,
            language=lang,
            as_json=as_json,
            files=files,
        )
        if username is not None:
            link_console(bot, user=console.user, username=username)
        with making_files(bot.database, bot.delivery, bot.settings):
            Console(bot.delivery, console, sys.stdin, sys.stdout).run()


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), help="Default: PORT or 8000.")
@click.option("--no-worker", is_flag=True, help="Leave retries, staff messages and jobs alone.")
@click.option("--next-port", is_flag=True, help="When the port is taken, take the next one.")
@settled
def serve(host: str, port: int | None, no_worker: bool, next_port: bool) -> None:
    """Receive messages, answer them, and serve the web chat."""
    from bot.server import serve as run

    run(load_settings(), host=host, port=port, worker=not no_worker, next_port=next_port)


@commands.command()
@settled
def worker() -> None:
    """Send what waits: retries, staff messages, jobs."""
    from bot.server import work

    work(load_settings())


@commands.group()
def db() -> None:
    """The database."""


@db.command()
@settled
def upgrade() -> None:
    """Bring the schema up to date."""
    from store.db import Database

    database = Database.connect(load_settings().database_url)
    try:
        database.upgrade()
    finally:
        database.dispose()
    click.echo("The database is up to date.", err=True)


@commands.command()
@click.option("--accounts", type=click.IntRange(1), default=100, show_default=True)
@click.option("--calls", type=click.IntRange(0), default=10_000, show_default=True)
@settled
def sample(accounts: int, calls: int) -> None:
    """Fill the store with made-up accounts, for trying things out."""
    from bot.sampling import fill_many

    summary = fill_many(load_settings(), accounts=accounts, calls=calls)
    click.echo(
        f"{summary.accounts} accounts, {summary.transactions} transactions, {summary.calls} calls.",
        err=True,
    )


@commands.group()
def faq() -> None:
    """The knowledge base."""


for _command in cli_faq.commands():
    faq.add_command(_command)


@faq.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a question.")
@click.option("--lang", type=click.Choice(["en", "fr"]), help="The language of the questions.")
@settled
def ask(as_json: bool, lang: str | None) -> None:
    """Say what the bot would do with each line of input as a first message."""
    from bot.understanding import Understanding

    understanding = Understanding()
    for line in sys.stdin:
        found = understanding.of(line.rstrip("\n"), language=lang)
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            click.echo(f"{found['outcome']:8} {found['score']:.2f} {found['topic'] or '-'}")
        sys.stdout.flush()


@commands.group()
def staff() -> None:
    """Tickets: what people at the desk answer."""


staff.add_command(cli_setup.link)
_as = click.option("--as", "username", metavar="USERNAME", help="Who acts.")
_json = click.option("--json", "as_json", is_flag=True, help="JSON.")


@staff.command(name="list")
@_as
@_json
@settled
def list_tickets(username: str | None, as_json: bool) -> None:
    """List the open tickets, urgent ones first."""
    from bot import desk, desk_text

    with open_store() as database:
        _check(database, username)
        cases = desk.open_cases(database)
    show_result(as_json, [desk_text.row(case) for case in cases], desk_text.listing(cases))


@staff.command()
@click.argument("ticket")
@_as
@_json
@settled
def show(ticket: str, username: str | None, as_json: bool) -> None:
    """Show a ticket with what was said."""
    from bot import desk, desk_text

    with open_store() as database:
        _check(database, username)
        case, messages = desk.show(database, ticket)
    show_result(as_json, desk_text.whole(case, messages), desk_text.page(case, messages))


@staff.command()
@click.argument("ticket")
@click.argument("text")
@_as
@_json
@settled
def reply(ticket: str, text: str, username: str | None, as_json: bool) -> None:
    """Answer the customer; the answer reaches their chat by itself."""
    from bot import desk, desk_text

    with open_store() as database:
        case = desk.reply(database, ref=ticket, text=text, staff=acting(database, username))
    show_result(as_json, desk_text.row(case), f"Sent to the customer of {case.ticket.ref}.")


@staff.command()
@click.argument("ticket")
@_as
@_json
@settled
def close(ticket: str, username: str | None, as_json: bool) -> None:
    """Close a ticket; the customer is told."""
    from bot import desk, desk_text

    with open_store() as database:
        case = desk.close(database, ref=ticket, staff=acting(database, username))
    show_result(as_json, desk_text.row(case), f"{case.ticket.ref} is closed.")


@staff.command()
@click.argument("username")
@click.option("--name", default="", help="As customers and colleagues read it.")
@click.option("--lang", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@click.option("--sees-figures", is_flag=True, help="May look at customers' balances.")
@settled
def add(username: str, name: str, lang: str, sees_figures: bool) -> None:
    """Add somebody to the desk."""
    from bot import desk

    with open_store() as database:
        desk.add_member(
            database, username=username, name=name, language=lang, sees_figures=sees_figures
        )
    click.echo(f"{username} is at the desk now.")


def _check(database: Any, username: str | None) -> None:
    """Reading needs no name, but one that is given must be somebody's."""
    if username is not None:
        acting(database, username)
