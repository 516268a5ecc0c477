# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The default of this process: its manager, and until somebody needs one, an index that tells names.

Listing is all that most processes do, at every tab completion. Where the user set nothing, a valid index
answers it alone.
"""

import os
from _thread import RLock
from time import monotonic

from brainsmith_core.index_file import EVERYTHING, index_path, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from brainsmith_core.index_file import IndexFile
    from brainsmith_core.manager import PluginManager

#: The configuration file, looked for in the working directory and in each folder above it.
CONFIGURATION_FILE = ".brainsmith/config.yaml"
#: What every environment variable that sets something begins with.
VARIABLES = "BRAINSMITH_PLUGIN_"
#: Seconds for which a look at what is installed is trusted where the user set nothing.
CACHE_TTL = 300.0


class Default:
    """The one default manager, ``None`` until it is made; ``lock`` is held by who makes or forgets it."""

    __slots__ = ("_told", "lock", "manager")

    def __init__(self) -> None:
        self.manager: PluginManager | None = None
        self.lock = RLock()
        #: An index that held, and until when that is trusted.
        self._told: tuple[IndexFile, float] | None = None

    def names(self, type: str) -> "Sequence[str] | None":
        """The names of a type that work as attributes; ``None`` if only a manager can tell them."""
        if self.manager is not None:
            return self.manager.names(type)
        told = self._told
        if told is None or monotonic() >= told[1]:
            told = self._told = _standing_index(told)
        return told[0].names(type) if told else None

    def reset(self) -> None:
        """Forget the manager and what the index told."""
        with self.lock:
            if self.manager is not None:
                self.manager.close()
            self.manager = self._told = None


def _standing_index(known: "tuple[IndexFile, float] | None") -> "tuple[IndexFile, float] | None":
    if any_variable(os.environ) or nearest_configuration_file(""):
        return None
    checked = monotonic()
    index = known[0] if known else read(index_path(EVERYTHING), names_only=True)
    return (index, checked + CACHE_TTL) if index and index.holds() else None


def any_variable(environment: "Mapping[str, str]") -> bool:
    """Whether an environment variable sets something."""
    return any(name.startswith(VARIABLES) for name in environment)


def nearest_configuration_file(folder: str) -> str:
    """The configuration file in ``folder`` or the nearest folder above that has one; empty if none does."""
    here = os.path.abspath(folder)  # noqa: PTH100
    while True:
        candidate = os.path.join(here, CONFIGURATION_FILE)  # noqa: PTH118
        if os.path.isfile(candidate):  # noqa: PTH113
            return candidate
        above = os.path.dirname(here)  # noqa: PTH120
        if above == here:
            return ""
        here = above


default = Default()
