"""`make bench`: one JSON line a figure. `ONLY=name` runs one module.

A module offers `run()`, which yields Figures. A name ending in "large" runs only when it is named.
"""

import importlib
import json
import pkgutil
import sys
from pathlib import Path


def main() -> None:
    only = sys.argv[1].replace("-", "_") if len(sys.argv) > 1 else ""
    for info in sorted(pkgutil.iter_modules([str(Path(__file__).parent)]), key=lambda i: i.name):
        name = info.name
        if name.startswith("_") or name == "figure":
            continue
        if only == name or (not only and not name.endswith("large")):
            for figure in importlib.import_module(f"benchmarks.{name}").run():
                print(json.dumps(figure), flush=True)


main()
