# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The elaboration of generated SystemVerilog with pyslang, which is stricter than most readers."""

from __future__ import annotations

from collections.abc import Mapping

from brainsmith_core.errors import HardwareError, ToolError


def elaborate(files: Mapping[str, str], top: str) -> None:
    """Raise ``HardwareError`` unless the files have this one top module and no error.

    Raises ``ToolError`` where pyslang is not installed.
    """
    try:
        import pyslang
    except ImportError:
        raise ToolError("pyslang is not installed", remedy="pip install pyslang") from None
    compilation = pyslang.ast.Compilation()
    for name, text in files.items():
        compilation.addSyntaxTree(pyslang.syntax.SyntaxTree.fromText(text, name))
    tops = [module.name for module in compilation.getRoot().topInstances]
    if tops != [top]:
        raise HardwareError(
            f"the top modules are {', '.join(tops) or 'none'}", remedy=f"let only {top} be one"
        )
    errors = sorted({str(found.code) for found in compilation.getAllDiagnostics() if found.isError()})
    if errors:
        raise HardwareError(f"pyslang reports {', '.join(errors)}", place=top, remedy="mend the template")
