# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The hooks of a pack with one transform."""

from __future__ import annotations

from brainsmith_core import TransformRecord, hookimpl


@hookimpl
def register_transforms() -> list[TransformRecord]:
    return [TransformRecord(name="MyTransform", target="my_transform:MyTransform")]
