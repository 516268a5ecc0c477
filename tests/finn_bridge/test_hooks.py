# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The hooks give what the adapter finds, one type each, and import no framework."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from brainsmith_finn_bridge import hooks
from brainsmith_finn_bridge.adapter import FINNAdapter
from brainsmith_finn_bridge.kernels import plan

HOOKS = {
    "transform": hooks.register_transforms,
    "kernel": hooks.register_kernels,
    "backend": hooks.register_backends,
    "step": hooks.register_steps,
    "custom_op": hooks.register_custom_ops,
}


@pytest.mark.parametrize("type_", HOOKS)
def test_each_hook_gives_the_records_of_its_type(type_, tree, on_path):
    on_path(tree())
    own = plan.steps() if type_ == "step" else []
    found = [record for record in FINNAdapter().discover_plugins() if record.type == type_]
    assert HOOKS[type_]() == found + own


@pytest.mark.parametrize("type_", HOOKS)
def test_without_FINN_each_hook_gives_nothing(type_, no_finn):
    assert HOOKS[type_]() == []


def test_the_framework_is_given_whether_it_is_installed_or_not(no_finn):
    assert [adapter.name for adapter in hooks.register_frameworks()] == ["finn"]


def test_importing_the_hooks_imports_core_alone():
    program = "import sys, json; import brainsmith_finn_bridge.hooks; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    tops = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert not tops & {"finn", "qonnx", "onnx", "torch", "numpy"}
