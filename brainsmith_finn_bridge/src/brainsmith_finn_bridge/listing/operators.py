# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Operators: which of FINN's classes are kernels, back ends or other custom ops, and which it registers."""

from __future__ import annotations

import ast

from brainsmith_core.discovery import syntax
from brainsmith_core.discovery.definition import ClassSource, FunctionSource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from brainsmith_core.discovery.hierarchy import Hierarchy
    from brainsmith_core.discovery.source import ModuleSource

KERNEL = "finn.custom_op.fpgadataflow.hwcustomop:HWCustomOp"
BACKENDS = {
    "hls": "finn.custom_op.fpgadataflow.hlsbackend:HLSBackend",
    "rtl": "finn.custom_op.fpgadataflow.rtlbackend:RTLBackend",
}
CUSTOM_OP = "qonnx.custom_op.base:CustomOp"

#: The dictionary in which a FINN domain keeps its operators, the decorator that fills it, and the
#: function by which QONNX lets others add to a domain.
_TABLE = "custom_op"
_DECORATOR = "register_custom_op"
_ADD = "add_op_to_domain"


def language(hierarchy: Hierarchy, found: ClassSource) -> str:
    """``hls`` or ``rtl`` for a back end, ``''`` for any other class."""
    # Xilinx/finn's back-end bases are no operators themselves, so this is asked before whether it is one.
    return next((word for word, base in BACKENDS.items() if hierarchy.derives(found, [base])), "")


def kernel_of(hierarchy: Hierarchy, backend: ClassSource) -> str:
    """The kernel that a back end implements: the first one in its method resolution order; ``''`` if none."""
    for ancestor in hierarchy.mro(backend)[1:]:
        if isinstance(ancestor, ClassSource) and ancestor.origin != KERNEL and is_kernel(hierarchy, ancestor):
            return ancestor.name
    return ""


def is_kernel(hierarchy: Hierarchy, found: ClassSource) -> bool:
    """Whether a class is a hardware operator and not an implementation of one."""
    return hierarchy.derives(found, [KERNEL]) and not language(hierarchy, found)


def registered(hierarchy: Hierarchy) -> frozenset[str]:
    """The origins of the classes that FINN offers by name, in any of the ways in which it does."""
    universe = hierarchy.universe
    origins = set()
    for module in universe.modules("finn"):
        for name in _offered(module):
            meaning = universe.resolve(module.name, name)
            if isinstance(meaning, ClassSource):
                origins.add(meaning.origin)
        origins.update(each.origin for each in module.classes if _is_decorated(hierarchy, each))
    return frozenset(origins)


def _offered(module: ModuleSource) -> Iterator[str]:
    if module.is_package and ".custom_op" in module.name:
        yield from (syntax.dotted(value) for _, value in module.entries(_TABLE) if syntax.dotted(value))
        yield from module.exported or ()
    for statement in module.statements() if module.body and _ADD in module.text else ():
        call = statement.value if isinstance(statement, ast.Expr) else None
        name = syntax.dotted(call.func).rpartition(".")[2] if isinstance(call, ast.Call) else ""
        if isinstance(call, ast.Call) and name == _ADD and len(call.args) == 2:
            yield syntax.dotted(call.args[1])


def _is_decorated(hierarchy: Hierarchy, found: ClassSource) -> bool:
    for decorator in found.decorators:
        name = syntax.dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
        meaning = hierarchy.universe.resolve(found.module.name, name) if name else None
        if isinstance(meaning, FunctionSource) and meaning.name == _DECORATOR:
            return True
    return False
