# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Steps are found by how FINN registers them, by their names, and by how the builder could call them."""

from __future__ import annotations

import pytest

from brainsmith_finn_bridge.listing import steps

STEPS = "finn/builder/build_dataflow_steps.py"


def found(hierarchy):
    return {function.name: name for function, name in steps.steps(hierarchy.universe)}


def test_an_entry_of_the_table_is_registered_under_its_key(scan):
    text = "def f(model, cfg): pass\n\nbuild_dataflow_step_lookup = {'step_nice_name': f}\n"
    assert found(scan({STEPS: text})) == {"f": "step_nice_name"}


REGISTER = """
    build_dataflow_step_lookup = {}

    def register_build_dataflow_step(step_name=None):
        pass
    """


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("@register_build_dataflow_step()\ndef step_a(model, cfg): pass", "step_a"),
        ("@register_build_dataflow_step('step_b')\ndef step_a(model, cfg): pass", "step_b"),
        ("@register_build_dataflow_step(step_name='step_c')\ndef step_a(model, cfg): pass", "step_c"),
        ("def step_a(model, cfg): pass\nregister_build_dataflow_step()(step_a)", "step_a"),
    ],
)
def test_the_decorator_registers_under_the_name_it_is_given(scan, statement, name):
    register = "from finn.builder.build_dataflow_steps import register_build_dataflow_step\n"
    hierarchy = scan({STEPS: REGISTER, "finn/transformation/more_steps.py": register + statement})
    assert found(hierarchy)["step_a"] == name


def test_a_function_named_like_a_step_can_only_be_imported(scan):
    hierarchy = scan({STEPS: "", "finn/anything.py": "def step_x(m): pass\n\ndef custom_step_y(m): pass\n"})
    assert found(hierarchy) == {"step_x": "", "custom_step_y": ""}


def test_a_public_function_of_the_builder_that_needs_model_and_cfg_alone_is_like_a_step(scan):
    text = """
        def prepare(model, cfg, verbose=False): pass
        def _hidden(model, cfg): pass
        def other(model, cfg, more): pass
        def load(filename, cfg): pass
        """
    hierarchy = scan({STEPS: "", "finn/builder/passes.py": text, "finn/elsewhere.py": text})
    assert found(hierarchy) == {"prepare": ""}


@pytest.mark.parametrize("name", ["step_convert_to_hw", "step_resnet50_convert_to_hw"])
def test_a_step_that_converts_to_hardware_is_marked(name):
    assert steps.stage(name) == "hardware_inference"


def test_no_other_step_is_marked():
    assert steps.stage("step_streamline") == ""
