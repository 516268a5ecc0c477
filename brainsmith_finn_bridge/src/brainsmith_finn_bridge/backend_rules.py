# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""FINN's rules for choosing a back end, in the words of its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from brainsmith_finn_bridge.installation import Installation

_FILE = ("transformation", "fpgadataflow", "specialize_layers.py")
_FUNCTION = "_determine_impl_style"
_GENERAL = (
    "FINN chooses for each node, at step_specialize_layers: the first of the blueprint's 'backends' that it "
    "allows for the node and the part; where the blueprint leaves them open, rtl if there is one and its "
    "rule allows it, else hls. A specialize_layers_config_file in finn_config has the last word."
)


def backend_rule(installation: Installation, op_type: str) -> str:
    """How the installed FINN chooses among the back ends of an operator."""
    files = (Path(folder, *_FILE) for folder in installation.folders)
    file = next((file for file in files if file.is_file()), None)
    try:
        tree = ast.parse(file.read_text("utf-8")) if file else ast.Module([], [])
    except (OSError, SyntaxError, UnicodeDecodeError):
        return _GENERAL
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    if _FUNCTION not in functions:
        return _GENERAL
    said = []
    for name in dict.fromkeys(_asked(functions[_FUNCTION], op_type)):
        if name in functions:
            text = ast.get_docstring(functions[name]) or f"it is decided by {name}"
            said.append(f"Of rtl for {op_type}, FINN's source says: {' '.join(text.split())}")
    return "\n".join([_GENERAL, *said])


def _asked(function: ast.FunctionDef, op_type: str) -> Iterator[str]:
    """The functions that are called where the operator is the one asked about."""
    for node in ast.walk(function):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Compare):
            texts = [each.value for each in ast.walk(node.test) if isinstance(each, ast.Constant)]
            if op_type in texts:
                calls = (each for part in node.body for each in ast.walk(part))
                for call in calls:
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                        yield call.func.id
