"""Faults that befall the next sending calls, one after another."""

from tests.platforms.faults import Fault, Faults


class InTurn(Faults):
    """The faults that were named, each once; then all goes well."""

    def __init__(self, *faults: Fault, retry_after: int = 0) -> None:
        super().__init__(retry_after=retry_after)
        self._next = list(faults)

    def draw(self) -> Fault:
        return self._next.pop(0) if self._next else Fault.NONE
