# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a step leaves alone what the model computes, judged on real executions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from onnx import TensorProto, helper, numpy_helper, save

from brainsmith_core.build.verify import Verification, Verifier, absolute_difference
from brainsmith_core.errors import BrainsmithError, BuildError, VerificationError
from brainsmith_core.frameworks import ModelAccess

KEPT = Path("models/02_step.onnx")
FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


@pytest.fixture
def model_of(tmp_path: Path, models: ModelAccess) -> Callable[..., Any]:
    """Models of nodes over inputs, outputs and constants, given as (name, shape) or (name, shape, type)."""

    def value(name: str, shape: list[int], kind: int = FLOAT) -> Any:
        return helper.make_tensor_value_info(name, kind, shape)

    def make(
        nodes: list[tuple[str, list[str], list[str]]],
        inputs: list[Any],
        outputs: list[Any],
        constants: dict[str, Any] | None = None,
        **attributes: Any,
    ) -> Any:
        graph = helper.make_graph(
            [helper.make_node(op, sources, results, **attributes) for op, sources, results in nodes],
            "graph",
            [value(*item) for item in inputs],
            [value(*item) for item in outputs],
            [numpy_helper.from_array(np.asarray(array), name) for name, array in (constants or {}).items()],
        )
        path = tmp_path / "model.onnx"
        save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
        return models.load(path)

    return make


@pytest.fixture
def scaled(model_of: Callable[..., Any]) -> Callable[..., Any]:
    """y = x * factor, for x of the shape (1, 4)."""

    def make(factor: Any, source: str = "x", result: str = "y") -> Any:
        constant = {"factor": np.asarray(factor, np.float32)}
        return model_of(
            [("Mul", [source, "factor"], [result])], [(source, [1, 4])], [(result, [1, 4])], constant
        )

    return make


def write_npz(path: Path, **named: Any) -> Verification:
    np.savez(path, **named)
    return Verification(path)


def test_a_model_compared_with_itself_has_not_moved(models: ModelAccess, scaled: Callable[..., Any]) -> None:
    assert Verifier(Verification(), models, scaled(2)).check(scaled(2), "step 1", KEPT) == 0.0


def test_renamed_inputs_and_outputs_are_matched_by_position(
    models: ModelAccess, scaled: Callable[..., Any]
) -> None:
    verifier = Verifier(Verification(), models, scaled(2))
    assert verifier.check(scaled(2, "other", "result"), "step 1", KEPT) == 0.0


def test_rounding_within_the_tolerance_is_measured_and_passes(
    models: ModelAccess, scaled: Callable[..., Any]
) -> None:
    assert 0 < Verifier(Verification(), models, scaled(1)).check(scaled(1.00001), "step 1", KEPT) < 1e-3


def test_each_step_is_compared_with_the_one_before(tmp_path: Path, models: ModelAccess, scaled: Any) -> None:
    verifier = Verifier(write_npz(tmp_path / "x.npz", x=np.ones((1, 4))), models, scaled(1))
    assert verifier.check(scaled(1.001), "step 1", KEPT) == pytest.approx(1e-3, rel=0.01)
    assert verifier.check(scaled(1.002), "step 2", KEPT) == pytest.approx(1e-3, rel=0.01)


def test_a_change_beyond_the_tolerance_names_output_place_values_and_file(
    tmp_path: Path, models: ModelAccess, scaled: Callable[..., Any]
) -> None:
    verifier = Verifier(
        write_npz(tmp_path / "x.npz", x=np.array([[1, 2, 3, 0]])), models, scaled([[1, 1, 1, 1]])
    )
    with pytest.raises(VerificationError) as caught:
        verifier.check(scaled([[1, 1, 1.5, 1]]), "step 2 'streamline'", KEPT)
    assert caught.value.place == "step 2 'streamline'"
    assert caught.value.fact == (
        "output 0 ('y') changed by 1.5 at [0, 2], from 3.0 to 4.5, where the tolerance is 0.0013; "
        "1 of 4 elements moved by more than theirs"
    )
    assert str(KEPT) in caught.value.remedy
    assert caught.value.exit_code == 10


def test_the_tolerance_can_be_chosen(tmp_path: Path, models: ModelAccess, scaled: Callable[..., Any]) -> None:
    np.savez(tmp_path / "x.npz", x=np.full((1, 4), 10.0))
    loose = Verification(tmp_path / "x.npz", atol=1.0)
    assert Verifier(loose, models, scaled(1)).check(scaled(1.1), "step", KEPT) == pytest.approx(1.0, rel=1e-3)
    for strict in (
        Verification(tmp_path / "x.npz", atol=0.9),
        Verification(tmp_path / "x.npz", rtol=0.09, atol=0),
    ):
        with pytest.raises(VerificationError):
            Verifier(strict, models, scaled(1)).check(scaled(1.1), "step", KEPT)
    assert Verifier(Verification(tmp_path / "x.npz", rtol=0.11, atol=0), models, scaled(1)).check(
        scaled(1.1), "s", KEPT
    )


