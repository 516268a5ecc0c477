# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The example pack: acme-footprint counts the parameters of a model and their bits."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.infer_shapes import InferShapes

from brainsmith_core.build.configuration import BuildConfig
from brainsmith_core.loading import load

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PACK = EXAMPLES / "third_party_pack"

# 64·32 + 32·32 + 32·10 weights, and four vectors for each of two batch normalisations of 32 channels.
WEIGHTS = 3392
NORM_PARAMETERS = 256


@pytest.fixture(autouse=True)
def importable_pack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(PACK / "src"))
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "acme_footprint"]:
        del sys.modules[name]


@pytest.fixture
def digits() -> ModelWrapper:
    return ModelWrapper(str(EXAMPLES / "digits" / "model.onnx"))


def load_plugin(hook: str) -> Callable[..., Any]:
    (record,) = getattr(import_module("acme_footprint.hooks"), hook)()
    plugin: Callable[..., Any] = load(record)
    return plugin


def test_the_transform_writes_count_and_bits_and_changes_no_node(digits: ModelWrapper) -> None:
    annotated = digits.transform(load_plugin("register_transforms")())
    assert annotated.get_metadata_prop("parameter_count") == str(WEIGHTS + NORM_PARAMETERS)
    assert annotated.get_metadata_prop("parameter_bits") == str(4 * WEIGHTS + 32 * NORM_PARAMETERS)
    assert list(annotated.graph.node) == list(digits.graph.node)


def test_the_annotation_survives_later_transforms_and_the_file(digits: ModelWrapper, tmp_path: Path) -> None:
    annotated = digits.transform(load_plugin("register_transforms")()).transform(InferShapes())
    annotated.save(str(tmp_path / "model.onnx"))
    read = ModelWrapper(str(tmp_path / "model.onnx"))
    assert read.get_metadata_prop("parameter_count") == str(WEIGHTS + NORM_PARAMETERS)


def test_the_step_lists_each_parameter_and_returns_the_model(digits: ModelWrapper, tmp_path: Path) -> None:
    step = load_plugin("register_steps")
    assert step(digits, BuildConfig(output_dir=tmp_path)) is digits
    report = json.loads((tmp_path / "footprint.json").read_text(encoding="utf-8"))
    assert report["parameter_count"] == WEIGHTS + NORM_PARAMETERS
    shapes = [(row["shape"], row["bits"]) for row in report["parameters"] if row["bits"] != 32]
    assert sorted(shapes) == [([10, 32], 4), ([32, 32], 4), ([32, 64], 4)]


def test_the_entry_point_names_the_hook_module() -> None:
    project = tomllib.loads((PACK / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["brainsmith"] == {"footprint": "acme_footprint.hooks"}


def test_the_hooks_import_no_framework() -> None:
    code = "import sys, acme_footprint.hooks as h; h.register_transforms(); print('\\n'.join(sys.modules))"
    listed = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(PACK / "src")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "acme_footprint.hooks" in listed
    assert not {"onnx", "qonnx", "numpy"} & set(listed)


@pytest.mark.parametrize("name", ["digits", "digits_transformer"])
def test_the_example_blueprints_ask_for_the_pack_only_optionally(name: str) -> None:
    lines = (EXAMPLES / name / "blueprint.yaml").read_text(encoding="utf-8").splitlines()
    references = [line.split()[1] for line in lines if "footprint:" in line]
    assert references == ["~footprint:AnnotateFootprint", "~footprint:report_footprint"]
