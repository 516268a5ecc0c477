# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A build that is asked for with other objects than it takes says what to pass instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from brainsmith_core.build.arguments import verification_of
from brainsmith_core.build.build import build
from brainsmith_core.build.verify import Verification
from brainsmith_core.errors import BuildError


class ModelInMemory:
    pass


@pytest.mark.parametrize(
    ("words", "place", "fact", "remedy"),
    [
        (
            {"model": ModelInMemory()},
            "build(model=…)",
            "model must be a path, not an object of the class ModelInMemory",
            "save the model to a file, and pass the file's path",
        ),
        (
            {"output": 3},
            "build(output=…)",
            "output must be a path, not an object of the class int",
            "pass the path of a folder",
        ),
        (
            {"accuracy": True},
            "build(accuracy=…)",
            "accuracy must be a path, not an object of the class bool",
            "pass the path of an .npz file",
        ),
        (
            {"verify": True},
            "build(verify=…)",
            "verify=True does not say with which inputs",
            "pass verify='random', an .npz file or a Verification; leave it out for no verification",
        ),
    ],
)
def test_an_argument_of_another_kind_is_named(
    no_packs: None, words: dict[str, Any], place: str, fact: str, remedy: str
) -> None:
    with pytest.raises(BuildError) as caught:
        build(**{"model": "model.onnx", "steps": [], **words})
    assert (caught.value.place, caught.value.fact, caught.value.remedy) == (place, fact, remedy)


@pytest.mark.parametrize("inputs", ["random", Path("inputs.npz")])
def test_inputs_alone_are_a_verification(inputs: Any) -> None:
    assert verification_of(inputs) == Verification(inputs=inputs)


def test_no_verification_is_none() -> None:
    assert verification_of(None) is None
