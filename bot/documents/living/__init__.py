"""What an answer for everybody says first to whoever is linked: how it is on their account."""

from collections.abc import Callable, Iterator, Mapping

from bot.commands import Context
from bot.documents.living import cards, money, records, settings
from bot.documents.living.own import Own
from bot.errors import NotAllowed, NotLinked

# By topic: the sentences of its first paragraph. A topic with a command is answered by that.
_TOPICS: Mapping[str, Callable[[Own], Iterator[str]]] = {
    "accepted-cards": cards.on_file,
    "autopay-setup": cards.auto_pay,
    "autopay-when-charged": cards.auto_pay,
    "card-add-failed": cards.on_file,
    "cdr-before-july-2025": records.calls,
    "cdr-where": records.calls,
    "change-card": cards.on_file,
    "contact-billing": settings.account_number,
    "credit-balance-negative": money.balance,
    "credit-timing": money.credits_,
    "data-retention": records.kept,
    "forgot-password": settings.username,
    "french-language": settings.languages,
    "make-payment": money.to_pay,
    "notification-emails": settings.notices,
    "off-taxes": settings.service_addresses,
    "pending-payment": money.pending,
    "phone-payment": money.to_pay,
    "time-zone": settings.time_zone,
    "update-bill-to": settings.bill_to,
}


def with_figures(context: Context, topic: str, general: str) -> str:
    """Put what the account's books say of a topic before its answer for everybody.

    In a room, to whoever is not linked and to whoever may see no figures, the answer stays as it
    is, and the turn as public as it was.
    """
    sentences = _TOPICS.get(topic)
    if sentences is None or not context.request.one_to_one or context.person.account_id is None:
        return general
    try:
        context.used_scope = context.resolve_scope()
    except (NotAllowed, NotLinked):
        return general
    theirs = " ".join(sentences(Own(context)))
    return f"{theirs}\n\n{general}" if theirs else general
