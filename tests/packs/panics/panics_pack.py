# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that raises what is no Exception, as extension modules in Rust do."""

from __future__ import annotations

from brainsmith_core import StepRecord, hookimpl


class PanicException(BaseException):
    """Derives from BaseException."""


@hookimpl
def register_steps() -> list[StepRecord]:
    raise PanicException("called unwrap on None")
