# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Merging chains of constant arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from qonnx.core.datatype import DataType

from brainsmith_kernels.transforms.merge_op_chains import MergeOpChains

#: Shapes that broadcast against (2, 3, 4), some of them to more than that.
SHAPES = [(), (1,), (4,), (3, 1), (2, 3, 4), (1, 1, 4), (2, 1, 1), (5, 1, 1, 1)]
SHAPE = "2,3,4"


def texts(shape):
    return ",".join(map(str, shape))


@st.composite
def chains(draw):
    """A chain as ONNX text, its constants, the shape that comes out, and the sum of magnitudes on the way."""
    lines, constants, shape = [], {}, (2, 3, 4)
    length = draw(st.integers(1, 6))
    for place in range(length):
        op_type = draw(st.sampled_from(["Add", "Sub", "Mul", "Div"]))
        operand = draw(st.sampled_from(SHAPES))
        magnitudes = st.floats(0.25, 4, width=32)
        value = draw(st_numpy.arrays(np.float32, operand, elements=magnitudes))
        value = np.where(draw(st_numpy.arrays(bool, operand)), value, -value).astype(np.float32)
        source = "x" if place == 0 else f"t{place}"
        target = "y" if place == length - 1 else f"t{place + 1}"
        is_swapped = op_type != "Div" and draw(st.booleans())
        operands = f"c{place}, {source}" if is_swapped else f"{source}, c{place}"
        lines.append((op_type, f"{target} = {op_type}({operands})", value, is_swapped))
        constants[f"c{place}"] = value
        shape = np.broadcast_shapes(shape, operand)
    return lines, constants, shape


def in_float64(lines, x):
    """What the chain computes without rounding, and the largest magnitude on the way, element by element."""
    value, magnitude = x.astype(np.float64), np.abs(x.astype(np.float64))
    for op_type, _, constant, is_swapped in lines:
        wide = constant.astype(np.float64)
        function = {"Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide}[op_type]
        value = function(wide, value) if is_swapped else function(value, wide)
        grown = np.multiply if op_type == "Mul" else np.divide if op_type == "Div" else np.add
        magnitude = grown(magnitude, np.abs(wide))
    return value, magnitude


@settings(max_examples=150, deadline=None)
@given(chain=chains(), seed=st.integers(0, 2**16))
def test_any_chain_becomes_at_most_one_mul_and_one_add_of_the_same_function(
    chain, seed, make_model, settle, run, op_counts
):
    lines, constants, shape = chain
    body = " ".join(line for _, line, _, _ in lines)
    model = make_model(f"float[{SHAPE}] x", f"float[{texts(shape)}] y", body, opset=13, **constants)
    merged, changes = settle(model, MergeOpChains())
    counts = op_counts(merged)
    if len(lines) > 2:
        assert set(counts) <= {"Mul", "Add"}
        assert max(counts.values()) == 1
    assert changes == (sum(counts.values()) < len(lines))
    x = np.random.default_rng(seed).standard_normal((2, 3, 4)).astype(np.float32)
    expected, magnitude = in_float64(lines, x)
    (actual,) = run(merged, x=x)
    assert actual.shape == expected.shape == shape
    # Each of A, B, the product and the sum is rounded once, and the chain's own rounding is not there.
    assert (np.abs(actual - expected) <= 4 * np.finfo(np.float32).eps * magnitude).all()


@settings(max_examples=50, deadline=None)
@given(chain=chains())
def test_merging_twice_changes_nothing_more(chain, make_model, settle):
    lines, constants, shape = chain
    body = " ".join(line for _, line, _, _ in lines)
    model = make_model(f"float[{SHAPE}] x", f"float[{texts(shape)}] y", body, opset=13, **constants)
    merged, _ = settle(model, MergeOpChains())
    assert settle(merged, MergeOpChains())[1] == 0


@pytest.fixture
def merge(make_model, settle):
    def apply(body, shape="4", kind="float", outputs="", **constants):
        words = {"opset": 13, "dtype": {"double": np.float64}.get(kind, np.float32)}
        inputs = f"{kind}[{shape}] x"
        model = make_model(inputs, outputs or f"{kind}[{shape}] y", body, **words, **constants)
        return settle(model, MergeOpChains())

    return apply


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        ("a = Add(x, c) y = Add(a, c)", {"Add": 1}),
        ("a = Mul(x, c) y = Div(a, d)", {"Mul": 1}),
        ("a = Sub(x, c) b = Div(a, d) e = Mul(b, c) y = Add(e, d)", {"Mul": 1, "Add": 1}),
        ("a = Sub(c, x) y = Sub(d, a)", {"Add": 1}),
        ("a = Mul(x, c) y = Div(a, c)", {"Mul": 1}),
    ],
)
def test_a_part_that_does_nothing_is_left_out(body, counts, merge, op_counts):
    merged, _ = merge(body, c=np.full(4, 3.0), d=np.full(4, 7.0))
    assert op_counts(merged) == counts


