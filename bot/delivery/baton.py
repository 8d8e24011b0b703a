"""One turn at a time, unless it takes long.

Turns are short and need the interpreter, which runs one thread at a time: several at once get in
each other's way and are all slower. Whoever holds the baton runs; who has held it for longer than
a moment (the store is slow, a picture is drawn) runs on, but another begins beside it.
"""

import threading
import time
from types import TracebackType

MOMENT = 0.02  # seconds


class Baton:
    def __init__(self) -> None:
        self._free = threading.Condition()
        self._holder = 0  # a thread's number, 0 for nobody
        self._since = 0.0

    def __enter__(self) -> None:
        with self._free:
            while self._holder:
                left = self._since + MOMENT - time.monotonic()
                if left <= 0:
                    break
                self._free.wait(left)
            self._holder, self._since = threading.get_ident(), time.monotonic()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._free:
            if self._holder == threading.get_ident():
                self._holder = 0
                self._free.notify()
