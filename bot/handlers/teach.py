"""Let a topic answer what a customer of a ticket asked, for our own team."""

from bot import desk
from bot.commands import Answer, Command, Context, Overtaken
from bot.errors import UnknownChoice
from bot.i18n import N_
from bot.markup import escape
from bot.messages import Button, Outcome, Reply
from store.db import Session
from store.models import Staff
from store.taught import new_phrase_ref
from store.tickets import Case

UNDO = "undo"


def handle(context: Context) -> Answer:
    """Do as staff say: "T-1 topic words" learns, "undo P-1" forgets.

    Without words or a topic it proposes those of the ticket. Raises NotAllowed for everybody who
    is not of the desk, Refused for what cannot be learned.
    """
    context.touch()
    ref, _, rest = context.args.strip().partition(" ")
    topic, _, words = rest.strip().partition(" ")
    if topic and context.request.is_pressed:
        words = words or context.request.text  # of a form
    with context.read() as session:
        staff = desk.linked(session, context.person, sample_users=context.settings.in_development)
        # A person of the desk reads in their own language.
        context.speak(staff.language)
        if not ref:
            raise UnknownChoice(
                N_("Which ticket? For example: {example}"), example="/teach T-7K3M9Q"
            )
        if ref == UNDO:
            return _forget(context, session, topic, staff)
        case = desk.found(session, ref)
        if not words.strip():
            return _propose(context, case, topic, desk.question(session, case))
        lesson = desk.lesson(
            context.knowledge,
            topic=topic,
            words=words,
            reader=staff.language,
            language=case.ticket.language,
            names=desk.names_of(session, case),
        )
    return _learn(context, lesson, case, staff)


def _propose(context: Context, case: Case, topic: str, words: str) -> Answer:
    """Offer the customer's words with the topics that may be meant; each can be another."""
    loc, ref = context.loc, case.ticket.ref
    if topic:
        desk.expect_topic(topic)
    topics = (topic,) if topic else context.knowledge.likeliest(words)[: desk.NAMED]
    example = f"/teach {ref} {topic or 'balance'} …"
    how = loc.text("For other words or another topic, write: {example}", example=example)
    if not 0 < len(words) <= desk.LONGEST_PHRASE:
        return Answer(reply=Reply(text=how), outcome=Outcome.CLARIFY)
    text = loc.text("Which topic answers “{words}”?", words=escape(words))
    buttons = tuple(
        Button(desk.title(one, loc.language), action=f"teach:{ref} {one} {words}") for one in topics
    )
    return Answer(reply=Reply(text=f"{text}\n\n{how}", buttons=buttons), outcome=Outcome.CLARIFY)


def _learn(context: Context, lesson: desk.Lesson, case: Case, staff: Staff) -> Answer:
    loc, learned = context.loc, new_phrase_ref()

    def write(session: Session, _turn_id: int) -> None:
        if not desk.learn(session, lesson, ref=learned, staff=staff, case=case):
            raise Overtaken  # approved meanwhile: run again, it says so

    context.defer(write)
    text = loc.text(
        "From now on I answer “{words}” with “{topic}”.",
        words=escape(lesson.text),
        topic=desk.title(lesson.topic, loc.language),
    )
    undo = Button(loc.text("Take it back"), action=f"teach:{UNDO} {learned}")
    return Answer(reply=Reply(text=text, buttons=(undo,)))


def _forget(context: Context, session: Session, ref: str, staff: Staff) -> Answer:
    words = desk.taught_text(session, ref)

    def write(session: Session, _turn_id: int) -> None:
        desk.unlearn(session, ref, staff=staff)

    context.defer(write)
    text = context.loc.text("I have forgotten “{words}”.", words=escape(words))
    return Answer(reply=Reply(text=text))


command = Command(
    name="teach",
    help=N_("Teach the bot a phrase, for our own team"),
    handle=handle,
    listed=False,
)
