# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Transforms: what counts as a transformation of FINN besides its classes."""

from __future__ import annotations

import ast

from brainsmith_core.discovery import syntax
from brainsmith_core.discovery.definition import ClassSource
from brainsmith_core.discovery.scan import Foreign

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from brainsmith_core.discovery.definition import FunctionSource
    from brainsmith_core.discovery.hierarchy import Hierarchy

#: QONNX's base class; with the bases made from it, so that a listing is whole even where QONNX is missing.
TRANSFORMATION = "qonnx.transformation.base:Transformation"
BASES = (
    TRANSFORMATION,
    "qonnx.transformation.base:NodeLocalTransformation",
    "qonnx.transformation.composed:ComposedTransformation",
)
_FOREIGN_BASES = [Foreign(base.replace(":", ".")) for base in BASES]


def factories(hierarchy: Hierarchy) -> Iterator[FunctionSource]:
    """Functions that are used like a transformation's class: named like one, and giving an instance."""
    for module in hierarchy.universe.modules("finn"):
        for function in module.functions:
            if function.name[:1].isupper() and _gives_transformation(hierarchy, function):
                yield function


def _gives_transformation(hierarchy: Hierarchy, function: FunctionSource) -> bool:
    for node in ast.walk(function.whole):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
            name = syntax.dotted(node.value.func)
            meaning = hierarchy.universe.resolve(function.module.name, name) if name else None
            if isinstance(meaning, ClassSource) and hierarchy.derives(meaning, BASES):
                return True
            if isinstance(meaning, Foreign) and meaning in _FOREIGN_BASES:
                return True
    return False
