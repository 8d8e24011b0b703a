"""What staff do with tickets, from the command line or a chat; and what their own room sees."""

from bot.desk.cases import (
    LONGEST_REPLY,
    Refused,
    add_member,
    answer,
    answerable,
    close,
    end,
    expect_open,
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
from bot.desk.thread import WORDS_SHOWN

__all__ = [
    "LONGEST_REPLY",
    "WORDS_SHOWN",
    "Refused",
    "add_member",
    "answer",
    "answerable",
    "close",
    "end",
    "expect_open",
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
