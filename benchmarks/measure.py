# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""One measurement in one fresh process: ``python -I measure.py PEER METRIC SITE``.

The clock runs from before the peer's first import to its answer; the answer is checked by who started it.
"""

import json
import sys
import time

TYPES = ("transforms", "kernels", "backends")


def memory() -> int:
    """The most memory that this process had resident, in kB."""
    with open("/proc/self/status") as status:  # noqa: PTH123
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def main() -> None:
    """Run the peer and print what it took and what it answered, as JSON."""
    path, metric, site, *wanted = sys.argv[1:]
    sys.path.append(site)
    peer = {}
    with open(path) as file:  # noqa: PTH123
        exec(compile(file.read(), path, "exec"), peer)
    before = memory()
    start = time.perf_counter_ns()
    if metric == "load":
        found = [f"{type(o).__module__}{o.__name__}" for o in peer["load"]([w.split(".") for w in wanted])]
    else:
        found = {type_: list(names) for type_, names in peer["names"]().items()}
    taken = time.perf_counter_ns() - start
    if metric == "again":
        rounds = []
        for _ in range(9):
            start = time.perf_counter_ns()
            found = {type_: list(names) for type_, names in peer["names"]().items()}
            rounds.append(time.perf_counter_ns() - start)
        taken = sorted(rounds)[4]
    count = len(found) if metric == "load" else sum(map(len, found.values()))
    print(json.dumps({"ms": taken / 1e6, "kb": memory() - before, "count": count}))


main()
