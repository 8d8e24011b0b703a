import asyncio
import logging
from collections.abc import Iterator

import pytest
from aiohttp import ClientError, ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.faults import Faults
from tests.platforms.slack import APP_TOKEN, BOT_TOKEN, SlackServer

WORDS = {"type": "rich_text_section", "elements": [{"type": "text", "text": "Hello."}]}
BLOCKS = [{"type": "rich_text", "block_id": "r3f.0", "elements": [WORDS]}]
METADATA = {"event_type": "billing_bot", "event_payload": {"ref": "r3f.0"}}
VIEW = {"type": "modal", "title": {"type": "plain_text", "text": "Figures"}, "blocks": BLOCKS}


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


@pytest.fixture(scope="module")
def strict_slack() -> Iterator[SlackServer]:
    """One for all the breaches: starting and stopping takes longer than they do."""
    with SlackServer() as server:
        yield server


def on_slack(server, talk, token=BOT_TOKEN):
    """Run `talk(client)` with the real client, which retries nothing."""

    async def run():
        async with ClientSession() as session:
            base = f"{server.url}/api/"
            return await talk(
                AsyncWebClient(token, base_url=base, session=session, retry_handlers=[])
            )

    return asyncio.run(run())


def refused_by_slack(server, talk, token=BOT_TOKEN):
    with pytest.raises(SlackApiError) as raised:
        on_slack(server, talk, token)
    return raised.value.response["error"]


def test_slack_knows_the_bot(slack):
    """The bot learns who it is and what it may do; a wrong token learns nothing."""

    async def talk(client):
        return await client.auth_test()

    answer = on_slack(slack, talk)
    assert "U0BOT B0BOT T0TEAM".split() == [answer[k] for k in ("user_id", "bot_id", "team_id")]
    assert "chat:write" in answer.headers["x-oauth-scopes"]
    assert "invalid_auth" == refused_by_slack(slack, talk, "xoxb-stolen")


def test_slack_reads_back_what_was_posted(slack):
    """A room's history and a thread's replies hold the posts as they were sent."""

    async def talk(client):
        opened = await client.conversations_open(users=["U0ANA"])
        channel = opened["channel"]["id"]
        words = {"channel": channel, "text": "Hello.", "blocks": BLOCKS, "metadata": METADATA}
        first = await client.chat_postMessage(**words)
        second = await client.chat_postMessage(**words, thread_ts=first["ts"])
        read = {"channel": channel, "include_all_metadata": True}
        history = await client.conversations_history(
            **read, oldest=first["ts"], inclusive=True, limit=5
        )
        replies = await client.conversations_replies(**read, ts=first["ts"])
        return first, second, history["messages"], replies["messages"]

    first, second, history, replies = on_slack(slack, talk)
    assert first["ts"] < second["ts"]
    message = {
        "type": "message",
        "ts": first["ts"],
        "user": "U0BOT",
        "bot_id": "B0BOT",
        "team": "T0TEAM",
        "text": "Hello.",
        "blocks": BLOCKS,
        "metadata": METADATA,
    }
    assert [message] == history
    threaded = {**message, "ts": second["ts"], "thread_ts": first["ts"]}
    assert [message, threaded] == replies
    assert [first["ts"], second["ts"]] == [sent.message_id for sent in slack.sent]
    assert [] == slack.breaches


def test_slack_gives_history_in_pages(slack):
    """The newest come first, and the cursor leads to the rest."""
    for number in range(3):
        slack.rooms.write("C0ROOM", {"text": str(number), "user": "U0ANA"})

    async def talk(client):
        history = await client.conversations_history(channel="C0ROOM", limit=2)
        return [[message["text"] for message in page["messages"]] async for page in history]

    assert [["2", "1"], ["0"]] == on_slack(slack, talk)


def test_slack_updates_a_message(slack):
    """New text without blocks takes the old blocks away, and only the bot's own can change."""
    theirs = slack.rooms.write("C0ROOM", {"text": "Hi", "user": "U0ANA"})

    async def talk(client):
        posted = await client.chat_postMessage(channel="C0ROOM", text="One", blocks=BLOCKS)
        await client.chat_update(channel="C0ROOM", ts=posted["ts"], text="Two")
        return posted["ts"]

    message = slack.rooms.find("C0ROOM", on_slack(slack, talk))
    assert ("Two", False) == (message["text"], "blocks" in message)

    async def change(client):
        await client.chat_update(channel="C0ROOM", ts=theirs["ts"], text="Ha")

    assert "cant_update_message" == refused_by_slack(slack, change)
    assert [] == slack.breaches


@pytest.mark.parametrize(
    ("error", "method", "arguments"),
    [
        ("no_text", "chat.postMessage", {"channel": "C1", "blocks": BLOCKS}),
        ("channel_not_found", "chat.postMessage", {"channel": "#desk", "text": "a"}),
        ("invalid_blocks", "chat.postMessage", {"channel": "C1", "text": "a", "blocks": [{}]}),
        ("invalid_arguments", "chat.postMessage", {"channel": "C1", "text": "a", "thread_ts": "1"}),
        (
            "invalid_metadata_format",
            "chat.postMessage",
            {"channel": "C1", "text": "a", "metadata": {"ref": "r3f"}},
        ),
        ("invalid_arguments", "chat.postEphemeral", {"channel": "C1", "text": "a"}),
        (
            "invalid_arguments",
            "views.open",
            {"trigger_id": "1.2", "view": {**VIEW, "private_metadata": "x" * 3001}},
        ),
        ("missing_argument", "files.getUploadURLExternal", {"filename": "a", "length": "0"}),
        ("internal_error", "conversations.history", {"channel": "C1", "oldest": "yesterday"}),
        ("unknown_method", "chat.shout", {}),
    ],
)
def test_slack_refuses_what_its_documentation_forbids(strict_slack, error, method, arguments):
    """Each breach is answered with an error and kept."""
    strict_slack.breaches.clear()

    async def talk(client):
        await client.api_call(method, json=arguments)

    assert error == refused_by_slack(strict_slack, talk)
    assert [method] == [breach.split(": ")[0] for breach in strict_slack.breaches]
    assert [] == strict_slack.sent


