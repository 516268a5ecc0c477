# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Adapter: QONNX as core sees it. Only ``models`` imports QONNX."""

from __future__ import annotations

from brainsmith_core.discovery.garbage import Uncollected
from brainsmith_core.discovery.hierarchy import Hierarchy
from brainsmith_core.discovery.locate import is_importable, locate
from brainsmith_core.discovery.scan import Universe
from brainsmith_core.errors import PackError
from brainsmith_core.frameworks import FrameworkAdapter
from brainsmith_core.loading import describe
from brainsmith_qonnx_bridge import rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from brainsmith_core.frameworks import ModelAccess
    from brainsmith_core.records import Record

INSTALL = 'pip install "qonnx>=0.4"'


class QONNXAdapter(FrameworkAdapter):
    """The QONNX that is installed, whichever version from 0.4 on."""

    name = "qonnx"

    def __init__(self) -> None:
        self._listing = _Listing()

    def is_available(self) -> bool:
        """Whether QONNX is installed, judged without importing it."""
        return bool(locate("qonnx"))

    def discover_plugins(self) -> Sequence[Record]:
        """The records of every transformation and custom operator, read from QONNX's source.

        Empty where QONNX is not installed. A second call costs a look at the files' times.
        """
        universe = Universe({"qonnx": locate("qonnx")})
        stamp = universe.stamp()
        if self._listing.stamp != stamp or not self._listing.holds():
            with Uncollected():
                self._listing.scan(universe, stamp)
        return self._listing.records

    def get_metadata(self) -> Mapping[str, str]:
        """``name``, ``version``, ``location``, and ``remedy`` where QONNX is missing."""
        folders = locate("qonnx")
        return {
            "name": self.name,
            "version": _version() if folders else "",
            "location": folders[0] if folders else "",
            "remedy": "" if folders else INSTALL,
        }

    def base_classes(self) -> Mapping[str, Sequence[str]]:
        """QONNX's own base classes of transformations and of operators."""
        return {"transform": (rules.TRANSFORMATION,), "kernel": (rules.CUSTOM_OP,)}

    def packages(self) -> Sequence[str]:
        """The listing is read from QONNX's source."""
        return ("qonnx",)

    def models(self) -> ModelAccess:
        """QONNX's models: ONNX files and ``ModelWrapper`` objects.

        Raises ``PackError`` if QONNX cannot be imported.
        """
        try:
            from brainsmith_qonnx_bridge.model import QONNXModels
        except (Exception, SystemExit) as error:
            raise PackError(
                f"QONNX cannot be imported, so no model can be read: {describe(error)}",
                place="qonnx",
                remedy=INSTALL
                if not self.is_available()
                else "mend the installation: pip install --force-reinstall qonnx",
            ) from error
        return QONNXModels()


class _Listing:
    """The last scan's records, and what they were found from."""

    def __init__(self) -> None:
        self.stamp: tuple[tuple[str, int, int], ...] | None = None
        self.records: tuple[Record, ...] = ()
        self._imports: frozenset[str] = frozenset()
        self._missing: frozenset[str] = frozenset()

    def holds(self) -> bool:
        """Whether the same other packages are installed as when the scan was made."""
        return _missing(self._imports) == self._missing

    def scan(self, universe: Universe, stamp: tuple[tuple[str, int, int], ...]) -> None:
        hierarchy = Hierarchy(universe)
        found = [*rules.transforms(hierarchy), *rules.custom_ops(hierarchy)]
        imports = frozenset[str]().union(*(universe.foreign_imports(record.module) for record in found))
        self._imports, self._missing = imports, _missing(imports)
        if universe.diagnostics:
            import logging

            for diagnostic in universe.diagnostics:
                logging.getLogger("brainsmith.plugin").warning("%s: %s", diagnostic.path, diagnostic.fact)
        self.records, self.stamp = tuple(found), stamp


def _missing(modules: frozenset[str]) -> frozenset[str]:
    return frozenset(module for module in modules if not is_importable(module))


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("qonnx")
    except PackageNotFoundError:
        # A source tree on PYTHONPATH has no metadata.
        return ""
