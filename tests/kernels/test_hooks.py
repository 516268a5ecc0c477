# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The pack's hooks, called by pluggy as any pack's are."""

from __future__ import annotations

import pluggy
import pytest
from qonnx.custom_op.base import CustomOp
from qonnx.transformation.base import Transformation

import brainsmith_core.hookspecs as hookspecs
from brainsmith_core.loading import load
from brainsmith_kernels import hooks

LIST_EVERYTHING = """
import sys
from brainsmith_kernels import hooks
for name in ("transforms", "kernels", "backends", "steps", "frameworks"):
    assert getattr(hooks, "register_" + name)()
print(sorted({"qonnx", "onnx", "numpy", "torch", "finn"} & set(sys.modules)))
"""


@pytest.fixture
def hook():
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(hooks)
    manager.check_pending()
    return manager.hook


def names(records):
    return [record.name for record in records]


def test_the_kernels_are_listed(hook):
    listed = ["MatMul", "LayerNorm", "RMSNorm", "Softmax", "Gelu", "LutActivation"]
    assert names(*hook.register_kernels()) == listed


def test_each_kernel_but_the_matrix_product_has_a_back_end_in_both_languages(hook):
    (records,) = hook.register_backends()
    languages = {(record.kernel, record.language) for record in records}
    kernels = [name for name in names(*hook.register_kernels()) if name != "MatMul"]
    assert languages == {(name, language) for name in kernels for language in ("hls", "rtl")}
    for record in records:
        assert record.name == f"{record.kernel}{record.language.upper()}"
        assert isinstance(load(record), type)


def test_a_kernel_s_target_is_a_custom_op_of_its_op_type(hook):
    for record in hook.register_kernels()[0]:
        cls = load(record)
        assert issubclass(cls, CustomOp)
        assert cls.__name__ == record.op_type


def test_a_transform_s_target_is_a_transformation_of_its_name(hook):
    for record in hook.register_transforms()[0]:
        if not record.members:
            cls = load(record)
            assert issubclass(cls, Transformation)
            assert cls.__name__ == record.name


def test_each_kernel_has_an_inference_transform_that_creates_it(hook):
    created = {name: record.name for record in hook.register_transforms()[0] for name in record.creates}
    assert created == {name: f"Infer{name}" for name in names(*hook.register_kernels())}


def test_the_step_of_hardware_inference_carries_its_stage(hook):
    steps = {record.name: record for record in hook.register_steps()[0]}
    assert set(steps) == {"cleanup", "qonnx_to_finn", "hardware_inference", "quantisers_to_thresholds"}
    assert steps["hardware_inference"].stage == "hardware_inference"
    assert {load(record).__name__ for record in steps.values()} == set(steps)


def test_the_adapter_is_the_only_framework(hook):
    assert names(*hook.register_frameworks()) == ["brainsmith"]


def test_listing_imports_no_framework(in_fresh_process):
    assert in_fresh_process(LIST_EVERYTHING) == "[]\n"
