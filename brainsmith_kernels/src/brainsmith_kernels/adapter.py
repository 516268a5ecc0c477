# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""BrainSmithAdapter: the project's own plugins, seen as those of a framework."""

from __future__ import annotations

from brainsmith_core import FrameworkAdapter
from brainsmith_kernels import plugins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from brainsmith_core.records import Record


class BrainSmithAdapter(FrameworkAdapter):
    """What the kernels pack itself brings; it has no models of its own."""

    name = "brainsmith"

    def is_available(self) -> bool:
        """Always true: the adapter is part of what it describes."""
        return True

    def discover_plugins(self) -> Sequence[Record]:
        """The records of the pack's transforms, kernels, back ends and steps."""
        return [*plugins.transforms(), *plugins.kernels(), *plugins.backends(), *plugins.steps()]

    def get_metadata(self) -> Mapping[str, str]:
        """``name``, ``version`` and ``location`` of the installed pack; ``remedy`` is empty."""
        # Listing plugins needs no metadata, and importlib.metadata costs more than the whole listing.
        from importlib.metadata import version

        location = __file__.rpartition("adapter.py")[0].rstrip("/\\")
        return {
            "name": self.name,
            "version": version("brainsmith-kernels"),
            "location": location,
            "remedy": "",
        }

    def packages(self) -> Sequence[str]:
        """Whether ``ConvertDivToMul`` is listed depends on the installed qonnx."""
        return ("qonnx",)
