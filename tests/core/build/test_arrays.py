# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Reading test vectors, and what is said about those that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from brainsmith_core.build.arrays import container, fitting, read_npz
from brainsmith_core.errors import BuildError


def test_arrays_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", z=np.ones(2), a=np.zeros(3))
    assert {name: array.shape for name, array in read_npz(tmp_path / "a.npz").items()} == {
        "z": (2,),
        "a": (3,),
    }
    assert list(read_npz(tmp_path / "a.npz")) == ["z", "a"]


def write_truncated(path: Path) -> None:
    np.savez(path, a=np.arange(1000))
    path.write_bytes(path.read_bytes()[:300])


def write_corrupted(path: Path) -> None:
    np.savez_compressed(path, a=np.arange(1000))
    data = bytearray(path.read_bytes())
    data[60:160] = b"\xff" * 100
    path.write_bytes(data)


def write_single(path: Path) -> None:
    with path.open("wb") as stream:
        np.save(stream, np.ones(3))


@pytest.mark.parametrize(
    ("write", "fact"),
    [
        (lambda path: None, "does not exist"),
        (lambda path: path.mkdir(), "is not a file"),
        (lambda path: path.write_bytes(b""), "is not an .npz file of arrays"),
        (lambda path: path.write_text("hello"), "is not an .npz file of arrays"),
        (write_truncated, "is not an .npz file of arrays"),
        (write_corrupted, "is not an .npz file of arrays"),
        (write_single, "holds a single array without a name"),
        (lambda path: np.savez(path), "holds no arrays"),
        (lambda path: np.savez(path, a=np.array([{}], dtype=object)), "Object arrays cannot be loaded"),
    ],
)
def test_a_file_that_is_no_npz_of_arrays_is_named(
    tmp_path: Path, write: Callable[[Path], object], fact: str
) -> None:
    path = tmp_path / "vectors.npz"
    write(path)
    with pytest.raises(BuildError) as caught:
        read_npz(path)
    assert caught.value.place == str(path)
    assert fact in caught.value.fact
    assert "numpy.savez" in caught.value.remedy


def test_a_fitting_array_gets_the_container_type_of_the_model() -> None:
    fitted = fitting(np.array([[1, 2]]), np.zeros((1, 2), np.float32), place="x")
    assert fitted.dtype == np.float32
    assert fitted.tolist() == [[1.0, 2.0]]


def test_another_shape_is_refused_with_both_shapes() -> None:
    with pytest.raises(BuildError, match=r"x: has the shape \(2,\), but the model takes \(1, 2\)"):
        fitting(np.zeros(2), np.zeros((1, 2)), place="x")


def test_values_that_the_type_cannot_hold_are_refused() -> None:
    for value in (0.5, 300):
        with pytest.raises(BuildError, match="has values that uint8 cannot hold"):
            container(np.array([value]), np.dtype(np.uint8), place="x")
    assert container(np.array([255.0]), np.dtype(np.uint8), place="x") == 255


def test_text_is_refused() -> None:
    with pytest.raises(BuildError, match="holds <U1 and not numbers"):
        container(np.array(["a"]), np.dtype(np.float32), place="x")
