# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Cost: what one piece of work took, in time, memory and imports."""

from __future__ import annotations

from time import perf_counter

from brainsmith_core.loading import describe
from brainsmith_core.memory import resident_megabytes
from brainsmith_core.timings.trace import ImportTrace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

#: From here on a package is called heavy.
HEAVY_SECONDS = 0.25
HEAVY_MEGABYTES = 25.0
#: More would not be read.
MOST_PACKAGES = 8


def measured(work: Callable[[], object], root: str) -> dict[str, Any]:
    """Do some work and say what it took: seconds, MB, modules, and the packages that made it heavy.

    ``root`` is the module that the work imports first; its own package is not listed. An error is told in
    ``error``, which is empty else.
    """
    error = ""
    own = root.partition(".")[0]
    start, before = perf_counter(), resident_megabytes()
    with ImportTrace() as trace:
        try:
            work()
        except (Exception, SystemExit) as failure:
            error = describe(failure)
    seconds, megabytes = perf_counter() - start, resident_megabytes() - before
    heavy = [
        package.as_dict()
        for package in trace.packages(root)
        if package.name != own and (package.seconds >= HEAVY_SECONDS or package.megabytes >= HEAVY_MEGABYTES)
    ]
    return {
        "seconds": round(seconds, 4),
        "megabytes": round(megabytes, 1),
        "modules": len(trace.imports),
        "heavy": heavy[:MOST_PACKAGES],
        "error": error,
    }
