# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The pack answers core's hooks and imports nothing heavy for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pluggy

from brainsmith_core import CustomOpRecord, TransformRecord, hookspecs
from brainsmith_qonnx_bridge import hooks


def test_every_implementation_answers_a_hook_of_core() -> None:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(hooks)
    manager.check_pending()

    (transforms,) = manager.hook.register_transforms()
    (operators,) = manager.hook.register_custom_ops()
    (frameworks,) = manager.hook.register_frameworks()

    assert all(type(record) is TransformRecord for record in transforms)
    assert {"FoldConstants", "InferShapes", "RemoveIdentityOps"} <= {record.name for record in transforms}
    assert all(type(record) is CustomOpRecord for record in operators)
    assert {"BipolarQuant", "MultiThreshold"} <= {record.name for record in operators}
    assert [adapter.name for adapter in frameworks] == ["qonnx"]


def test_the_pack_registers_no_steps_and_no_kernels() -> None:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(hooks)

    assert manager.hook.register_steps() == []
    assert manager.hook.register_kernels() == []


def test_names_are_unique_within_the_pack() -> None:
    names = [record.name for record in hooks.register_transforms()]

    assert len(names) == len(set(names))


def test_listing_imports_no_framework(here: Callable[[str], Any]) -> None:
    listing = here("listing.py")

    assert listing["records"]
    assert listing["heavy"] == []


def test_importing_the_hooks_imports_nothing_of_the_framework() -> None:
    heavy = "('onnx', 'qonnx', 'numpy', 'brainsmith_qonnx_bridge.model')"
    code = f"import sys, brainsmith_qonnx_bridge.hooks; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
