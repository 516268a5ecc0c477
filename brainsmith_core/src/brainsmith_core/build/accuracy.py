# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Accuracy: how many rows of a labelled data set a model classifies right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from brainsmith_core.build.arrays import Array, container, read_npz
from brainsmith_core.build.execution import executing
from brainsmith_core.errors import BuildError
from brainsmith_core.frameworks import ModelAccess


@dataclass(frozen=True)
class Accuracy:
    """``correct`` of ``total`` rows have the class that their label says."""

    correct: int
    total: int

    @property
    def fraction(self) -> float:
        """The top-1 accuracy, from 0 to 1."""
        return self.correct / self.total

    def __str__(self) -> str:
        return f"{self.fraction:.2%} ({self.correct} of {self.total})"


@dataclass(frozen=True)
class LabelledData:
    """Rows of inputs and the class of each."""

    path: Path
    inputs: Array
    labels: Array

    @classmethod
    def read(cls, path: Path) -> LabelledData:
        """Read ``inputs`` (N rows) and ``labels`` (N whole numbers) from an .npz file.

        Raises ``BuildError`` for a file without them or in which they do not fit each other.
        """
        arrays = read_npz(path)
        remedy = "write it with numpy.savez(path, inputs=rows, labels=classes)"
        for name in ("inputs", "labels"):
            if name not in arrays:
                raise BuildError(
                    f"has no array {name!r}, only {', '.join(arrays)}", place=str(path), remedy=remedy
                )
        inputs, labels = arrays["inputs"], arrays["labels"]
        if labels.ndim != 1 or inputs.ndim < 1 or len(inputs) != len(labels) or not len(labels):
            raise BuildError(
                f"has inputs of the shape {inputs.shape} and labels of the shape {labels.shape}",
                place=str(path),
                remedy="give one label, a whole number, for each row of inputs",
            )
        return cls(path, inputs, container(labels, np.dtype(np.int64), place=f"{path}, array 'labels'"))


def measure_accuracy(
    models: ModelAccess, model: Any, data: LabelledData, advance: Callable[[int], None] = lambda _done: None
) -> Accuracy:
    """The top-1 accuracy of a model that has one input.

    A row is reshaped to the input's shape; where that takes several rows at a time, the last batch is filled
    up and what it adds is not counted. The class of a row is the index of the largest value of the first
    output, or that value itself if there is but one, as after a TopK. ``advance`` is told how many rows are
    done. Raises ``BuildError`` if the data does not fit or the model cannot be executed.
    """
    with executing("", "--accuracy"):
        prepared = models.prepare(model)
        drawn = models.random_inputs(prepared, 0)
    inputs = models.inputs(prepared)
    if len(inputs) != 1:
        raise BuildError(f"the accuracy is that of a model with one input; this one has {len(inputs)}")
    name = inputs[0].name
    like = np.asarray(drawn[name])
    rows, batch = _rows(data, like)
    correct = 0
    for first in range(0, len(rows), batch):
        chunk = rows[first : first + batch]
        filled = np.resize(chunk, (batch, *chunk.shape[1:])).reshape(like.shape)
        with executing("", "--accuracy"):
            outputs = models.execute(prepared, {name: filled})
        classes = _classes(np.asarray(outputs[models.outputs(prepared)[0].name]), batch)
        correct += int((classes[: len(chunk)] == data.labels[first : first + batch]).sum())
        advance(min(first + batch, len(rows)))
    return Accuracy(correct, len(rows))


def _rows(data: LabelledData, like: Array) -> tuple[Array, int]:
    size = data.inputs[0].size
    batch = like.shape[0] if like.ndim and size * like.shape[0] == like.size else 1
    if batch * size != like.size:
        raise BuildError(
            f"has rows of the shape {data.inputs.shape[1:]}, {size} values, but the model takes {like.shape}",
            place=str(data.path),
            remedy="give rows with as many values as the model's input has without its batch dimension",
        )
    return container(data.inputs, like.dtype, place=f"{data.path}, array 'inputs'"), batch


def _classes(output: Array, batch: int) -> Array:
    if output.size % batch:
        raise BuildError(
            f"the first output has the shape {output.shape}, which is not {batch} rows of scores"
        )
    scores = output.reshape(batch, -1)
    if scores.shape[1] > 1:
        # Scores of a spatial output (1, classes, 1, 1) come out the same as those of (1, classes).
        return np.asarray(np.argmax(scores, axis=1))
    classes = scores[:, 0]
    if not np.array_equal(classes, np.round(classes)):
        raise BuildError(
            f"the first output has the shape {output.shape} and holds neither scores nor a class",
            remedy="measure the accuracy of a classifier",
        )
    return np.asarray(classes)
