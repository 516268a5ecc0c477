# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Garbage: none is looked for while a scan or an import makes a hundred thousand objects that stay."""

from __future__ import annotations

import gc


class Uncollected:
    """Turns the cyclic collector off for the whole process.

    That spares a discovery a tenth of its time, and the import of a framework a quarter. Afterwards it is on
    if it was on before; two threads in here at once cannot leave it off. Written out, since importing
    ``contextlib`` would be among what the collector slows.
    """

    __slots__ = ("_was_enabled",)

    def __enter__(self) -> None:
        self._was_enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if gc.get_freeze_count() == 0:
            # Moves what was made meanwhile to the oldest generation, where it belongs, without a look at it.
            gc.freeze()
            gc.unfreeze()
        if self._was_enabled:
            gc.enable()
