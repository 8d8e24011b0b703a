import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.platforms.faults import Fault, Faults
from tests.platforms.telegram import TOKEN

ROOT = Path(__file__).parents[2]


def test_faults_repeat():
    """The same seed gives the same faults, at about the rates asked for."""
    faults, again = (Faults(rate_429=0.1, lost=0.2, seed=5) for _ in range(2))
    assert [faults.draw() for _ in range(1000)] == [again.draw() for _ in range(1000)]
    assert {Fault.TOO_MANY: 100, Fault.LOST: 200} == pytest.approx(dict(faults.counts), rel=0.3)


def test_a_program_leaves_a_line_for_each_send(tmp_path):
    """Started as a program, a server tells its address and leaves what was sent in a file."""
    state = tmp_path / "sent.jsonl"
    command = [sys.executable, "-m", "tests.platforms.telegram", "--state", str(state)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        url = program.stdout.readline().strip()
        httpx.post(f"{url}/bot{TOKEN}/sendDocument", data={"chat_id": 1}, files={"document": b"a"})
        httpx.post(f"{url}/_push", json=[{"message": {}}, {"message": {}}]).raise_for_status()
        updates = httpx.get(f"{url}/bot{TOKEN}/getUpdates").json()["result"]
        report = httpx.get(f"{url}/_report").json()
        program.terminate()
    (line,) = map(json.loads, state.read_text().splitlines())
    assert ("sendDocument", "1", False) == (line["method"], line["message_id"], line["lost"])
    assert "1 bytes" == line["arguments"]["document"]["content"]
    assert 2 == len(updates)
    assert {"calls": 2, "sent": 1, "breaches": [], "faults": {}} == report
