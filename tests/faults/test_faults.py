"""Many events while processes are killed, calls refused and responses lost.

FAULT_EVENTS and FAULT_KILLS make a run smaller: a quick one has 600 and 3.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest

from store import people
from store.db import Database
from tests.faults.checker import Findings, check
from tests.faults.events import Side, Slack, Telegram, conversations
from tests.faults.posting import Poster
from tests.faults.processes import Program, Programs, answers, free_port, is_done, report, until

EVENTS = int(os.environ.get("FAULT_EVENTS", "10000"))
KILLS = int(os.environ.get("FAULT_KILLS", "10"))
SEED = 3
FAULTS = "--rate-429 0.01 --rate-503 0.01 --lost 0.005 --retry-after 1".split()
LONGEST = 900.0  # seconds; how fast it goes is not tested here
LAGGARD = 0.3  # seconds at most from the event that calls for a kill to the kill

# One after another: each keeps two processors busy.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


@pytest.fixture(params=[Slack(), Telegram()], ids=lambda side: side.name)
def side(request) -> Side:
    return request.param


class Run:
    """A store and its programs, and events that are posted on a thread to any of `urls`."""

    def __init__(self, side: Side, programs: Programs, posts: int, pause: float | None = None):
        self.side = side
        self.programs = programs
        self.events = conversations(posts, SEED, pause)
        self.stand_in = programs.stand_in(side.name, "--seed", str(SEED), *FAULTS)
        self.urls: list[str] = []

    def serve(self, *options: str) -> Program:
        port = free_port()
        self.urls.append(f"http://127.0.0.1:{port}")
        return self.bot("serve", "--port", str(port), *options)

    def bot(self, *command: str) -> Program:
        return self.programs.bot(*command, **self.side.environment(self.stand_in))

    @contextmanager
    def posting(self) -> Iterator[None]:
        """Post as long as the block lasts, and until all is answered."""
        for url in self.urls:
            until(partial(answers, url), 60)
        self.poster = Poster(self.side, self.urls, self.programs.folder / "posted.jsonl")
        with ThreadPoolExecutor(1) as thread, self.poster.stopping():
            self._posting = thread.submit(self.poster.run, self.events)
            yield
            self._posting.result(LONGEST)
            until(lambda: any(map(is_done, self.urls)), LONGEST)

    def until_taken(self, share: float) -> None:
        """Wait until this share of the events is taken."""
        enough = share * sum(map(len, self.events))
        until(lambda: self.poster.taken >= enough or self._posting.done(), LONGEST)

    def expect_nothing_amiss(self, kills: int) -> Findings:
        """Compare the records, once nobody writes to them any more."""
        assert [] == report(self.stand_in)["breaches"]
        folder = self.programs.folder
        findings = check(folder / "posted.jsonl", folder / "received.jsonl")
        print(findings, f"{findings.per_second} events a second")
        assert sum(map(len, self.events)) == findings.events
        assert (0, 0, 0) == (findings.lost, findings.out_of_order, findings.strange)
        # Slack can be asked what is out. On Telegram twice is better than never.
        doubles = 0 if self.side.name == "slack" else kills + findings.responses_lost
        assert findings.doubled <= doubles
        return findings


@pytest.fixture
def run(side, stores, tmp_path) -> Iterator[Callable[..., Run]]:
    """Make a run of so many posts on a store in which everybody is linked."""
    with stores.copied("sampled") as store, Programs(tmp_path, store) as programs:

        def make(posts: int, pause: float | None = None) -> Run:
            made = Run(side, programs, posts, pause)
            link(store, side, len(made.events))
            return made

        yield make


def link(store: str, side: Side, rooms: int) -> None:
    """Link the people of every conversation to an account: others are not told of numbers."""
    database = Database.connect(store)
    with database.write() as session:
        user = people.portal_user_named(session, username="demo@maple.example")
        account, _membership = people.accounts_of(session, portal_user_id=user.id)[0]
        for number in range(1, rooms + 1):
            key = {"platform": side.name, "workspace": side.workspace, "user": side.user(number)}
            person = people.meet(session, **key, display_name="")
            people.link(session, person_id=person.id, portal_user_id=user.id, account_id=account.id)
    database.dispose()


def test_killed_again_and_again(run):
    """SIGKILL at any moment, refused calls and lost responses lose, double and mix up nothing."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    tried = run(EVENTS)
    bot = tried.serve()
    with tried.posting():
        for share in sorted(chance.uniform(0.02, 0.98) for _ in range(KILLS)):
            tried.until_taken(share)
            time.sleep(chance.uniform(0, LAGGARD))
            bot.kill()
            bot.start()
    assert 0 == bot.stop()[0]
    assert EVENTS <= tried.expect_nothing_amiss(KILLS).posts


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_asked_to_stop_under_load(run):
    """It ends within 25 seconds with 0, and the next process goes on where it was."""
    tried = run(300, pause=0.2)
    bot = tried.serve()
    with tried.posting():
        tried.until_taken(0.5)
        status, seconds = bot.stop()
        bot.start()
    assert 0 == status
    assert seconds < 25
    assert 0 == bot.stop()[0]
    tried.expect_nothing_amiss(kills=0)


@pytest.mark.parametrize("side", [Slack()], ids=["slack"])
@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_several_processes_of_which_some_are_killed(run):
    """Two that serve and two that work on one store: the others do what a killed one left."""
    tried = run(500, pause=0.5)
    serving = [tried.serve("--no-worker") for _ in range(2)]
    working = [tried.bot("worker") for _ in range(2)]
    with tried.posting():
        tried.until_taken(0.4)
        serving[0].kill()
        tried.until_taken(0.6)
        working[0].kill()
    assert [0, 0] == [program.stop()[0] for program in (serving[1], working[1])]
    tried.expect_nothing_amiss(kills=2)
