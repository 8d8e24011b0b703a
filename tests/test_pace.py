"""How fast messages may go."""

from bot.delivery import Rate
from bot.jobs.pace import Pace

CHAT = Rate(seconds=1, burst=3)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_goes_at_once_and_the_rest_at_the_rate():
    """Another chat has its own."""
    pace = Pace(Clock())
    assert [0, 0, 0, 1, 2] == [pace.reserve("a", CHAT) for _ in range(5)]
    assert 0 == pace.reserve("b", CHAT)


def test_after_a_silence_the_burst_is_there_again():
    clock = Clock()
    pace = Pace(clock)
    for _ in range(5):
        pace.reserve("a", CHAT)
    clock.now += 10
    assert [0, 0, 0, 1] == [pace.reserve("a", CHAT) for _ in range(4)]


def test_a_chat_that_asked_to_wait_gets_no_burst_either():
    """However short the wait is."""
    pace = Pace(Clock())
    pace.hold("a", CHAT, 1)
    assert [1, 2] == [pace.reserve("a", CHAT) for _ in range(2)]
    assert 0 == pace.reserve("b", CHAT)


def test_places_that_are_silent_are_forgotten(monkeypatch):
    monkeypatch.setattr("bot.jobs.pace.FORGOTTEN", 10)
    clock = Clock()
    pace = Pace(clock)
    for number in range(30):
        clock.now += 5
        pace.reserve(str(number), CHAT)
    assert len(pace._paid_until) <= 11
