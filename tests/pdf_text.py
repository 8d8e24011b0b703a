"""What a reader gets out of a PDF, by poppler's own tools."""

import os
import re
import shutil
import subprocess

import pytest

_DOLLARS = re.compile(r"-?\$[\d,]+\.\d\d\b|-?\d{1,3}(?: \d{3})*,\d\d \$")


def need_poppler() -> None:
    """Skip, and say so, where pdftotext is missing; with CI set it must be there."""
    if shutil.which("pdftotext") is None:
        if os.environ.get("CI"):
            pytest.fail("pdftotext (poppler-utils) is missing")
        pytest.skip("pdftotext (poppler-utils) is missing: the text of PDFs is not checked")


def run(program: str, *options: str, content: bytes) -> str:
    need_poppler()
    command = [program, *options, "-"]
    if program == "pdftotext":
        command.append("-")
    done = subprocess.run(command, input=content, capture_output=True, check=True)
    return done.stdout.decode()


def pages(content: bytes, *, layout: bool = True) -> list[list[str]]:
    """The lines of each page; gaps between columns are two spaces whatever their width.

    No-break spaces come as plain ones: poppler makes some of them so.
    """
    text = run("pdftotext", *(["-layout"] if layout else []), content=content)
    text = text.replace("\u00a0", " ")
    return [
        [re.sub(r" {2,}", "  ", line.strip(" ")) for line in page.splitlines() if line.strip()]
        for page in text.rstrip("\f").split("\f")
    ]


def lines(content: bytes) -> list[str]:
    return [line for page in pages(content) for line in page]


def info(content: bytes) -> dict[str, str]:
    """Title, author, dates and so on, as pdfinfo tells them."""
    told = run("pdfinfo", content=content).splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in told)}


def amounts(line: str) -> list[int]:
    """All amounts of money in a line, in cents."""
    return [
        (-1 if written.startswith("-") else 1) * int(re.sub(r"\D", "", written))
        for written in _DOLLARS.findall(line)
    ]


def after(label: str, found: list[str]) -> int:
    """The first amount that stands behind a label, in cents."""
    for line in found:
        _, there, rest = line.partition(label)
        if there and amounts(rest):
            return amounts(rest)[0]
    raise AssertionError(f"{label!r} stands before no amount")
