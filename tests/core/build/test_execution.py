# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What is said when a framework fails to run a model."""

from __future__ import annotations

import pytest

from brainsmith_core.build.execution import executing
from brainsmith_core.errors import BuildError, ModelError


def test_what_a_framework_raises_becomes_a_build_error_with_place_and_remedy() -> None:
    with pytest.raises(BuildError) as caught, executing("step 3", "--verify"):
        raise KeyError("node")
    assert caught.value.place == "step 3"
    assert caught.value.fact == "the model cannot be executed: KeyError: 'node'"
    assert caught.value.remedy.startswith("build without --verify, or with --stop")


def test_an_error_of_ours_keeps_its_words_and_learns_its_place() -> None:
    for place, expected in (("", "step 3"), ("net.onnx", "net.onnx")):
        with pytest.raises(ModelError) as caught, executing("step 3", "--verify"):
            raise ModelError("has no input 'x'", place=place)
        assert str(caught.value) == f"{expected}: has no input 'x'"


def test_an_interrupt_passes() -> None:
    with pytest.raises(KeyboardInterrupt), executing("step 3", "--verify"):
        raise KeyboardInterrupt


def test_nothing_is_said_when_all_is_well() -> None:
    with executing("step 3", "--verify"):
        pass
