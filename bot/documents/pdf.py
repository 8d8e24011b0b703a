"""What every PDF shares: letter paper, embedded fonts, metadata and text set to the point.

Text is written in the order in which it is read, so that a screen reader goes through it so.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

import matplotlib as mpl
from fpdf import FPDF, ViewerPreferences

from bot.documents.colours import INK, RULE
from bot.i18n import COUNTRY

SANS, MONO = "DejaVuSans", "DejaVuSansMono"
_STYLES = (("", ""), ("B", "-Bold"))
WIDTH, HEIGHT = 612.0, 792.0  # points: US letter, as Canada prints
MARGIN, TOP, FOOT = 48.0, 42.0, 750.0  # on both sides; the first and the last base line
RIGHT = WIDTH - MARGIN
TINT, ACCENT = "#eef3f8", "#2b5f8a"
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


class Paper(FPDF):
    """A PDF document measured in points from the top left corner of a page.

    The same content gives the same bytes: the day of creation is the content's, and neither the
    id nor the name of the software depends on when or by what it was made.
    """

    def __init__(
        self,
        *,
        title: str,
        author: str,
        language: str,
        created: date,
        subject: str = "",
        families: tuple[str, ...] = (SANS,),
    ) -> None:
        super().__init__(unit="pt", format=(WIDTH, HEIGHT))
        self.set_auto_page_break(auto=False)
        for family in families:
            for style, suffix in _STYLES:
                self.add_font(family, style, _fonts() / f"{family}{suffix}.ttf")
        self.set_title(title)
        self.set_author(author)
        self.set_subject(subject or title)
        self.set_lang(f"{language}-{COUNTRY}")
        self.set_producer("billing-bot")
        self.set_creator("billing-bot")
        self.set_creation_date(datetime.combine(created, time(), tzinfo=UTC))
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)

    def style(self, size: float, *, bold: bool = False, ink: str = INK) -> None:
        self.set_font(SANS, "B" if bold else "", size)
        self.set_text_color(ink)

    def left(self, x: float, y: float, text: str) -> None:
        """Write on the base line `y`, beginning at `x`."""
        if text:
            self.text(x, y, text)

    def right(self, x: float, y: float, text: str) -> None:
        """Write on the base line `y`, ending at `x`."""
        if text:
            self.text(x - self.get_string_width(text), y, text)

    def rule(self, y: float, *, x: float = MARGIN, to: float = RIGHT, width: float = 0.5) -> None:
        self.set_draw_color(RULE)
        self.set_line_width(width)
        self.line(x, y, to, y)

    def box(self, x: float, y: float, width: float, height: float, colour: str = TINT) -> None:
        self.set_fill_color(colour)
        self.rect(x, y, width, height, style="F")

    def fitted(self, text: str, width: float) -> str:
        """Cut a text that is too wide for its place, and show that it was cut."""
        if self.get_string_width(text) <= width:
            return text
        while text and self.get_string_width(text + _ELLIPSIS) > width:
            text = text[:-1]
        return text.rstrip() + _ELLIPSIS

    def wrapped(self, text: str, width: float) -> list[str]:
        """Break a text into lines at its spaces; a word wider than a line is cut."""
        lines, line = [], ""
        for word in self._words(text, width):
            longer = f"{line} {word}" if line else word
            if line and self.get_string_width(longer) > width:
                lines.append(line)
                longer = word
            line = longer
        return [*lines, line]

    def _words(self, text: str, width: float) -> Iterator[str]:
        for word in text.split(" "):
            rest = word
            while len(rest) > 1 and self.get_string_width(rest) > width:
                fits = next(
                    n
                    for n in range(len(rest) - 1, 0, -1)
                    if n == 1 or self.get_string_width(rest[:n]) <= width
                )
                yield rest[:fits]
                rest = rest[fits:]
            yield rest

    def finished(self) -> bytes:
        return bytes(self.output())


@cache
def _fonts() -> Path:
    """The folder of the open fonts that matplotlib brings along."""
    return Path(mpl.get_data_path()) / "fonts" / "ttf"
