# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Registration: kernels of other packs in FINN's dictionaries, in this process and in its workers."""

from __future__ import annotations

import importlib
import multiprocessing
import os
from collections.abc import Iterable
from contextlib import ExitStack
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from threading import RLock
from typing import Any

from onnx import NodeProto

from brainsmith_core.blueprint.kernels import offered_backends
from brainsmith_core.blueprint.plan import PlannedKernel
from brainsmith_core.errors import HardwareError
from brainsmith_core.manager import get_plugin_manager
from brainsmith_core.records import KernelRecord
from brainsmith_finn_bridge.environment import finn_environment
from brainsmith_finn_bridge.kernels.kernel import LANGUAGES, SOURCE, NativeKernel, native_kernels
from brainsmith_finn_bridge.whole_model import DOMAIN

_FOLDING = "finn.transformation.fpgadataflow.set_folding"
#: The operators that FINN's SetFolding folds by ``PE``, the one list of them that is open.
_FOLDED = "ELEMENTWISE_BINARY_OPS"

_lock = RLock()


def register(kernels: Iterable[NativeKernel]) -> None:
    """Make kernels operators of FINN's: ``X``, and ``X_hls`` and ``X_rtl`` for the back ends there are.

    They stay registered for as long as the process lives, so that models with their nodes can be used after
    a build; registering one again replaces its back ends. Worker processes that are not forked register
    them when they are sent a node. FINN must be importable. Raises ``HardwareError`` for an op type that
    FINN or another pack has already.
    """
    with _lock:
        for kernel in kernels:
            _register(kernel)


def register_installed() -> tuple[NativeKernel, ...]:
    """Register every kernel of the installed packs that FINN can take, and return them.

    For a process that loads a model with such nodes and is no build of ours; FINN is imported in the
    environment that it wants. Raises ``HardwareError`` as ``register`` does.
    """
    registry = get_plugin_manager().registry
    records = registry.find("kernel", registered=True, available=True)
    planned = [
        PlannedKernel(record, tuple(offered_backends(record, registry)))
        for record in records
        if isinstance(record, KernelRecord) and record.source != SOURCE
    ]
    with finn_environment():
        kernels = native_kernels(planned)
        register(kernels)
    return kernels


def _register(kernel: NativeKernel) -> None:
    places = {language: _place(kernel.op_type, language) for language in ("", *LANGUAGES)}
    for domain, name in places.values():
        _check_free(domain, name, kernel)
    for language, (domain, name) in places.items():
        table = _table(domain)
        if language and language not in kernel.backends:
            table.pop(name, None)
        elif getattr(table.get(name), "native", None) != kernel:
            table[name] = _operator(name, language, kernel)
        _forget(domain, name)
    folded = getattr(importlib.import_module(_FOLDING), _FOLDED, None)
    if folded is not None:
        folded += [name for _, name in places.values() if name not in folded]
    # A worker that is started anew knows nothing of what this process has registered.
    ForkingPickler.register(NodeProto, _reduced)
    _registered[kernel.op_type] = kernel


def _place(op_type: str, language: str) -> tuple[str, str]:
    """FINN's domain of a language's operators, and the operator's name in it."""
    return (f"{DOMAIN}.{language}", f"{op_type}_{language}") if language else (DOMAIN, op_type)


def _table(domain: str) -> dict[str, Any]:
    table: dict[str, Any] = importlib.import_module(domain).custom_op
    return table


def _check_free(domain: str, name: str, kernel: NativeKernel) -> None:
    there = _table(domain).get(name)
    owner = getattr(there, "native", None)
    if there is None or (owner and owner.kernel.target == kernel.kernel.target):
        return
    has = f"the pack {owner.kernel.source}" if owner else "FINN itself"
    raise HardwareError(
        f"{has} has an operator {name} already",
        place=f"kernel {kernel.kernel.qualified_name}",
        remedy=f"its authors have to give it another op type than {kernel.op_type}",
    )


def _operator(name: str, language: str, kernel: NativeKernel) -> type:
    module, base = {
        "": ("operator", "KernelOperator"),
        "hls": ("hls_operator", "HlsOperator"),
        "rtl": ("rtl_operator", "RtlOperator"),
    }[language]
    # Imported here, since they derive from FINN's classes.
    cls: type = getattr(importlib.import_module(f"brainsmith_finn_bridge.kernels.{module}"), base)
    text = f"{kernel.kernel.qualified_name} as an operator of FINN's."
    made = type(name, (cls,), {"native": kernel, "__doc__": text, "__module__": cls.__module__})
    _check_attributes(made, kernel)
    return made


def _check_attributes(operator: Any, kernel: NativeKernel) -> None:
    from finn.custom_op.fpgadataflow.hwcustomop import HWCustomOp

    made = operator(NodeProto(op_type=kernel.op_type, input=["in0"], output=["out0"]))
    shared = set(made.op.get_nodeattr_types()) & set(HWCustomOp.get_nodeattr_types(made))
    if shared:
        raise HardwareError(
            f"FINN has attributes of its own called {', '.join(sorted(shared))}",
            place=f"kernel {kernel.kernel.qualified_name}",
            remedy="its authors have to call those of its nodes otherwise",
        )


def _forget(domain: str, name: str) -> None:
    """Have qonnx look again, which remembers classes that it has found."""
    known = getattr(importlib.import_module("qonnx.custom_op.registry"), "_OP_REGISTRY", {})
    known.get(domain, {}).pop(name, None)


def _reduced(node: NodeProto) -> Any:
    """How a node is sent to another process: one of a registered kernel takes the kernel's records along."""
    native = node.domain.startswith(DOMAIN)
    kernel = _registered.get(node.op_type.removesuffix("_hls").removesuffix("_rtl")) if native else None
    return (_restored, (node.SerializeToString(), kernel))


def _restored(serialized: bytes, kernel: NativeKernel | None) -> NodeProto:
    if kernel is not None and _registered.get(kernel.op_type) != kernel:
        if multiprocessing.parent_process() is not None:
            _enter_environment()
        register([kernel])
    return NodeProto.FromString(serialized)


def _enter_environment() -> None:
    """Give a worker that was not forked what FINN wants; nobody else is in it to give the process back to."""
    with _lock:
        if not _entered:
            folder = os.environ.get("FINN_BUILD_DIR")
            _entered.append(ExitStack())
            _entered[0].enter_context(finn_environment(Path(folder) if folder else None))


#: By op type. Forked workers inherit it.
_registered: dict[str, NativeKernel] = {}
#: What a worker holds until it ends.
_entered: list[ExitStack] = []
