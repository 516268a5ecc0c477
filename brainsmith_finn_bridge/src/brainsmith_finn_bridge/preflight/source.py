# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The source of FINN's steps: which operators they know at all, read and never imported."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from brainsmith_core.discovery.locate import locate
from brainsmith_finn_bridge.installation import Installation

_STEPS = ("builder", "build_dataflow_steps.py")
_QONNX_IMPORT = re.compile(r"^\s*(?:from|import)\s+qonnx\.([\w.]+)", re.MULTILINE)


class StepSource:
    """The text of the installed FINN's steps and of every transformation that they may apply."""

    def __init__(self, installation: Installation) -> None:
        self._folders = [Path(folder) for folder in installation.folders]

    def knows(self, op_type: str) -> bool:
        """Whether any transformation names the operator: one that none names is left as it is by all."""
        return f'"{op_type}"' in self._transformations or f"'{op_type}'" in self._transformations

    def names(self, step: str, word: str) -> bool:
        """Whether the text of a step names something, a transformation or an op type."""
        return re.search(rf"\b{word}\b", self._functions.get(step, "")) is not None

    @cached_property
    def _functions(self) -> dict[str, str]:
        parts = self._steps.split("\ndef ")[1:]
        return {part.partition("(")[0]: part for part in parts}

    @cached_property
    def _steps(self) -> str:
        return "".join(_texts(folder.joinpath(*_STEPS) for folder in self._folders))

    @cached_property
    def _transformations(self) -> str:
        files = (file for folder in self._folders for file in (folder / "transformation").rglob("*.py"))
        text = "".join([self._steps, *_texts(files)])
        return text + "".join(_texts(_qonnx_files(text)))


def _qonnx_files(text: str) -> Iterator[Path]:
    """The modules of QONNX that a text imports, and those that they import in turn."""
    folders = [Path(folder) for folder in locate("qonnx")]
    waiting, seen = _QONNX_IMPORT.findall(text), set()
    while waiting:
        name = waiting.pop()
        if name in seen or not name.startswith(("transformation", "util.cleanup")):
            continue
        seen.add(name)
        for folder in folders:
            file = folder.joinpath(*name.split(".")).with_suffix(".py")
            for found in _texts([file]):
                yield file
                waiting += _QONNX_IMPORT.findall(found)


def _texts(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        try:
            yield file.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
