"""One message tells how far a file is and brings it, on platforms that are pushed to."""

import pytest

from bot import exporting
from bot.bootstrap import Bot
from bot.delivery import Delivered, Receipt
from bot.documents.cdr import Format
from store import people
from store.models import ExportState, File, OutboxState, Role
from tests.exports.asking import Asker, asks, count, rows, work
from tests.exports.worker import Worker
from tests.pushed import Pushed


@pytest.fixture
def ann(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Asker:
    """Somebody who has asked for a long file, and was told that it is under way."""
    monkeypatch.setattr(exporting, "AT_ONCE", dict.fromkeys(Format, 0))
    pushed = Pushed(asks(bot))
    pushed.sign_in()
    return Asker(pushed)


class AtWork(Worker):
    """What it says is sent at once."""

    def __init__(self, asker: Asker) -> None:
        super().__init__(asker.pushed.bot)
        self.pushed = asker.pushed
        self.keep(b"a,b")

    def tell(self, share: float) -> None:
        super().tell(share)
        self.pushed.work()

    def finish(self) -> None:
        super().finish()
        self.pushed.work()


def test_the_message_is_edited_until_it_brings_the_file(ann: Asker) -> None:
    ann.ask()
    worker = AtWork(ann)
    for share in (0.1, 0.1, 0.5):
        worker.tell(share)
    worker.finish()
    answer, *states = ann.got
    assert "I am preparing your file" in answer.reply.text
    assert [None, "m2", "m3"] == [state.replaces for state in states]
    assert ["9%", "49%"] == [state.reply.text.split()[5] for state in states[:-1]]
    assert "Your file is ready" == states[-1].reply.title
    assert ("calls-1.csv",) == tuple(file.filename for file in states[-1].reply.files)
    assert {True} == {message.private for message in states}


def test_the_same_percentage_is_told_once(ann: Asker) -> None:
    ann.ask()
    worker = AtWork(ann)
    for share in (0.2, 0.2, 0.2):
        worker.tell(share)
    assert 2 == len(ann.got)


def test_nothing_is_told_while_the_state_before_is_on_its_way(ann: Asker) -> None:
    ann.ask()
    worker = AtWork(ann)
    ann.pushed.sender.says = [Receipt(state=Delivered.RETRY, retry_after=60)]
    for share in (0.1, 0.2, 0.3):
        worker.tell(share)
    assert [OutboxState.SENT, OutboxState.WAITING] == ann.pushed.states()
    worker.finish()
    ann.pushed.hurry()
    while ann.pushed.work():
        pass
    assert [None, "m3"] == [message.replaces for message in ann.got[2:]]


def test_a_message_that_is_gone_is_followed_by_the_next(ann: Asker) -> None:
    """The person deleted it, so the sender wrote another: that one is edited from then on."""
    ann.ask()
    worker = AtWork(ann)
    worker.tell(0.1)
    worker.tell(0.2)  # "m3", whatever it replaced
    worker.finish()
    assert [None, "m2", "m3"] == [message.replaces for message in ann.got[1:]]


def test_who_has_no_private_chat_yet_gets_it_in_one_when_it_opens(ann: Asker) -> None:
    ann.ask(room="C1")
    held = len(ann.got)
    ann.pushed.sender.says = [Receipt(state=Delivered.HELD)] * 2
    worker = AtWork(ann)
    for share in (0.1, 0.2, 0.3):
        worker.tell(share)
    worker.finish()
    assert [OutboxState.HELD] * 2 == ann.pushed.states()[held:]
    assert {True} == {message.aside for message in ann.got[held:]}
    ann.pushed.say("/start")
    while ann.pushed.work():
        pass
    assert [True, False] == [m.replaces is None for m in ann.got[held + 2 :] if m.aside]


def test_other_messages_of_the_conversation_are_left_alone(ann: Asker) -> None:
    ann.ask()
    worker = AtWork(ann)
    worker.tell(0.1)
    ann.pushed.say("hello")
    ann.pushed.work()
    worker.finish()
    assert ["m2"] == [message.replaces for message in ann.got if message.replaces]


@pytest.mark.parametrize("loss", ["link", "role"])
def test_who_lost_the_right_to_it_meanwhile_is_told_so(ann: Asker, loss: str) -> None:
    ann.ask()
    worker = AtWork(ann)
    worker.tell(0.5)
    lose(ann.pushed.bot, loss)
    worker.finish()
    last = ann.got[-1]
    assert last.reply.text.startswith("I stopped preparing your file")
    assert () == last.reply.files
    assert [ExportState.REFUSED] == [export.state for export in rows(ann.pushed.bot)]


def test_who_lost_the_right_to_it_before_it_began_is_told_so(ann: Asker) -> None:
    ann.ask()
    lose(ann.pushed.bot, "link")
    assert work(ann.pushed.bot)
    while ann.pushed.work():
        pass
    assert ann.got[-1].reply.text.startswith("I stopped preparing your file")
    assert 0 == count(ann.pushed.bot, File)


def test_who_lost_the_right_to_it_at_the_last_moment_does_not_get_it(ann: Asker) -> None:
    """It was written already: what is sent is looked at again."""
    ann.ask()
    worker = AtWork(ann)
    before = len(ann.got)
    work_later, ann.pushed.work = ann.pushed.work, lambda: False
    worker.finish()
    lose(ann.pushed.bot, "role")
    work_later()
    assert before == len(ann.got)
    assert OutboxState.REFUSED == ann.pushed.states()[-1]


def lose(bot: Bot, what: str) -> None:
    with bot.database.write() as session:
        person = people.person(session, platform="push", workspace="", user="ann")
        if what == "link":
            people.unlink(session, person_id=person.id)
            return
        member = people.membership(
            session, portal_user_id=person.portal_user_id, account_id=person.account_id
        )
        member.role = Role.TECHNICAL
        session.add(member)
