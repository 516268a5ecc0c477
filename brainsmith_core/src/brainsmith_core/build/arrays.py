# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Arrays from a file: test vectors that a user gives a build."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from brainsmith_core.errors import BuildError
from brainsmith_core.loading import describe

Array = np.ndarray[Any, Any]


def read_npz(path: Path) -> dict[str, Array]:
    """The arrays of an .npz file by name, in the order of the file.

    Raises ``BuildError`` for a file that is missing, damaged, empty, no .npz, or that holds Python objects,
    which are never unpickled.
    """
    remedy = "write one with numpy.savez(path, name=array, …)"
    if not path.is_file():
        raise BuildError(
            "is not a file" if path.exists() else "does not exist", place=str(path), remedy=remedy
        )
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            raise BuildError("holds a single array without a name", place=str(path), remedy=remedy)
        with loaded as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise BuildError(
            f"is not an .npz file of arrays: {describe(error)}", place=str(path), remedy=remedy
        ) from error
    if not arrays:
        raise BuildError("holds no arrays", place=str(path), remedy=remedy)
    return arrays


def fitting(array: Array, like: Array, *, place: str) -> Array:
    """The array in the container type of ``like``.

    Raises ``BuildError`` if its shape is another or the type cannot hold its values.
    """
    if array.shape != like.shape:
        raise BuildError(
            f"has the shape {array.shape}, but the model takes {like.shape}",
            place=place,
            remedy="give an array of exactly that shape, the batch dimension included",
        )
    return container(array, like.dtype, place=place)


def container(array: Array, dtype: np.dtype[Any], *, place: str) -> Array:
    """The array in another container type; raises ``BuildError`` if that would change whole numbers."""
    if array.dtype.kind not in "biuf":
        raise BuildError(
            f"holds {array.dtype} and not numbers", place=place, remedy="give an array of numbers"
        )
    cast = array.astype(dtype)
    if dtype.kind in "biu" and not np.array_equal(cast, array):
        raise BuildError(
            f"has values that {dtype} cannot hold",
            place=place,
            remedy=f"give an array of whole numbers within {dtype}",
        )
    return cast
