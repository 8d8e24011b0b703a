"""What Bolt calls: each event is in the inbox before it is acknowledged."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError

from bot.adapters.slack import incoming, modals
from bot.adapters.slack.api import SlackApi, describe
from bot.adapters.slack.settings import SlackSettings
from bot.delivery import Delivery, StoreDown
from bot.errors import CustomerError
from bot.i18n import N_, Localizer, languages
from bot.logs import silent
from bot.messages import Request

log = structlog.get_logger(__name__)

ANY: Final = re.compile(".*", re.DOTALL)
# Seen by nobody but who typed the command, before the language of the answer is known.
_ASIDE: Final = N_("I am answering you in our private conversation.")
_AGAIN: Final = 503  # HTTP: Slack sends it again


@dataclass(frozen=True, slots=True)
class Listeners:
    delivery: Delivery
    api: SlackApi
    commands: Collection[str]

    def app(self, settings: SlackSettings) -> AsyncApp:
        """Make the Bolt app. Nothing of it asks Slack anything before an event is kept."""
        token = settings.bot_token.get_secret_value()

        async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=enterprise_id,
                team_id=team_id,
                bot_token=token,
                bot_user_id=self.api.bot_user,
            )

        app = AsyncApp(
            logger=silent("slack_bolt.app"),  # it writes whole bodies
            name="billing-bot",
            signing_secret=settings.signing_secret.get_secret_value() or None,
            authorize=authorize,
            process_before_response=True,
            ignoring_self_events_enabled=False,  # told by what the event itself says
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        app.event(ANY)(self.on_event)
        app.command(ANY)(self.on_command)
        app.action(ANY)(self.on_action)
        app.view(ANY)(self.on_view)
        return app

    async def on_event(self, body: dict[str, Any]) -> BoltResponse | None:
        """Take what was written to the bot."""
        return await self._keep(incoming.of_event(body, bot_user=self._bot_user(body)))

    async def on_command(self, body: dict[str, Any], ack: AsyncAck) -> BoltResponse | None:
        """Take a slash command; who typed it in a room is told where the answer is."""
        try:
            request = incoming.of_command(body, commands=self.commands)
        except ValueError:
            await ack()
            return None
        refused = await self._keep(request)
        if refused is None:
            await (ack(_in_every_language(_ASIDE)) if request.aside else ack())
        return refused

    async def on_action(self, body: dict[str, Any], ack: AsyncAck) -> BoltResponse | None:
        """Take a press; what opens a form opens it now, for its trigger lives three seconds."""
        request = incoming.of_action(body)
        opens = request is not None and modals.opens(request.action or "")
        refused = await (self._open(request, body) if opens and request else self._keep(request))
        if refused is None:
            await ack()
        return refused

    async def on_view(self, body: dict[str, Any], ack: AsyncAck) -> BoltResponse | None:
        """Take what a form sent."""
        refused = await self._keep(incoming.of_view(body))
        if refused is None:
            await ack()
        return refused

    async def _keep(self, request: Request | None) -> BoltResponse | None:
        """Keep what came; gives the answer that makes Slack send it again when that failed."""
        if request is None:
            return None
        try:
            await self.delivery.receive(request)
        except StoreDown:
            return BoltResponse(status=_AGAIN)
        except Exception:
            log.exception("slack: event not kept")
            return BoltResponse(status=_AGAIN)
        return None

    async def _open(self, request: Request, body: dict[str, Any]) -> BoltResponse | None:
        try:
            if await self.delivery.first_time(request):
                view = await self._view(request)
                await self.api.client.views_open(trigger_id=body["trigger_id"], view=view)
        except StoreDown:
            return BoltResponse(status=_AGAIN)
        except (SlackApiError, aiohttp.ClientError, OSError, TimeoutError) as error:
            # Whoever pressed sees that nothing opened, and presses again.
            log.warning("slack: form not opened", error=describe(error))
        return None

    async def _view(self, request: Request) -> dict[str, Any]:
        by = request.address
        action = request.action or ""
        ref = action.rpartition(":")[2]
        try:
            if action.startswith(modals.FIGURES):
                reply, language = await self.delivery.figures_for(by, ref)
                return modals.figures_view(reply, ref=ref, language=language)
            if action.startswith(modals.TEACH):
                phrase = await self.delivery.teach_form_for(by, ref)
                return modals.teach_form(phrase, room=request.room, thread=request.thread)
            form = await self.delivery.form_for(by, ref)
            return modals.answer_form(form, room=request.room, thread=request.thread)
        except CustomerError as error:
            language = self.delivery.desk_language
            text = Localizer(language).text(error.msgid, **error.values)
            return modals.note_view(text, ref=ref, language=language)

    def _bot_user(self, body: dict[str, Any]) -> str | None:
        """Give the bot's own user id: Slack names it beside the event."""
        granted = body.get("authorizations")
        first = granted[0] if isinstance(granted, list) and granted else None
        named = first.get("user_id") if isinstance(first, dict) and first.get("is_bot") else None
        return named if isinstance(named, str) else self.api.bot_user


def _in_every_language(msgid: str) -> str:
    return " / ".join(Localizer(language).text(msgid) for language in languages())