def test_slack_opens_one_view_a_trigger(slack):
    """A view opens and changes; its trigger works once."""

    async def talk(client):
        opened = await client.views_open(trigger_id="1.2", view=VIEW)
        await client.views_update(view_id=opened["view"]["id"], view={**VIEW, "callback_id": "b"})

    on_slack(slack, talk)
    assert ["b"] == [view["callback_id"] for view in slack.views.values()]
    assert "exchanged_trigger_id" == refused_by_slack(slack, talk)


def test_slack_tells_of_people_and_rooms(slack):
    """What a test says of a user or a room is what the bot is told."""
    slack.users["U0ANA"] = {"locale": "fr-FR"}
    slack.closed["C0SHUT"] = "not_in_channel"

    async def talk(client):
        user = await client.users_info(user="U0ANA", include_locale=True)
        room = await client.conversations_info(channel="D0ANA")
        return user["user"]["locale"], room["channel"]["is_im"]

    async def post(client):
        await client.chat_postMessage(channel="C0SHUT", text="Hello?")

    assert ("fr-FR", True) == on_slack(slack, talk)
    assert "not_in_channel" == refused_by_slack(slack, post)
    assert [] == slack.breaches


def test_slack_takes_an_upload(slack):
    """A file goes up, is shared, and stands in the room's history."""

    async def talk(client):
        await client.files_upload_v2(
            channel="C0ROOM",
            filename="aging.png",
            content=b"picture",
            alt_txt="Bars",
            title="Aging",
        )
        history = await client.conversations_history(channel="C0ROOM")
        file_id = history["messages"][0]["files"][0]["id"]
        return await client.files_info(file=file_id)

    file = on_slack(slack, talk)["file"]
    assert ("aging.png", "Aging", "Bars") == (file["name"], file["title"], file["alt_txt"])
    assert b"picture" == slack.files.contents[file["id"]]
    assert ["C0ROOM"] == list(file["shares"]["public"])


def test_slack_refuses_an_upload_of_another_length(slack):
    """What was announced must come, and nothing else can be shared."""

    async def talk(client):
        asked = await client.files_getUploadURLExternal(filename="a.csv", length=9)
        async with client.session.post(asked["upload_url"], data=b"short") as uploaded:
            assert 400 == uploaded.status
        await client.files_completeUploadExternal(files=[{"id": asked["file_id"], "title": "a"}])

    assert "file_not_found" == refused_by_slack(slack, talk)
    assert "upload: 5 bytes came instead of 9" == slack.breaches[0]


def test_socket_mode_repeats_until_acknowledged(slack):
    """An envelope comes again over the next connection until it is acknowledged."""
    envelope_id = slack.push({"payload": {"event": {"type": "message"}}})

    async def first(client):
        opened = await client.apps_connections_open(app_token=APP_TOKEN)
        async with client.session.ws_connect(opened["url"]) as socket:
            return [(await socket.receive_json()) for _ in range(2)]

    hello, envelope = on_slack(slack, first)
    assert ("hello", envelope_id) == (hello["type"], envelope["envelope_id"])

    async def second(client):
        socket = SocketModeClient(APP_TOKEN, web_client=client, logger=logging.getLogger("socket"))
        got = asyncio.get_running_loop().create_future()

        async def listen(_socket, request):
            await socket.send_socket_mode_response(SocketModeResponse(request.envelope_id))
            got.set_result(request)

        socket.socket_mode_request_listeners.append(listen)
        await socket.connect()
        try:
            return await got
        finally:
            await asyncio.to_thread(slack.until, lambda: slack.socket.acks)
            await socket.close()

    assert 1 == on_slack(slack, second).retry_attempt
    assert {envelope_id: None} == slack.socket.acks


def test_slack_fails_as_it_is_told():
    """A 429 says when to come back, a 503 is plain, and a lost answer was posted all the same."""

    async def post(client):
        return await client.chat_postMessage(channel="C0ROOM", text="Hello.")

    with SlackServer(faults=Faults(rate_429=1, retry_after=7)) as slack:
        with pytest.raises(SlackApiError) as raised:
            on_slack(slack, post)
        response = raised.value.response
        assert (429, "7") == (response.status_code, response.headers["Retry-After"])
        assert [] == slack.sent
    with SlackServer(faults=Faults(rate_503=1)) as slack:
        with pytest.raises(SlackApiError) as raised:
            on_slack(slack, post)
        assert 503 == raised.value.response.status_code
    with SlackServer(faults=Faults(lost=1)) as slack:
        with pytest.raises(ClientError):
            on_slack(slack, post)
        assert [True] == [sent.lost for sent in slack.sent]
        assert 1 == len(slack.rooms.messages["C0ROOM"])