def test_a_factor_that_only_rounding_makes_1_is_left_out_at_once(merge, op_counts):
    merged, changes = merge("a = Div(x, c) b = Add(a, d) y = Mul(b, c)", c=np.float32(2.2761748), d=-1.0)
    assert (op_counts(merged), changes) == ({"Add": 1}, 1)


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        ("a = Mul(x, one) b = Add(a, c) y = Add(b, c)", {"Mul": 1, "Add": 1}),
        ("a = Add(x, zero) b = Mul(a, c) y = Mul(b, c)", {"Mul": 1, "Add": 1}),
        ("a = Mul(x, one) b = Add(a, zero) y = Add(b, c)", {"Add": 1}),
    ],
)
def test_a_part_that_only_widens_the_shape_stays_if_nothing_else_does(body, counts, merge, op_counts, run):
    constants = {"one": np.ones((3, 1)), "zero": np.zeros((3, 1)), "c": 2.0}
    merged, changes = merge(body, outputs="float[3,4] y", **constants)
    assert (changes, op_counts(merged)) == (1, counts)
    assert run(merged, x=np.ones(4, np.float32))[0].shape == (3, 4)


@pytest.mark.parametrize(
    "body", ["a = Mul(x, c) y = Add(a, d)", "a = Add(x, c) y = Mul(a, d)", "y = Sub(x, c)"]
)
def test_a_chain_that_no_node_can_be_saved_of_is_left(body, merge):
    assert merge(body, c=np.full(4, 3.0), d=np.full(4, 7.0))[1] == 0


def test_constants_are_folded_in_float64(merge, run):
    # In float32 a third of three is not one, and the sum would swallow the one.
    merged, _ = merge(
        "a = Div(x, c) b = Mul(a, c) d = Add(b, big) e = Add(d, one) y = Sub(e, big)", c=3.0, big=1e9, one=1.0
    )
    x = np.asarray([0.1, 1, -2, 3], dtype=np.float32)
    np.testing.assert_array_equal(run(merged, x=x)[0], x + np.float32(1))


def test_an_output_within_the_chain_ends_it(merge, op_counts):
    outputs = "float[4] a, float[4] y"
    merged, changes = merge("a = Mul(x, c) b = Mul(a, c) y = Mul(b, c)", outputs=outputs, c=2.0)
    assert (changes, op_counts(merged)) == (1, {"Mul": 2})
    assert [output.name for output in merged.graph.output] == ["a", "y"]


def test_a_second_reader_ends_the_chain(merge, op_counts):
    merged, changes = merge("a = Mul(x, c) b = Mul(a, c) d = Mul(b, c) y = Add(d, a)", c=2.0)
    assert (changes, op_counts(merged)) == (1, {"Mul": 2, "Add": 1})


