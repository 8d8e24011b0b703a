"""Import one file in a process of its own: `python -m benchmarks._import URL FILE`.

Prints the seconds it took, the rows added and the most memory that was resident, in MiB.
"""

import json
import resource
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
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "added": done.added, "resident": resident}))


main()
