# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The memory of this process."""

from __future__ import annotations

import os
import sys


def resident_megabytes() -> float:
    """Resident memory in MB (10⁶ bytes): what it is now on Linux, elsewhere the most it has been."""
    try:
        # Without the layers of open(): this is read twice for each plugin that is loaded.
        descriptor = os.open("/proc/self/statm", os.O_RDONLY)
        try:
            return int(os.read(descriptor, 256).split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        finally:
            os.close(descriptor)
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1e6 if sys.platform == "darwin" else peak / 1e3
