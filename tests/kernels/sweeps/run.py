# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Sweeps every kernel's hardware and writes what was found: ``python tests/kernels/sweeps/run.py``.

A configuration whose result lies in the working folder is not run again. Ends with status 1 after a fault.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from configurations import KERNELS, Configuration, configurations
from page import page
from sweep import sweep

ROOT = Path(__file__).resolve().parents[3]


def main() -> int:
    """Sweep, print a line for each configuration, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernel", choices=KERNELS, help="sweep this one alone, and write no page")
    parser.add_argument("--rows", type=int, default=8400, help="rows of each configuration")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--work", type=Path, default=Path("build/sweeps"))
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "hardware-sweeps.md")
    arguments = parser.parse_args()
    work = (arguments.work / str(arguments.rows)).resolve()
    work.mkdir(parents=True, exist_ok=True)
    chosen = [one for one in configurations(arguments.rows) if arguments.kernel in (None, one.kernel)]
    with ProcessPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(_result, chosen, [work] * len(chosen)))
    if arguments.kernel is None:
        arguments.page.write_text(page(results), encoding="utf-8")
    return 1 if any(result["faults"] for result in results) else 0


def _result(configuration: Configuration, work: Path) -> dict[str, Any]:
    kept = work / f"{configuration.name}.json"
    if not kept.exists():
        found = sweep(configuration, work / configuration.name)
        temporary = kept.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(found, indent=1), encoding="utf-8")
        temporary.replace(kept)
        print(configuration.name, f"{found['seconds']} s", *found["faults"], sep="  ", flush=True)
    result: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return result


if __name__ == "__main__":
    sys.exit(main())
