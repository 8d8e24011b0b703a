"""The aging of an account as bars in a PDF: vectors, so that they stay sharp on paper."""

from bot.billing.aging import Aging
from bot.documents import wording
from bot.documents.colours import BUCKETS, INK, RULE
from bot.documents.pdf import ACCENT, Paper
from bot.i18n import Localizer

_STEP, _THICK = 15.0, 8.0
_LABEL, _AMOUNT = 78.0, 74.0  # the room for words on the left and for figures on the right


def draw(paper: Paper, y: float, aging: Aging, loc: Localizer, *, x: float, to: float) -> float:
    """Draw a bar a step of days past due, and what they add up to; gives where they end."""
    paper.style(9, bold=True, ink=ACCENT)
    paper.left(x, y, loc.text("By days past due"))
    paper.rule(y + 5, x=x, to=to)
    y += 18
    longest = to - x - _LABEL - _AMOUNT
    most = max(1, *(aged.open_cents for aged in aging.buckets))
    for aged in aging.buckets:
        paper.style(8, ink=INK)
        paper.left(x, y, wording.bucket(loc, aged.bucket))
        paper.box(x + _LABEL, y - _THICK + 1, 0.5, _THICK, RULE)
        length = longest * aged.open_cents / most
        if length:
            paper.box(x + _LABEL, y - _THICK + 1, length, _THICK, BUCKETS[aged.bucket])
        paper.style(8, bold=bool(aged.open_cents))
        paper.right(to, y, loc.money(aged.open_cents))
        y += _STEP
    paper.rule(y - 9, x=x, to=to, width=1)
    paper.style(9, bold=True)
    paper.left(x, y + 4, loc.text("Total unpaid"))
    paper.right(to, y + 4, loc.money(aging.open_cents))
    return y + 8
