# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""One measurement in one fresh process: ``python -I measure.py PEER METRIC SITE [TYPE.NAME ...]``.

The clock runs from before the peer's first import to its answer, which is then compared with what was
installed: the names in ``names.txt``, or the classes that were asked for.
"""

import json
import os
import sys
import time


def memory() -> int:
    """The most memory that this process had resident, in kB."""
    with open("/proc/self/status") as status:  # noqa: PTH123
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def main() -> None:
    """Run the peer and print what it took, as JSON."""
    path, metric, site, *words = sys.argv[1:]
    wanted = [word.split(".") for word in words]
    sys.path.append(site)
    peer = {}
    with open(path) as file:  # noqa: PTH123
        exec(compile(file.read(), path, "exec"), peer)
    before = memory()
    start, start_cpu = time.perf_counter_ns(), time.process_time_ns()
    if metric == "load":
        found = peer["load"](wanted)
    else:
        found = {type_: list(names) for type_, names in peer["names"]().items()}
    wall, cpu = time.perf_counter_ns() - start, time.process_time_ns() - start_cpu
    kilobytes = memory() - before
    if metric == "again":
        rounds = []
        for _ in range(15):
            start = time.perf_counter_ns()
            found = {type_: list(names) for type_, names in peer["names"]().items()}
            rounds.append(time.perf_counter_ns() - start)
        wall = cpu = sorted(rounds)[7]
    if metric == "load":
        right = all(plugin.benchmark for plugin in found)
        right = right and [plugin.__name__ for plugin in found] == [name for _, name in wanted]
    else:
        with open(os.path.join(site, "names.txt")) as file:  # noqa: PTH118, PTH123
            right = (
                sorted(f"{type_}.{name}" for type_ in found for name in found[type_]) == file.read().split()
            )
    assert right, f"{path} gave a wrong answer"
    print(json.dumps({"wall": wall / 1e6, "cpu": cpu / 1e6, "megabytes": kilobytes / 1024}))


main()
