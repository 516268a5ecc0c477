# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A file that is no usable model is refused with the reason; a model is written whole or not at all."""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import ModelProto, helper

from brainsmith_core.errors import ModelError, OutputError
from brainsmith_qonnx_bridge import model_file

PNG = (
    b"\x89PNG\r\n\x1a\n"
    + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 1, 1, 8, 0, 0, 0, 0)
    + zlib.compress(b"\0\0")
)


@pytest.fixture
def model(make_model: Callable[..., ModelProto]) -> ModelProto:
    weights = np.arange(16, dtype=np.float32).reshape(4, 4)
    made: ModelProto = make_model([helper.make_node("MatMul", ["x", "w"], ["y"], name="mm")], w=weights)
    return made


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        model_file.read(path)
    assert caught.value.place == model_file.shown(path)
    assert caught.value.remedy
    return caught.value.fact


def test_a_model_is_read_as_it_was_written(model: ModelProto, tmp_path: Path) -> None:
    model_file.write(model, tmp_path / "model.onnx")

    assert model_file.read(tmp_path / "model.onnx") == model
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.onnx") == "does not exist"
    assert refusal(tmp_path / "nul\0.onnx") == "does not exist"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "is a folder, not a model file"


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert refusal(tmp_path / "pipe") == "is not a regular file"


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loop.onnx").write_bytes(b"x")

    def denied(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)  # root, as whom tests may run, can read everything
    assert refusal(tmp_path / "loop.onnx") == "cannot be read: Permission denied"


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (b"", "is empty"),
        (PNG, "is not an ONNX model"),
        (b"hw_compiler:\n  kernels: []\n", "is not an ONNX model"),
        (b"\x08\x08", "is not an ONNX model: it holds no graph"),
        (b"\x12\x02hi", "is not an ONNX model: it holds no graph"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes, fact: str) -> None:
    (tmp_path / "model.onnx").write_bytes(content)

    assert refusal(tmp_path / "model.onnx").startswith(fact)


def test_a_graph_without_nodes_is_refused(tmp_path: Path) -> None:
    onnx.save(helper.make_model(helper.make_graph([], "empty", [], [])), tmp_path / "model.onnx")

    assert refusal(tmp_path / "model.onnx") == "holds a graph without nodes, so there is nothing to build"


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_truncated_model_is_refused_wherever_it_ends(
    model: ModelProto, tmp_path: Path, data: st.DataObject
) -> None:
    del model.opset_import[1:]
    content = model.SerializeToString()
    length = data.draw(st.integers(1, len(content) - 1))
    (tmp_path / "model.onnx").write_bytes(content[:length])

    assert re.search("is an ONNX model that|is not an ONNX model|truncated", refusal(tmp_path / "model.onnx"))


@pytest.fixture
def external(model: ModelProto, tmp_path: Path) -> Path:
    path = tmp_path / "model.onnx"
    onnx.save(model, path, save_as_external_data=True, location="weights.bin", size_threshold=0)
    return path


def test_external_data_is_read_along(external: Path, model: ModelProto) -> None:
    (read,) = model_file.read(external).graph.initializer

    assert np.array_equal(onnx.numpy_helper.to_array(read), np.arange(16, dtype=np.float32).reshape(4, 4))


def test_missing_external_data_is_named(external: Path) -> None:
    (external.parent / "weights.bin").unlink()

    assert refusal(external) == "keeps tensor 'w' in 'weights.bin', and that file is missing"


def test_external_data_that_is_too_short_is_named(external: Path) -> None:
    (external.parent / "weights.bin").write_bytes(b"1234")

    assert refusal(external) == "keeps tensor 'w' in 'weights.bin', which ends before byte 64"


def test_external_data_outside_the_models_folder_is_refused(external: Path, tmp_path: Path) -> None:
    folder = tmp_path / "deeper"
    folder.mkdir()
    moved = onnx.load(external, load_external_data=False)
    next(e for e in moved.graph.initializer[0].external_data if e.key == "location").value = "../weights.bin"
    (folder / "model.onnx").write_bytes(moved.SerializeToString())

    assert refusal(folder / "model.onnx").startswith("has external data that cannot be read: ")


def test_a_path_of_any_bytes_is_shown_as_text(tmp_path: Path, model: ModelProto) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.onnx"))

    assert refusal(path) == "does not exist"
    assert model_file.shown(path).endswith("\\udcff\\udcfe.onnx")
    model_file.write(model, path)
    assert model_file.read(path) == model


def test_writing_where_nothing_can_be_written_is_an_error_with_the_path(
    model: ModelProto, tmp_path: Path
) -> None:
    with pytest.raises(OutputError, match="cannot be written: No such file or directory") as caught:
        model_file.write(model, tmp_path / "none" / "model.onnx")

    assert caught.value.place == str(tmp_path / "none" / "model.onnx")
    assert caught.value.remedy == "choose a folder that exists, can be written to and has space"


def test_a_failed_write_leaves_what_was_there_and_nothing_else(
    model: ModelProto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.onnx").write_bytes(b"old")

    def full(path: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="No space left on device"):
        model_file.write(model, tmp_path / "model.onnx")

    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]
    assert (tmp_path / "model.onnx").read_bytes() == b"old"


def test_a_written_file_has_the_usual_permissions(model: ModelProto, tmp_path: Path) -> None:
    model_file.write(model, tmp_path / "model.onnx")
    (tmp_path / "usual").touch()

    assert (tmp_path / "model.onnx").stat().st_mode == (tmp_path / "usual").stat().st_mode
