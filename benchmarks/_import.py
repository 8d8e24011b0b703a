"""Import one file in a process of its own: `python -m benchmarks._import URL FILE`.

Prints the seconds it took, the rows added and the most memory that was resident, in MiB.
"""

import json
import sys
import time
from pathlib import Path

from store.db import Database
from store.importers.calls import import_calls
from store.importers.converting import CallOptions


def main() -> None:
    database = Database.connect(sys.argv[1])
    started = time.perf_counter()
    done = import_calls(database, Path(sys.argv[2]), CallOptions(account="000001"))
    seconds = time.perf_counter() - started
    database.dispose()
    print(json.dumps({"seconds": seconds, "added": done.added, "resident": _resident()}))


def _resident() -> float:
    # Not ru_maxrss: that begins with what the process had that started this one.
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


main()
