# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The debug log: everything that the logger ``brainsmith.plugin`` has to tell, on standard error."""

from __future__ import annotations

import logging

logger = logging.getLogger("brainsmith.plugin")


class DebugLog:
    """The handler on standard error, and the level that goes with it, while it is switched on."""

    def __init__(self) -> None:
        self._handler: logging.Handler | None = None

    def switch(self, enabled: bool) -> None:
        """Switch the log on or off; twice the same changes nothing."""
        if enabled and self._handler is None:
            self._handler = logging.StreamHandler()
            self._handler.setFormatter(logging.Formatter("%(name)s: %(levelname)s: %(message)s"))
            logger.addHandler(self._handler)
            logger.setLevel(logging.DEBUG)
        elif not enabled and self._handler is not None:
            logger.removeHandler(self._handler)
            logger.setLevel(logging.NOTSET)
            self._handler = None