def test_a_narrower_datatype_ends_the_chain(make_model, settle):
    model = make_model("float[4] x", "float[4] y", "a = Mul(x, c) y = Mul(a, c)", opset=13, c=2.0)
    model.set_tensor_datatype("a", DataType["INT4"])
    assert settle(model, MergeOpChains())[1] == 0
    model.set_tensor_datatype("a", DataType["FLOAT32"])
    assert settle(model, MergeOpChains())[1] == 1


def test_the_datatype_of_what_comes_out_stays(make_model, settle):
    model = make_model("float[4] x", "float[4] y", "a = Mul(x, c) y = Mul(a, c)", opset=13, c=2.0)
    model.set_tensor_datatype("y", DataType["INT9"])
    merged, _ = settle(model, MergeOpChains())
    assert merged.get_tensor_datatype("y") == DataType["INT9"]


def test_a_constant_that_others_read_keeps_its_value(merge, run):
    outputs = "float[4] y, float[4] z"
    merged, _ = merge("r = Abs(x) a = Mul(r, c) y = Mul(a, c) z = Pow(r, c)", outputs=outputs, c=3.0)
    y, z = run(merged, x=np.full(4, 2, np.float32))
    assert (y[0], z[0]) == (18, 8)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("a = Mul(x, big) b = Mul(a, big) y = Mul(b, one)", 2),
        ("a = Mul(x, tiny) b = Mul(a, tiny) y = Mul(b, one)", 2),
        ("a = Div(x, tiny) b = Div(a, tiny) y = Div(b, one)", 2),
        ("a = Add(x, big) b = Mul(a, big) y = Mul(b, one)", 2),
    ],
)
def test_a_chain_is_cut_where_the_merged_constant_would_leave_the_type(body, left, merge, op_counts):
    merged, changes = merge(body, big=1e30, tiny=1e-30, one=1.5)
    assert (changes, sum(op_counts(merged).values())) == (1, left)


@pytest.mark.parametrize("value", [np.inf, np.nan, 1e-45])
def test_a_constant_that_is_no_normal_number_is_left(value, merge):
    assert merge("a = Mul(x, c) y = Mul(a, c)", c=value)[1] == 0


def test_a_division_by_zero_is_left(merge):
    assert merge("a = Div(x, c) y = Mul(a, d)", c=np.asarray([1.0, 0, 1, 1]), d=2.0)[1] == 0


@pytest.mark.parametrize("body", ["a = Div(c, x) y = Mul(a, c)", "a = Mul(x, x) y = Mul(a, c)"])
def test_what_is_not_affine_is_no_link(body, merge):
    assert merge(body, c=2.0)[1] == 0


def test_integer_arithmetic_is_left(merge):
    constants = {"c": np.asarray(5), "d": np.asarray(2)}
    assert merge("a = Mul(x, c) y = Div(a, d)", kind="int64", **constants)[1] == 0


def test_double_is_merged_in_its_own_type(merge, run):
    merged, changes = merge("a = Mul(x, c) y = Mul(a, c)", kind="double", c=1 + 1e-12)
    assert changes == 1
    (y,) = run(merged, x=np.ones(4))
    np.testing.assert_allclose(y, (1 + 1e-12) ** 2, rtol=1e-15)


def test_constants_may_be_nodes(merge, op_counts):
    constant = "c = Constant<value = float {3.0}>()"
    merged, changes = merge(f"{constant} r = Relu(x) a = Mul(r, c) y = Mul(a, c)")
    assert changes == 1
    assert op_counts(merged)["Mul"] == 1


def test_two_chains_are_both_merged(merge, op_counts):
    merged, changes = merge("a = Mul(x, c) b = Mul(a, c) r = Relu(b) d = Add(r, c) y = Add(d, c)", c=3.0)
    assert (changes, op_counts(merged)) == (2, {"Mul": 1, "Relu": 1, "Add": 1})


def test_the_result_is_the_same_in_every_run(merge):
    first, second = (merge("a = Mul(x, c) b = Add(a, c) y = Mul(b, c)", c=3.0)[0] for _ in range(2))
    assert first.model.SerializeToString(deterministic=True) == second.model.SerializeToString(
        deterministic=True
    )
