"""Which of the things that were offered a few words choose: "the second one", "yes", "neither"."""

from bot.history_view import in_every_language, words
from bot.i18n import phrases

# What people type instead of pressing the first, second or third button.
_ORDINALS = (
    phrases("1 | one | first | the first one | number one | the first"),
    phrases("2 | two | second | the second one | number two | the second"),
    phrases("3 | three | third | the third one | number three | the third"),
)
_LAST = phrases("the last one | last one | the last | the other one")
_YES = phrases("yes | yes please | yeah | yep | that one | that is it | exactly | right | ok")
_NEITHER = phrases(
    "no | nope | none | neither | none of these | none of them | neither of them | no thanks | "
    "something else | not that"
)


def chosen(text: str, count: int) -> int | None:
    """Tell which of `count` things is chosen, from 0; "yes" chooses only when there is one."""
    if count == 1 and is_yes(text):
        return 0
    for at, ordinal in enumerate(_ORDINALS[:count]):
        if _is(text, ordinal):
            return at
    return count - 1 if _is(text, _LAST) else None


def is_yes(text: str) -> bool:
    return _is(text, _YES)


def is_neither(text: str) -> bool:
    return _is(text, _NEITHER)


def _is(text: str, msgid: str) -> bool:
    return " ".join(words(text)) in in_every_language(msgid)
