# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from brainsmith_core.blueprint.read import draft
from brainsmith_core.errors import BlueprintError
from brainsmith_core.records import BackendRecord, KernelRecord, Record, StepRecord, TransformRecord
from brainsmith_core.registry import Registry

Told = tuple[str, str, str]

SEED = """\
hw_compiler:
  kernels:
    - "matmul"
    - {"kernel": "softmax", "backends": ["hls"]}
  transforms:
    - "quantization"
    - "~folding"  # Optional
  transforms_phased:
    pre_hw: ["cleanup_transforms"]
    post_hw: ["optimization_transforms"]
"""


@pytest.fixture
def seed() -> str:
    return SEED


@pytest.fixture
def write(tmp_path, monkeypatch) -> Callable[..., Path]:
    """Writes blueprint files into the working folder, so that places are short."""
    monkeypatch.chdir(tmp_path)

    def write_file(text: str, name: str = "model.yaml") -> Path:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(textwrap.dedent(text), encoding="utf-8")
        return Path(name)

    return write_file


def told(error: BlueprintError) -> list[Told]:
    return [(fault.place, fault.fact, fault.remedy) for fault in error.faults]


@pytest.fixture
def faults_of() -> Callable[..., list[Told]]:
    """Calls something that must raise ``BlueprintError``, and gives place, fact and remedy of each fault."""

    def call(function: Callable[..., object], *args: object, **words: object) -> list[Told]:
        with pytest.raises(BlueprintError) as caught:
            function(*args, **words)
        return told(caught.value)

    return call


@pytest.fixture
def text_faults(write, faults_of) -> Callable[..., list[Told]]:
    """The faults of a blueprint's text."""

    def faults(text: str, **words: object) -> list[Told]:
        return faults_of(draft(write(text), **words).check)

    return faults


def stamp(record: Record, source: str = "acme") -> Record:
    return record.stamped(source=source, distribution=f"{source}-pack", distribution_version="1.2")


@pytest.fixture
def transform() -> Callable[..., Record]:
    def make(name: str, source: str = "acme", **words: object) -> Record:
        if "members" not in words:
            words["target"] = f"{source}_pack.transforms:{name}"
        return stamp(TransformRecord(name=name, **words), source)

    return make


@pytest.fixture
def kernel() -> Callable[..., Record]:
    def make(name: str, source: str = "acme", **words: object) -> Record:
        return stamp(KernelRecord(name=name, target=f"{source}_pack.kernels:{name}", **words), source)

    return make


@pytest.fixture
def backend() -> Callable[..., Record]:
    def make(name: str, of: str, language: str = "hls", source: str = "acme", **words: object) -> Record:
        target = f"{source}_pack.backends:{name}"
        record = BackendRecord(name=name, target=target, kernel=of, language=language, **words)
        return stamp(record, source)

    return make


@pytest.fixture
def step() -> Callable[..., Record]:
    def make(name: str, source: str = "acme", **words: object) -> Record:
        return stamp(StepRecord(name=name, target=f"{source}_pack.steps:{name}", **words), source)

    return make


@pytest.fixture
def registry(transform, kernel, backend, step) -> Registry:
    """A registry that has what the example blueprint names."""
    return Registry(
        [
            transform("Quantize"),
            transform("Fold"),
            transform("Tidy"),
            transform("Fuse"),
            transform("quantization", members=["Quantize"]),
            transform("folding", members=["Fold"]),
            transform("cleanup_transforms", members=["Tidy", "acme:Fold"]),
            transform("optimization_transforms", members=["Fuse", "~NotThere"]),
            transform("InferMatMul", creates=["MatMul"]),
            transform("InferSoftmax", creates=["Softmax"]),
            kernel("MatMul"),
            kernel("Softmax"),
            backend("MatMulHLS", of="MatMul"),
            step("cleanup"),
            step("hardware_inference", stage="hardware_inference"),
        ]
    )
