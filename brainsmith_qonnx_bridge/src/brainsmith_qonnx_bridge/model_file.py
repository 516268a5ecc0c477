# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Model file: an ONNX file read and written whole, with a sentence for each way in which that can fail."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from google.protobuf.message import DecodeError, EncodeError  # type: ignore[import-untyped]
from onnx import ModelProto, TensorProto
from onnx.external_data_helper import ExternalDataInfo, load_external_data_for_model, uses_external_data

from brainsmith_core.errors import ModelError, OutputError
from brainsmith_core.loading import describe

#: The first byte of a serialised ``ModelProto``: field 1 (``ir_version``) as a varint.
_FIRST_BYTE = b"\x08"
#: The first IR version whose models must say which operator sets they use.
_IR_WITH_OPSETS = 3


def read(path: Path) -> ModelProto:
    """The ONNX model in a file, its external data included.

    Raises ``ModelError`` for a file that is missing, a folder, empty, truncated, not ONNX, without a graph,
    or whose external data is missing or too short.
    """
    content = _content(path)
    model = ModelProto()
    try:
        model.ParseFromString(content)
    except DecodeError:
        if content.startswith(_FIRST_BYTE):
            raise _error(
                path, "is an ONNX model that is truncated or damaged", "copy or export it again"
            ) from None
        raise _error(path, "is not an ONNX model", "give a model that was exported to ONNX") from None
    if not model.ir_version or not model.HasField("graph"):
        raise _error(
            path, "is not an ONNX model: it holds no graph", "give a model that was exported to ONNX"
        )
    if not model.graph.node:
        raise _error(
            path, "holds a graph without nodes, so there is nothing to build", "export the model again"
        )
    if not model.opset_import and model.ir_version >= _IR_WITH_OPSETS:
        raise _error(path, "names no operator set: it is truncated or damaged", "copy or export it again")
    _load_external_data(model, path)
    return model


def write(model: ModelProto, path: Path) -> None:
    """Write a model whole, or leave what was there.

    Raises ``OutputError`` where the file cannot be written, or the model is larger than the 2 GiB that one
    ONNX file can hold.
    """
    temporary = ""
    try:
        content = model.SerializeToString()
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.", suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp makes files that only their owner can read.
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except (EncodeError, ValueError) as error:
        _discard(temporary)
        raise OutputError(
            f"the model cannot be written as one ONNX file: {describe(error)}",
            place=shown(path),
            remedy="models of 2 GiB and more do not fit into one file",
        ) from error
    except OSError as error:
        _discard(temporary)
        raise OutputError(
            f"cannot be written: {error.strerror or error}",
            place=shown(path),
            remedy="choose a folder that exists, can be written to and has space",
        ) from error
    except BaseException:
        _discard(temporary)
        raise


def shown(path: Path) -> str:
    """A path as text that any terminal takes, whatever bytes its name has."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise _error(path, "is a folder, not a model file", "give the .onnx file inside it")
    if not path.exists():
        raise _error(path, "does not exist", "check the path of the model")
    if not path.is_file():
        raise _error(path, "is not a regular file", "give the path of an .onnx file")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _error(path, f"cannot be read: {error.strerror or error}", "check its permissions") from error
    if not content:
        raise _error(path, "is empty", "copy or export it again")
    return content


def _load_external_data(model: ModelProto, path: Path) -> None:
    external = [tensor for tensor in model.graph.initializer if uses_external_data(tensor)]
    for tensor in external:
        _check_external_data(tensor, path)
    try:
        load_external_data_for_model(model, str(path.parent))
    except Exception as error:
        raise _error(
            path, f"has external data that cannot be read: {describe(error)}", "put the data beside the model"
        ) from error


def _check_external_data(tensor: TensorProto, path: Path) -> None:
    info = ExternalDataInfo(tensor)
    data = path.parent / info.location
    if not data.is_file():
        raise _error(
            path,
            f"keeps tensor {tensor.name!r} in {info.location!r}, and that file is missing",
            f"put {Path(info.location).name} into {shown(path.parent)}",
        )
    end = (info.offset or 0) + (info.length or 0)
    if data.stat().st_size < end:
        raise _error(
            path,
            f"keeps tensor {tensor.name!r} in {info.location!r}, which ends before byte {end}",
            "copy or export the model and its data again",
        )


def _error(path: Path, fact: str, remedy: str) -> ModelError:
    return ModelError(fact, place=shown(path), remedy=remedy)


def _discard(temporary: str) -> None:
    if temporary:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
