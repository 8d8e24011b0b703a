"""Who issues the documents, as they must name themselves on an invoice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """Written in the language of the document; what is not known is empty."""

    name: str
    address: tuple[str, ...]  # lines
    gst_number: str
    qst_number: str
    email: str
    phone: str
    option: str  # what to choose on that phone
    sample: bool = False  # made up: the document says so
