# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The index of a graph, and changing one."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper

from brainsmith_kernels.graph import GraphIndex, attribute, new_constant, new_tensor, replace_nodes


@pytest.fixture
def model(make_model):
    return make_model(
        "float[2,4] x",
        "float[2,4] y",
        """
        c = Constant<value = float[1] {3}>()
        a = Mul(x, c)
        b = Add(a, d)
        e = Relu(b)
        y = Add(b, e)
        """,
        opset=13,
        d=np.ones(4),
    )


def test_a_producer_is_given_only_if_it_is_of_the_type_asked_for(model):
    index = GraphIndex(model)
    assert index.producer("a", "Mul").op_type == "Mul"
    assert index.producer("a", "Add", "Sub") is None
    assert index.producer("x", "Mul") is None


def test_a_producer_of_another_domain_is_not_a_standard_operator(model):
    model.graph.node[1].domain = "elsewhere"
    assert GraphIndex(model).producer("a", "Mul") is None


def test_a_tensor_with_one_reader_has_an_only_reader(model):
    index = GraphIndex(model)
    assert index.only_reader("a").output[0] == "b"
    assert index.only_reader("b") is None


def test_an_output_of_the_graph_has_no_only_reader(make_model):
    model = make_model("float[2] x", "float[2] y, float[2] z", "y = Relu(x) z = Neg(y)")
    assert GraphIndex(model).only_reader("y") is None


def test_a_node_that_reads_a_tensor_twice_is_not_its_only_reader(make_model):
    model = make_model("float[2] x", "float[2] y", "a = Relu(x) y = Mul(a, a)")
    assert GraphIndex(model).only_reader("a") is None


def test_a_body_that_reads_a_tensor_of_the_outer_graph_counts_as_reader(make_model):
    model = make_model(
        "bool choose, float[2] x",
        "float[2] y",
        """
        a = Relu(x)
        b = Neg(a)
        y = If (choose) <
            then_branch = then () => (float[2] t) { t = Exp(a) },
            else_branch = other () => (float[2] o) { o = Identity(b) }
        >
        """,
        infer=False,
    )
    assert GraphIndex(model).only_reader("a") is None


def test_constants_are_initializers_and_constant_nodes(model):
    index = GraphIndex(model)
    assert index.scalar("c") == 3.0
    np.testing.assert_array_equal(index.constant("d"), np.ones(4))
    assert index.scalar("d") is None
    assert index.constant("x") is None


def test_a_shape_is_given_only_if_every_dimension_is_known(make_model):
    model = make_model("float[N,4] x", "float[N,4] y", "y = Relu(x)")
    index = GraphIndex(model)
    assert index.shape("x") is None
    assert index.shape("nowhere") is None


def test_only_float32_is_float(make_model):
    model = make_model("float[2] x, double[2] v", "float[2] y, double[2] w", "y = Relu(x) w = Relu(v)")
    index = GraphIndex(model)
    assert index.is_float("x")
    assert not index.is_float("v")


def test_nodes_are_closed_if_nothing_else_reads_what_they_make(model):
    index = GraphIndex(model)
    nodes = {node.output[0]: node for node in model.graph.node}
    assert index.is_closed([nodes["a"], nodes["b"]], "b")
    assert not index.is_closed([nodes["b"], nodes["e"]], "e")


def test_nodes_are_not_closed_around_a_narrower_annotation(model):
    model.set_tensor_datatype("a", DataType["INT8"])
    index = GraphIndex(model)
    nodes = {node.output[0]: node for node in model.graph.node}
    assert not index.is_closed([nodes["a"], nodes["b"]], "b")


def test_replaced_nodes_make_room_for_new_ones_in_order(model):
    nodes = {node.output[0]: node for node in model.graph.node}
    new = [helper.make_node("Neg", ["x"], ["n"]), helper.make_node("Abs", ["n"], ["b"])]
    replace_nodes(model, [nodes["a"], nodes["b"]], new)
    assert [node.op_type for node in model.graph.node] == ["Constant", "Neg", "Abs", "Relu", "Add"]


def test_new_names_are_the_same_in_every_run_and_never_taken(model):
    assert new_tensor(model, "fresh", None) == "fresh"
    assert new_tensor(model, "a", [2, 4]) == "a_1"
    assert new_tensor(model, "d", None) == "d_1"
    assert model.get_tensor_shape("a_1") == [2, 4]
    assert new_tensor(model, "a", None) == "a_2"


def test_a_new_constant_can_be_read_back(model):
    name = new_constant(model, "k", np.asarray([1, 2], dtype=np.float32))
    np.testing.assert_array_equal(model.get_initializer(name), [1, 2])
    assert (
        ModelWrapper(model.model).get_tensor_valueinfo(name).type.tensor_type.elem_type == TensorProto.FLOAT
    )


def test_an_attribute_that_is_not_set_has_the_default():
    node = helper.make_node("Softmax", ["x"], ["y"], axis=2)
    assert attribute(node, "axis", -1) == 2
    assert attribute(node, "keepdims", 1) == 1
