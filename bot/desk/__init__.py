"""What staff do with tickets, from the command line or a chat; and what their own room sees."""

from bot.desk.cases import (
    LONGEST_REPLY,
    Refused,
    answer,
    answerable,
    close,
    end,
    found,
    link,
    linked,
    member,
    open_case,
    open_cases,
    reply,
    show,
    signed_out,
)
from bot.desk.figures import figures

__all__ = [
    "LONGEST_REPLY",
    "Refused",
    "answer",
    "answerable",
    "close",
    "end",
    "figures",
    "found",
    "link",
    "linked",
    "member",
    "open_case",
    "open_cases",
    "reply",
    "show",
    "signed_out",
]
