# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The kernels that an inference transformation makes are read from the nodes that it makes."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from brainsmith_finn_bridge.listing.inference import created_kernels

KERNELS = ("ElementwiseAdd", "ElementwiseMul", "FIFO", "MVAU", "Squeeze", "VVAU")


def created(scan, body, name="InferThing", more=""):
    method = indent("def apply(self, model):\n" + indent(dedent(body).strip("\n"), "    "), "    ")
    head = f"from qonnx.transformation.base import Transformation\n{more}\n\n"
    text = f"{head}class {name}(Transformation):\n{method}\n"
    hierarchy = scan({"finn/transformation/thing.py": text})
    module = hierarchy.universe.module("finn.transformation.thing")
    assert module is not None
    found = next(each for each in module.classes if each.name == name)
    return created_kernels(hierarchy.universe, found, KERNELS)


WAYS = {
    "literal": 'helper.make_node("MVAU", [], [])',
    "keyword": 'oh.make_node(inputs=[], op_type="MVAU")',
    "variable": 'kind = "MVAU"\nhelper.make_node(kind, [], [])',
    "dictionary": 'words = {"op_type": "MVAU", "inputs": []}\noh.make_node(**words)',
    "moved": 'if node.op_type == "MVAU":\n    node.domain = "finn.custom_op.fpgadataflow"',
    "renamed": 'node.op_type = "MVAU"',
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_making_a_node_counts(scan, way):
    assert created(scan, WAYS[way]) == ("MVAU",)


def test_either_branch_of_a_choice_counts(scan):
    assert created(scan, 'make_node("MVAU" if dense else "VVAU", [], [])') == ("MVAU", "VVAU")


def test_a_formatted_name_means_every_kernel_that_begins_so(scan):
    assert created(scan, 'make_node(f"Elementwise{op}", [], [])') == ("ElementwiseAdd", "ElementwiseMul")


def test_a_formatted_name_with_no_beginning_means_nothing(scan):
    assert created(scan, 'make_node(f"{op}Layer", [], [])') == ()


def test_only_kernels_count(scan):
    assert created(scan, 'make_node("Transpose", [], [])\nmake_node("FIFO", [], [])') == ("FIFO",)


def test_an_op_type_that_is_only_looked_for_does_not_count(scan):
    assert created(scan, 'if node.op_type == "Squeeze":\n    return model, False') == ()


def test_what_it_leaves_to_another_inference_counts(scan):
    other = (
        'class InferOther(Transformation):\n    def apply(self, model):\n        make_node("VVAU", [], [])\n'
    )
    assert created(scan, "return InferOther().apply(model)", more=other) == ("VVAU",)


def test_two_that_call_each_other_come_to_an_end(scan):
    body = 'InferThing(), make_node("VVAU")'
    other = f"class InferOther(Transformation):\n    def apply(self, model):\n        {body}\n"
    assert created(scan, "model.transform(InferOther())", more=other) == ("VVAU",)


def test_a_transformation_of_another_name_infers_nothing(scan):
    assert created(scan, 'make_node("FIFO", [], [])', name="InsertFIFO") == ()
