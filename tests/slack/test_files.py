"""Files on Slack: one message tells how far they are, and they follow it."""

from store.models import OutboxState
from tests.exports.worker import asked_for
from tests.slack.running import text_of


def test_one_message_is_edited_and_the_file_follows(slack, bot, ana):
    bot.sign_in(ana.user, "demo@maple.example")
    before = len(ana.says("hello"))
    worker = asked_for(bot.bot, platform="slack", user=ana.user)
    for share in (0.1, 0.5):
        worker.tell(share)
        bot.settle()
    content = bytes(range(256)) * 2_000  # two chunks
    worker.keep(content)
    worker.finish()
    said = bot.said_to(ana.chat)[before:]
    posted = [sent for sent in said if sent.method == "chat.postMessage"]
    updates = [sent for sent in said if sent.method == "chat.update"]
    assert (1, 2) == (len(posted), len(updates))
    assert {posted[0].message_id} == {sent.arguments["ts"] for sent in updates}
    assert "Your file is ready" in text_of(updates[-1])
    (shared,) = slack.files.contents.items()
    assert content == shared[1]
    assert "calls-1.csv" == slack.files.all[shared[0]]["name"]
    assert {OutboxState.SENT} == set(bot.states())


def test_in_a_room_it_all_comes_in_private(slack, bot, ana):
    bot.sign_in(ana.user, "demo@maple.example")
    ana.mentions("hello")
    room = len(slack.sent)
    worker = asked_for(bot.bot, platform="slack", user=ana.user)
    worker.tell(0.5)
    bot.settle()
    worker.keep(b"a,b,c")
    worker.finish()
    bot.settle()
    where = {
        sent.arguments.get("channel") or sent.arguments.get("channel_id")
        for sent in slack.sent[room:]
    }
    assert {ana.chat} == where
