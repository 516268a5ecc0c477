# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The memory of this process: its size, and the rest of its collector while nearly all that is made stays."""

from __future__ import annotations

import gc
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


class Uncollected:
    """Turns the cyclic collector off for the whole process.

    That spares a discovery a tenth of its time, and the import of a framework a fifth. Afterwards it is on
    if it was on before; two threads in here at once cannot leave it off. Written out, since importing
    ``contextlib`` would be among what the collector slows.
    """

    __slots__ = ("_was_enabled",)

    def __enter__(self) -> None:
        self._was_enabled = gc.isenabled()
        # Not if it was off: another thread may have ended in between, and what it turned on would stay off.
        if self._was_enabled:
            gc.disable()

    def __exit__(self, *_: object) -> None:
        if gc.get_freeze_count() == 0:
            # Moves what was made meanwhile to the oldest generation, where it belongs, without a look at it.
            gc.freeze()
            gc.unfreeze()
        if self._was_enabled:
            gc.enable()
