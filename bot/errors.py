"""Failures a customer may be told about. Everything else is a bug."""


class CustomerError(Exception):
    """Its message is a msgid: the dispatcher translates it, fills in the values and shows it."""

    offers_help = True  # with the list of what can be asked, and a person

    def __init__(self, msgid: str, **values: object) -> None:
        super().__init__(msgid)
        self.msgid = msgid
        self.values = values


class NotLinked(CustomerError):
    """Own figures were asked for from a chat that no portal user has linked."""


class NotAllowed(CustomerError):
    """The person is known, but the role may not see or do this."""


class UnknownChoice(CustomerError):
    """A button or command that does not exist, has expired, or is another person's."""