@pytest.mark.parametrize(
    ("before", "after", "passes"),
    [
        (np.nan, np.nan, True),
        (np.inf, np.inf, True),
        (np.inf, -np.inf, False),
        (np.inf, 1, False),
        (1, np.inf, False),
        (np.nan, 1, False),
        (1, np.nan, False),
    ],
)
def test_nan_and_infinity_equal_only_themselves(
    tmp_path: Path, models: ModelAccess, scaled: Callable[..., Any], before: float, after: float, passes: bool
) -> None:
    verifier = Verifier(write_npz(tmp_path / "x.npz", x=np.ones((1, 4))), models, scaled(before))
    if passes:
        assert verifier.check(scaled(after), "step", KEPT) == 0.0
    else:
        with pytest.raises(VerificationError, match="changed by inf"):
            verifier.check(scaled(after), "step", KEPT)


def test_integers_must_be_equal(models: ModelAccess, model_of: Callable[..., Any]) -> None:
    def largest(axis: int) -> Any:
        return model_of(
            [("ArgMax", ["x"], ["y"])], [("x", [9, 9])], [("y", [9], INT64)], axis=axis, keepdims=0
        )

    lenient = Verification(atol=100.0, rtol=100.0)
    assert Verifier(lenient, models, largest(0)).check(largest(0), "step", KEPT) == 0.0
    with pytest.raises(VerificationError, match="where the tolerance is 0;"):
        Verifier(lenient, models, largest(0)).check(largest(1), "step", KEPT)


def test_outputs_that_come_or_go_are_explained(models: ModelAccess, model_of: Callable[..., Any]) -> None:
    one = model_of([("Relu", ["x"], ["y"])], [("x", [1, 4])], [("y", [1, 4])])
    two = model_of(
        [("Relu", ["x"], ["y"]), ("Neg", ["x"], ["z"])], [("x", [1, 4])], [("y", [1, 4]), ("z", [1, 4])]
    )
    with pytest.raises(VerificationError, match="step 1: the model has 2 outputs now and had 1"):
        Verifier(Verification(), models, one).check(two, "step 1", KEPT)
    with pytest.raises(VerificationError, match="the model has 1 output now and had 2"):
        Verifier(Verification(), models, two).check(one, "step 1", KEPT)


def test_the_second_output_is_compared_too(models: ModelAccess, model_of: Callable[..., Any]) -> None:
    def pair(second: str) -> Any:
        nodes = [("Relu", ["x"], ["y"]), (second, ["x"], ["z"])]
        return model_of(nodes, [("x", [1, 4])], [("y", [1, 4]), ("z", [1, 4])])

    with pytest.raises(VerificationError, match=r"output 1 \('z'\) changed"):
        Verifier(Verification(), models, pair("Neg")).check(pair("Abs"), "step", KEPT)


def test_an_output_of_another_shape_is_explained(models: ModelAccess, model_of: Callable[..., Any]) -> None:
    flat = model_of([("Relu", ["x"], ["y"])], [("x", [1, 4])], [("y", [1, 4])])
    turned = model_of([("Transpose", ["x"], ["y"])], [("x", [1, 4])], [("y", [4, 1])], perm=[1, 0])
    with pytest.raises(
        VerificationError, match=r"output 0 \('y'\) has the shape \(4, 1\) now and had \(1, 4\)"
    ):
        Verifier(Verification(), models, flat).check(turned, "step", KEPT)


def test_inputs_that_come_or_go_are_explained(
    models: ModelAccess, model_of: Callable[..., Any], scaled: Any
) -> None:
    both = model_of([("Add", ["x", "w"], ["y"])], [("x", [1, 4]), ("w", [1, 4])], [("y", [1, 4])])
    with pytest.raises(VerificationError, match="the model takes 2 inputs now and took 1"):
        Verifier(Verification(), models, scaled(1)).check(both, "step", KEPT)


def test_an_output_without_elements_has_not_moved(models: ModelAccess, model_of: Callable[..., Any]) -> None:
    empty = model_of([("Relu", ["x"], ["y"])], [("x", [0, 4])], [("y", [0, 4])])
    assert Verifier(Verification(), models, empty).check(empty, "step", KEPT) == 0.0


