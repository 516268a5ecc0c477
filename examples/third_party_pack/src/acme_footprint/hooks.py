# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Hooks: what the pack gives. This module imports nothing but the core, so that listings stay quick."""

from __future__ import annotations

from brainsmith_core import StepRecord, TransformRecord, hookimpl


@hookimpl
def register_transforms() -> list[TransformRecord]:
    return [
        TransformRecord(
            name="AnnotateFootprint",
            target="acme_footprint.annotate:AnnotateFootprint",
            stage="analysis",
            description="Write the number of parameters and their bits into the model's metadata.",
            requires=("qonnx>=0.4",),
        )
    ]


@hookimpl
def register_steps() -> list[StepRecord]:
    return [
        StepRecord(
            name="report_footprint",
            target="acme_footprint.report:report_footprint",
            stage="analysis",
            description="Write footprint.json, each parameter with its shape and bits, to the output folder.",
        )
    ]
