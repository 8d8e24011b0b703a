"""One line of `make bench`."""

from typing import TypedDict


class Figure(TypedDict):
    """`ours` and `bare` are in `unit`; `ratio` is ours over bare."""

    bench: str
    ours: float
    bare: float
    ratio: float
    unit: str


def figure(bench: str, ours: float, bare: float, unit: str) -> Figure:
    ratio = ours / bare if bare else float("nan")
    return Figure(
        bench=bench, ours=round(ours, 4), bare=round(bare, 4), ratio=round(ratio, 4), unit=unit
    )