class TestGivenInputs:
    @pytest.fixture
    def difference(self, model_of: Callable[..., Any]) -> Any:
        return model_of([("Sub", ["a", "b"], ["y"])], [("a", [2]), ("b", [2])], [("y", [2])])

    def output(self, models: ModelAccess, model: Any, settings: Verification) -> list[float]:
        return list(Verifier(settings, models, model)._outputs[0][1])

    def test_are_matched_by_name_where_all_names_agree(
        self, tmp_path: Path, models: ModelAccess, difference: Any
    ) -> None:
        given = write_npz(tmp_path / "x.npz", b=np.ones(2), a=np.full(2, 5))
        assert self.output(models, difference, given) == [4, 4]

    def test_are_matched_by_their_order_otherwise(
        self, tmp_path: Path, models: ModelAccess, difference: Any
    ) -> None:
        given = write_npz(tmp_path / "x.npz", b=np.ones(2), c=np.full(2, 5))
        assert self.output(models, difference, given) == [-4, -4]

    def test_must_be_as_many_as_the_inputs(
        self, tmp_path: Path, models: ModelAccess, difference: Any
    ) -> None:
        with pytest.raises(BuildError) as caught:
            Verifier(write_npz(tmp_path / "x.npz", a=np.ones(2)), models, difference)
        assert caught.value.fact == "holds 1 array (a), but the model has 2 inputs (a, b)"
        assert caught.value.place == str(tmp_path / "x.npz")

    def test_must_have_the_inputs_shapes(self, tmp_path: Path, models: ModelAccess, difference: Any) -> None:
        given = write_npz(tmp_path / "x.npz", a=np.ones(2), z=np.ones((1, 2)))
        with pytest.raises(BuildError) as caught:
            Verifier(given, models, difference)
        assert caught.value.place == f"{tmp_path / 'x.npz'}, array 'z' for input 'b'"

    def test_must_be_there(self, tmp_path: Path, models: ModelAccess, difference: Any) -> None:
        with pytest.raises(BuildError, match="does not exist"):
            Verifier(Verification(tmp_path / "x.npz"), models, difference)


def test_random_inputs_differ_by_seed_and_by_nothing_else(
    models: ModelAccess, scaled: Callable[..., Any]
) -> None:
    drawn = [Verifier(Verification(seed=seed), models, scaled(1))._outputs[0][1] for seed in (0, 0, 1)]
    assert (drawn[0] == drawn[1]).all()
    assert (drawn[0] != drawn[2]).any()


def test_a_model_that_cannot_be_executed_says_so(
    models: ModelAccess, model_of: Callable[..., Any], scaled: Any
) -> None:
    unknown = model_of([("NoSuchOp", ["x"], ["y"])], [("x", [1, 4])], [("y", [1, 4])])
    with pytest.raises(BrainsmithError, match=r"the model before the first step: .*NoSuchOp"):
        Verifier(Verification(), models, unknown)
    with pytest.raises(BrainsmithError, match=r"step 3: .*NoSuchOp"):
        Verifier(Verification(), models, scaled(1)).check(unknown, "step 3", KEPT)


def test_an_executor_that_fails_without_explanation_is_explained(
    models: ModelAccess, scaled: Callable[..., Any]
) -> None:
    class Fragile(type(models)):  # type: ignore[misc]
        def execute(self, model: Any, inputs: Any) -> Any:
            raise AssertionError("graph is not sorted")

    with pytest.raises(BuildError) as caught:
        Verifier(Verification(), Fragile(), scaled(1))
    assert caught.value.fact == "the model cannot be executed: AssertionError: graph is not sorted"
    assert "--verify" in caught.value.remedy


def test_the_checked_model_stays_as_it_is(models: ModelAccess, network: Path, tmp_path: Path) -> None:
    model = models.load(network)
    models.save(model, tmp_path / "before.onnx")
    Verifier(Verification(), models, model).check(model, "step", KEPT)
    models.save(model, tmp_path / "after.onnx")
    assert (tmp_path / "before.onnx").read_bytes() == (tmp_path / "after.onnx").read_bytes()


numbers = arrays.arrays(np.float32, arrays.array_shapes(max_dims=3, max_side=4), elements=st.floats(width=32))


@given(numbers)
def test_nothing_differs_from_itself(array: np.ndarray[Any, Any]) -> None:
    assert not absolute_difference(array, array.copy()).any()


@given(numbers, st.data())
def test_the_difference_is_symmetric_and_never_nan(array: np.ndarray[Any, Any], data: st.DataObject) -> None:
    other = data.draw(arrays.arrays(np.float32, array.shape, elements=st.floats(width=32)))
    difference = absolute_difference(array, other)
    assert not np.isnan(difference).any()
    assert (difference == absolute_difference(other, array)).all()
    same = (array == other) | (np.isnan(array) & np.isnan(other))
    assert (difference[~same] > 0).all()


def test_text_differs_or_does_not() -> None:
    difference = absolute_difference(np.array(["a", "b"]), np.array(["a", "c"]))
    assert difference.tolist() == [0.0, np.inf]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"seed": -3}, "seed=-3 is no seed"),
        ({"rtol": -1.0}, "rtol=-1.0 is not a tolerance"),
        ({"atol": float("nan")}, "atol=nan is not a tolerance"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(BuildError, match=told):
        Verification(**settings).check_settings()
