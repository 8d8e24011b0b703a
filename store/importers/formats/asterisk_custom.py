"""Asterisk's cdr-custom/Master.csv: the same name as cdr-csv's, the columns in another order."""

from store.importers.call import TIME, Call, Cells, Format, Layout
from store.importers.conventions import Conventions
from store.importers.formats.asterisk_csv import ENDINGS, made

_COLUMNS = tuple(
    "clid src dst dcontext channel dstchannel lastapp lastdata start answer end duration billsec "
    "disposition amaflags accountcode uniqueid userfield sequence".split()
)


def call(row: Cells, conventions: Conventions) -> Call:
    clid, src, dst, _, channel, _, _, _, start, answer, end, length, talked, ending = row[:14]
    call_id = row[16] or channel
    return made(conventions, src, dst, clid, start, answer, end, length, talked, ending, call_id)


source = Format(
    name="asterisk-custom",
    layouts=(
        Layout(
            columns=_COLUMNS,
            call=call,
            times=("start", "answer", "end"),
            account="accountcode",
            needed=frozenset({"src", "dst", "start", "duration", "disposition"}),
            widths=range(16, 20),
            marks={8: TIME, 13: ENDINGS},
        ),
    ),
)
