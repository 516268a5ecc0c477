# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The step ``qonnx_to_finn``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from brainsmith_core.errors import BuildError
from brainsmith_core.loading import describe

_MODULE = "finn.transformation.qonnx.convert_qonnx_to_finn"


def qonnx_to_finn(model: Any, cfg: Any) -> Any:
    """Convert from QONNX's dialect to FINN's, with FINN's own ConvertQONNXtoFINN.

    Raises ``BuildError`` that says what to install where FINN is not, or what FINN said where it cannot be
    imported.
    """
    return model.transform(_converter()())


def _converter() -> Any:
    try:
        # Imported here because the pack works without FINN; FINN fails with errors of any kind.
        return import_module(_MODULE).ConvertQONNXtoFINN
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("finn"):
            raise _unusable(error) from error
        raise BuildError(
            "FINN is not installed",
            place="step qonnx_to_finn",
            remedy="pip install finn-plus brainsmith-finn-bridge",
        ) from error
    except (Exception, SystemExit) as error:
        raise _unusable(error) from error


def _unusable(error: BaseException) -> BuildError:
    return BuildError(
        f"FINN is installed but cannot be imported: {describe(error)}",
        place="step qonnx_to_finn",
        remedy="mend FINN's environment; brainsmith doctor shows what it misses",
    )
