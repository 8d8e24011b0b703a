"""What was asked, answered by its command: for everybody, or with one's own figures."""

from dataclasses import replace

from bot import failures
from bot.commands import Answer, Context
from bot.errors import NotAllowed, NotLinked
from bot.faq import library
from bot.identity import linking
from bot.joining import joined
from bot.messages import Button
from bot.router import ELSEWHERE, FAQ, HANDOFF, Route

ARGS = 100  # characters of what was asked that a button carries along


def answers(context: Context, route: Route) -> Answer:
    """Answer each thing that was asked as it would be alone, in one reply."""
    if not route.others:
        return _answer(context, route)
    parts = [(one.topic or "", _one_of_several(context, one)) for one in (route, *route.others)]
    return joined(parts, language=context.loc.language)


def _one_of_several(context: Context, route: Route) -> Answer:
    if context.answered_by == FAQ:  # not linked, or in a room: one way to figures is enough
        return _general(context, route)
    earlier, context.question = context.question, None
    try:
        answer = _answer(context, route)
    except NotAllowed as error:
        answer = failures.refusal(context, error)
    _keep_question(context, route, earlier)
    return answer


def _keep_question(context: Context, route: Route, earlier: dict[str, str] | None) -> None:
    """Leave one question open: the first that was asked."""
    if context.question is not None:
        context.question.setdefault("command", route.command)
    context.question = earlier or context.question


def _answer(context: Context, route: Route) -> Answer:
    context.args, context.topic = route.args, route.topic
    command, request = context.commands[route.command], context.request
    if request.stranger and not command.public:
        context.answered_by = ELSEWHERE
        return context.commands[ELSEWHERE].handle(context)
    general = route.topic is not None and route.topic in library.topics()
    figures = not command.public and command.name != HANDOFF
    if general and figures and not request.one_to_one and not request.is_chosen:
        return _in_a_room(context, route)
    try:
        return command.handle(context)
    except NotAllowed as error:
        if not general:
            raise
        # The topic's how-to for everybody, with the reason why there is no more.
        context.writes.clear()
        reason = context.loc.text(error.msgid, **error.values)
        person = Button(context.loc.text("Talk to a person"), action=HANDOFF)
        return _leading_on(_general(context, route), reason, person)
    except NotLinked as error:
        if not general:
            return failures.sign_in(context, error, asked=_asked(context, route))
        # The topic's how-to for everybody, and a way to one's own figures.
        context.writes.clear()
        hint = context.loc.text(
            "Sign in with the button below, and I will look in your account right here."
        )
        asked = _asked(context, route)
        button = linking.sign_in_button(context, asked=asked)
        return _leading_on(_general(context, route), hint, button)


def _asked(context: Context, route: Route) -> dict[str, str]:
    """Say what was asked so that it can be asked again, when no question is open any more."""
    if context.request.is_pressed or route.answers:
        return {"action": f"{route.command}:{route.args}" if route.args else route.command}
    return {"text": context.request.text}


def _in_a_room(context: Context, route: Route) -> Answer:
    """Answer for everybody, with a button to one's own figures in private."""
    label = context.loc.text("See mine in private")
    action = f"{route.command}:{route.args}" if 0 < len(route.args) <= ARGS else route.command
    hint = context.loc.text("For what is in your own account, press the button: only you see it.")
    return _leading_on(_general(context, route), hint, Button(label, action=action))


def _leading_on(answer: Answer, hint: str, button: Button) -> Answer:
    """Put what is true of the person, and where they can go, before what is for everybody."""
    assert answer.reply is not None  # noqa: S101 - topics answer in words
    text = f"{hint}\n\n{answer.reply.text}"
    reply = replace(answer.reply, text=text, buttons=(button, *answer.reply.buttons))
    return replace(answer, reply=reply)


def _general(context: Context, route: Route) -> Answer:
    assert route.topic is not None  # noqa: S101 - the callers saw to it
    context.args = route.topic
    context.answered_by = FAQ
    return context.commands[FAQ].handle(context)
