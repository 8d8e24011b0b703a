"""What staff do with tickets, from the command line or a chat; and what their own room sees."""

from bot.desk.cases import (
    LONGEST_REPLY,
    Refused,
    add_member,
    answer,
    answerable,
    close,
    end,
    found,
    link,
    linked,
    member,
    not_of_the_team,
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
    "add_member",
    "answer",
    "answerable",
    "close",
    "end",
    "figures",
    "found",
    "link",
    "linked",
    "member",
    "not_of_the_team",
    "open_case",
    "open_cases",
    "reply",
    "show",
    "signed_out",
]
