# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Steps: which of FINN's functions are build steps, and by which names FINN knows them."""

from __future__ import annotations

import ast

from brainsmith_core.discovery import syntax
from brainsmith_core.discovery.definition import FunctionSource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from brainsmith_core.discovery.scan import Universe
    from brainsmith_core.discovery.source import ModuleSource

_TABLE = "build_dataflow_step_lookup"
_REGISTER = "register_build_dataflow_step"
_PREFIXES = ("step_", "custom_step")
_HARDWARE_INFERENCE = "convert_to_hw"


def steps(universe: Universe) -> Iterator[tuple[FunctionSource, str]]:
    """Each step with the name under which FINN registers it, ``''`` for one that can only be imported.

    These are the registered functions, those named like a step, and the public ones of ``finn.builder``
    that can be called with ``(model, cfg)``.
    """
    names = _registered(universe)
    for module in universe.modules("finn"):
        for function in module.functions:
            name = names.get(function.origin, "")
            if name or function.name.startswith(_PREFIXES) or _is_like(function):
                yield function, name


def stage(name: str) -> str:
    """``hardware_inference`` for a step that turns layers into hardware operators, else ``''``."""
    return "hardware_inference" if _HARDWARE_INFERENCE in name else ""


def _is_like(function: FunctionSource) -> bool:
    if function.name.startswith("_") or not function.module.name.startswith("finn.builder."):
        return False
    required = [text for text in function.parameters if "=" not in text and not text.startswith("*")]
    return required == ["model", "cfg"]


def _registered(universe: Universe) -> dict[str, str]:
    """FINN's names of steps by the origin of the function."""
    names = {}
    for module in universe.modules("finn"):
        for name, expression in [*_entries(module), *_calls(module), *_decorated(module)]:
            meaning = universe.resolve(module.name, expression)
            if isinstance(meaning, FunctionSource):
                names[meaning.origin] = name or meaning.name
    return names


def _entries(module: ModuleSource) -> Iterator[tuple[str, str]]:
    for name, value in module.entries(_TABLE):
        if syntax.dotted(value):
            yield name, syntax.dotted(value)


def _calls(module: ModuleSource) -> Iterator[tuple[str, str]]:
    """The decorator called by hand, ``register_build_dataflow_step("name")(function)``."""
    for statement in module.statements() if module.body and _REGISTER in module.text else ():
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and call.args and _is_register(call.func):
            yield _given_name(call.func), syntax.dotted(call.args[0])


def _decorated(module: ModuleSource) -> Iterator[tuple[str, str]]:
    for function in module.functions:
        header = function.header_text
        for decorator in function.decorators if not header or _REGISTER in header else ():
            if _is_register(decorator):
                yield _given_name(decorator), function.name


def _is_register(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and syntax.dotted(node.func).rpartition(".")[2] == _REGISTER


def _given_name(node: ast.expr) -> str:
    assert isinstance(node, ast.Call)
    values = [*node.args, *(word.value for word in node.keywords if word.arg == "step_name")]
    return next((v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)), "")
