# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""NativeKernel: a kernel of another pack that FINN can treat as its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from brainsmith_core.blueprint.plan import PlannedKernel
from brainsmith_core.errors import HardwareError
from brainsmith_core.hardware import HardwareBackend, HardwareKernel, Port, Resources, lacking
from brainsmith_core.loading import load
from brainsmith_core.records import BackendRecord, KernelRecord

SOURCE = "finn"
#: The languages in which FINN has back ends; the first that a kernel has tells its cost until one is chosen.
LANGUAGES = ("rtl", "hls")
#: What a part's name begins with, and the device families whose numbers hold for it, the closest first.
_FAMILIES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("xc7", "xa7", "xq7"), ("xc7",)),
    (("xcv8", "xcvc", "xcve", "xcvp", "xcvm", "xcvh", "xqv", "xqrv"), ("versal", "xcup")),
)
_ULTRASCALE = ("xcup",)


@dataclass(frozen=True)
class NativeKernel:
    """The records of a kernel and of one back end in each language; values that can be sent to a worker."""

    kernel: KernelRecord
    backends: Mapping[str, BackendRecord] = field(hash=False)

    @property
    def op_type(self) -> str:
        """The op type of the kernel's nodes, which is its name in FINN as well."""
        return self.kernel.op_type

    def kernel_class(self) -> Any:
        """The class that follows ``HardwareKernel``."""
        return load(self.kernel)

    def backend(self, language: str = "") -> Any:
        """The class of the back end in a language, or of the first there is."""
        chosen = language or next(each for each in LANGUAGES if each in self.backends)
        return load(self.backends[chosen])


def native_kernels(planned: Iterable[PlannedKernel]) -> tuple[NativeKernel, ...]:
    """Those of a plan's kernels that FINN can take: of other packs, and with all of the hardware protocol.

    Two kernels may share an op type if they share its class. Raises ``HardwareError`` if they do not,
    ``PluginLoadError`` for a class that cannot be imported.
    """
    found: dict[str, NativeKernel] = {}
    for each in planned:
        native = _native(each)
        if native is None:
            continue
        known = found.setdefault(native.op_type, native)
        if known.kernel.target != native.kernel.target:
            names = f"{known.kernel.qualified_name} and {native.kernel.qualified_name}"
            raise HardwareError(
                f"{names} both have nodes of the type {native.op_type}",
                place="kernels for FINN",
                remedy="remove one of them from the blueprint's kernels",
            )
    return tuple(found.values())


def _native(planned: PlannedKernel) -> NativeKernel | None:
    record = planned.record
    if record.source == SOURCE or not planned.backends or lacking(load(record), HardwareKernel):
        return None
    backends: dict[str, BackendRecord] = {}
    for backend in planned.backends:
        usable = backend.source != SOURCE and backend.language in LANGUAGES
        if usable and not lacking(load(backend), HardwareBackend):
            backends.setdefault(backend.language, backend)
    return NativeKernel(record, backends) if backends else None


def ports(backend: Any, parameters: Any, direction: str) -> list[Port]:
    """The back end's ports in a direction, in their order."""
    return [port for port in backend.ports(parameters) if port.direction == direction]


def resources(backend: Any, parameters: Any, part: str) -> Resources:
    """What the kernel takes of a part, by the numbers of the closest device family that there are any for.

    Raises ``HardwareError`` where there are none.
    """
    families = next((names for begin, names in _FAMILIES if part.lower().startswith(begin)), _ULTRASCALE)
    for family in families[:-1]:
        try:
            return _resources(backend, parameters, family)
        except HardwareError:
            continue
    return _resources(backend, parameters, families[-1])


def _resources(backend: Any, parameters: Any, family: str) -> Resources:
    found: Resources = backend.resources(parameters, family)
    return found
