"""Which calls are looked at: in words, in a button, and for the store."""

from bot.calls_view.sentence import LONGEST, Asked, read
from bot.calls_view.view import MARK, XLS, CallsView, of_button

__all__ = ["LONGEST", "MARK", "XLS", "Asked", "CallsView", "of_button", "read"]
