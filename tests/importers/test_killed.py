"""A process that imports is killed, as by a power cut, and started again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.importers.conftest import ACCOUNT, Imports
from tests.importers.test_calls import many

ROOT = Path(__file__).parent.parent.parent
PROGRAM = """
import sys
from pathlib import Path
from store.db import Database
from store.importers import calls
from store.importers.converting import CallOptions

calls.BATCH = 100
url, path, account = sys.argv[1:]
calls.import_calls(Database.connect(url), Path(path), CallOptions(account=account),
                   lambda at: print(at.rows, flush=True))
"""


@pytest.mark.slow
def test_killed_again_and_again_it_ends_as_one_clean_run(imports: Imports) -> None:
    path = imports.write(many(2_000))
    imports(path)
    expected = imports.rows()
    imports.forget()
    for batches in (1, 6, 13):
        program = importing(imports, path)
        assert program.stdout is not None
        for _ in range(batches):
            assert program.stdout.readline()
        program.kill()  # wherever it is in the next batch
        program.wait()
        program.stdout.close()
        assert len(imports.rows()) < len(expected)
    program = importing(imports, path)
    program.communicate()
    assert 0 == program.returncode
    assert expected == imports.rows()


def importing(imports: Imports, path: Path) -> subprocess.Popen[str]:
    url = imports.database.engine.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, url, str(path), ACCOUNT],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
