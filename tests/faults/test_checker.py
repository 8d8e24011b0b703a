import json

import pytest

from tests.faults.checker import Findings, check

ASKED = ["INV90001001", "INV90001002", "INV90001003"]


@pytest.fixture
def found(tmp_path):
    def compare(*said: str) -> Findings:
        posted, received = tmp_path / "posted", tmp_path / "received"
        posts = [{"room": "D1", "asked": asked, "status": 200, "at": 1.0} for asked in ASKED]
        sent = [
            {
                "method": "chat.postMessage",
                "arguments": {"channel": "D1", "text": f"no {text} here"},
                "lost": False,
                "at": 3.0,
            }
            for text in said
        ]
        posted.write_text("\n".join(map(json.dumps, [*posts, posts[0]])))
        received.write_text("\n".join(map(json.dumps, sent)))
        return check(posted, received)

    return compare


def counts(findings: Findings) -> tuple[int, int, int, int]:
    return findings.lost, findings.doubled, findings.out_of_order, findings.strange


def test_all_is_well(found):
    """Every event once and in order: nothing is found, whatever was posted twice."""
    assert (0, 0, 0, 0) == counts(found(*ASKED))
    assert (4, 3, 3, 1.5) == (
        found(*ASKED).posts,
        found(*ASKED).events,
        found(*ASKED).answers,
        found(*ASKED).per_second,
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (ASKED[:2], (1, 0, 0, 0)),
        ([], (3, 0, 0, 0)),
        ([*ASKED, ASKED[2]], (0, 1, 0, 0)),
        ([ASKED[1], ASKED[0], ASKED[2]], (0, 0, 1, 0)),
        ([*ASKED, ASKED[0]], (0, 1, 1, 0)),
        ([*ASKED, "INV90002001"], (0, 0, 0, 1)),
        ([*ASKED, "sorry"], (0, 0, 0, 1)),
    ],
    ids="lost nothing doubled swapped doubled-late foreign odd".split(),
)
def test_what_is_wrong_is_found(found, said, expected):
    """Each kind of mistake is counted as what it is."""
    assert expected == counts(found(*said))
