"""What the bot makes of a sentence, told without a store: for `faq ask` and those who measure."""

from typing import Any
from uuid import uuid4

from bot.bootstrap import router
from bot.errors import CustomerError
from bot.i18n import SOURCE_LANGUAGE
from bot.messages import Outcome, Request
from bot.router import Recall, Route


class Understanding:
    def __init__(self) -> None:
        self._router = router()

    def of(self, text: str, *, language: str | None = None) -> dict[str, Any]:
        """Route a text as a first message; `language` stands in for what is found out."""
        request = Request(
            platform="ask", user="", room="", event_id=uuid4().hex, one_to_one=True, text=text
        )
        try:
            route = self._router.route(request, Recall())
        except CustomerError:  # a slash command that does not exist
            route = Route(command="", outcome=Outcome.ERROR)
        found = language or self._router.language_of(text) or SOURCE_LANGUAGE
        return {
            "text": text,
            "language": found,
            "outcome": route.outcome,
            "topic": route.topic,
            "score": round(route.score, 4),
            "candidates": [[topic, round(score, 4)] for topic, score in route.candidates],
        }
