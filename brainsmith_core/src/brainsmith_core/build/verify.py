# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Verification: whether a step leaves alone what the model computes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from brainsmith_core.build.arrays import Array, fitting, read_npz
from brainsmith_core.build.execution import executing
from brainsmith_core.errors import BuildError, VerificationError
from brainsmith_core.frameworks import ModelAccess

#: What to say instead of a file to have the inputs drawn.
RANDOM = "random"

# NumPy's letters for booleans, integers, unsigned integers and floating-point numbers.
_NUMERIC = "biuf"


@dataclass(frozen=True)
class Verification:
    """How to verify: which inputs, and how far an output may move.

    ``inputs`` is ``'random'``, drawn with ``seed`` from each input's datatype annotation, or an .npz
    file whose arrays are matched to the inputs by name if all names agree, else by their order in the file.

    An element may move by ``atol + rtol · |value before|``. The defaults tell rounding from a change of what
    is computed: a float32 has seven digits, of which reordering the sums and scales of a deep network costs
    three, while one quantisation level or a wrong class moves an output by far more than a thousandth.
    Integers must be equal; NaN equals NaN, and an infinity the same infinity.
    """

    inputs: str | Path = RANDOM
    seed: int = 0
    rtol: float = 1e-4
    atol: float = 1e-3

    def check_settings(self) -> None:
        """Raise ``BuildError`` for a setting that makes no sense, before anything is done."""
        if self.seed < 0:
            fact = f"seed={self.seed} is no seed"
            raise BuildError(fact, place="--verify", remedy="give a whole number that is zero or more")
        for name, value in (("rtol", self.rtol), ("atol", self.atol)):
            if not 0 <= value < float("inf"):
                fact = f"{name}={value} is not a tolerance"
                raise BuildError(fact, place="--verify", remedy="give a number that is zero or more")
        if self.inputs != RANDOM and not Path(self.inputs).is_file():
            fact = f"there is no file {str(self.inputs)!r}"
            raise BuildError(fact, place="--verify", remedy="give an .npz file, or 'random'")

    def as_dict(self) -> dict[str, Any]:
        """The settings as JSON can hold them."""
        return {"inputs": str(self.inputs), "seed": self.seed, "rtol": self.rtol, "atol": self.atol}


