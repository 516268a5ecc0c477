# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The memory of this process."""

from __future__ import annotations

import os
import sys


def resident_megabytes() -> float:
    """Resident memory in MB (10⁶ bytes): what it is now on Linux, elsewhere the most it has been."""
    try:
        # As bytes: a codec would have to be imported, and the cost of imports is measured with this.
        with open("/proc/self/statm", "rb", buffering=0) as file:  # noqa: PTH123
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1e6 if sys.platform == "darwin" else peak / 1e3
