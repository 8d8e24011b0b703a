"""Why a row or a file does not go in; the messages are for the operator."""


class Refused(ValueError):
    """This row cannot go in; the message says why."""


class Untidy(ValueError):
    """A time is not in ISO 8601: the row's times are to be brought into one form first."""


class Unusable(ValueError):
    """This file cannot be read at all; the message says why and what to do."""