class Verifier:
    """One verification under way: its inputs, and what the model computed from them last.

    The inputs are drawn once, for the model that the run starts from; those of later models are matched by
    position, because steps rename them.
    """

    def __init__(self, settings: Verification, models: ModelAccess, model: Any) -> None:
        """Draw or read the inputs and execute the model that the run starts from.

        Raises ``BuildError`` if the inputs do not fit the model or it cannot be executed.
        """
        self._settings = settings
        self._models = models
        place = "the model before the first step"
        with executing(place, "--verify"):
            prepared = models.prepare(model)
            drawn = models.random_inputs(prepared, settings.seed)
        names = [tensor.name for tensor in models.inputs(prepared)]
        inputs = {name: np.asarray(drawn[name]) for name in names}
        if settings.inputs != RANDOM:
            inputs = _matched(Path(settings.inputs), inputs)
        self._inputs = list(inputs.values())
        self._outputs = self._execute(prepared, place)

    def check(self, model: Any, place: str, file: Path) -> float:
        """The largest absolute change of an output since the last call; ``file`` is where the model is kept.

        Raises ``VerificationError`` if an output moved by more than the tolerance, or if outputs came, went
        or changed their shape; ``BuildError`` if the model cannot be executed.
        """
        with executing(place, "--verify"):
            prepared = self._models.prepare(model)
        outputs = self._execute(prepared, place)
        before, self._outputs = self._outputs, outputs
        if len(before) != len(outputs):
            raise VerificationError(
                f"the model has {_count(len(outputs))} now and had {len(before)}",
                place=place,
                remedy=f"a verified step keeps the outputs; look at {file}, or build without --verify",
            )
        pairs = enumerate(zip(before, outputs, strict=True))
        return max((self._compare(index, *pair, place, file) for index, pair in pairs), default=0.0)

    def _compare(
        self, index: int, before: tuple[str, Array], now: tuple[str, Array], place: str, file: Path
    ) -> float:
        (_, expected), (name, found) = before, now
        output = f"output {index} ({name!r})"
        if expected.shape != found.shape:
            raise VerificationError(
                f"{output} has the shape {found.shape} now and had {expected.shape}",
                place=place,
                remedy=f"a verified step keeps the shapes; look at {file}, or build without --verify",
            )
        difference = absolute_difference(expected, found)
        tolerance = self._tolerance(expected, found)
        beyond = difference > tolerance
        if beyond.any():
            worst = np.unravel_index(
                np.argmax(np.where(beyond, difference - tolerance, -1.0)), difference.shape
            )
            raise VerificationError(
                f"{output} changed by {difference[worst]:.6g} at {[int(axis) for axis in worst]}, from "
                f"{expected[worst]} to {found[worst]}, where the tolerance is {tolerance[worst]:.6g}; "
                f"{int(beyond.sum())} of {beyond.size} elements moved by more than theirs",
                place=place,
                remedy=f"look at {file}; if the step may round so, build with a larger tolerance",
            )
        return float(difference.max(initial=0.0))

    def _tolerance(self, expected: Array, found: Array) -> Array:
        zero = np.zeros(expected.shape)
        kinds = {expected.dtype.kind, found.dtype.kind}
        if "f" not in kinds or not kinds <= set(_NUMERIC):
            return zero
        magnitude = np.abs(expected.astype(np.float64))
        # An infinity allows nothing: were it in the tolerance, any number would pass for it.
        magnitude = np.where(np.isfinite(magnitude), magnitude, 0.0)
        return zero + self._settings.atol + self._settings.rtol * magnitude

    def _execute(self, prepared: Any, place: str) -> list[tuple[str, Array]]:
        names = [tensor.name for tensor in self._models.inputs(prepared)]
        if len(names) != len(self._inputs):
            raise VerificationError(
                f"the model takes {_count(len(names), 'input')} now and took {len(self._inputs)}",
                place=place,
                remedy="a verified step keeps the inputs; build without --verify",
            )
        inputs = dict(zip(names, self._inputs, strict=True))
        with executing(place, "--verify"):
            found = self._models.execute(prepared, inputs)
        return [(tensor.name, np.asarray(found[tensor.name])) for tensor in self._models.outputs(prepared)]


def absolute_difference(before: Array, now: Array) -> Array:
    """Elementwise |now - before|: 0 where both are NaN or the same infinity, infinite where only one is."""
    if before.dtype.kind not in _NUMERIC or now.dtype.kind not in _NUMERIC:
        return np.where(before == now, 0.0, np.inf)
    wide_before, wide_now = before.astype(np.float64), now.astype(np.float64)
    equal = (before == now) | (np.isnan(wide_before) & np.isnan(wide_now))
    with np.errstate(invalid="ignore"):
        difference = np.abs(wide_now - wide_before)
    return np.where(equal, 0.0, np.nan_to_num(difference, nan=np.inf, posinf=np.inf))


def _matched(path: Path, drawn: dict[str, Array]) -> dict[str, Array]:
    arrays = read_npz(path)
    if len(arrays) != len(drawn):
        raise BuildError(
            f"holds {_count(len(arrays), 'array')} ({', '.join(arrays)}), but the model has "
            f"{_count(len(drawn), 'input')} ({', '.join(drawn)})",
            place=str(path),
            remedy="give one array for each input",
        )
    names: Sequence[str] = list(drawn) if set(arrays) == set(drawn) else list(arrays)
    return {
        name: fitting(arrays[source], like, place=f"{path}, array {source!r} for input {name!r}")
        for source, (name, like) in zip(names, drawn.items(), strict=True)
    }


def _count(number: int, noun: str = "output") -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
