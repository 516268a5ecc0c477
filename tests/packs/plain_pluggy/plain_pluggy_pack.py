# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that knows pluggy and the records, and nothing else of ours."""

from __future__ import annotations

import pluggy

from brainsmith_core.records import KernelRecord, StepRecord, TransformRecord

hookimpl = pluggy.HookimplMarker("brainsmith")


class Add:
    """A kernel."""


class Unrooted:
    """A transformation that derives from no framework's class."""

    def apply(self, model: object) -> tuple[object, bool]:
        return model, False


def shorten(model: list[object], cfg: object) -> list[object]:
    return model[:1]


@hookimpl
def register_kernels() -> list[KernelRecord]:
    return [KernelRecord(name="Add", target="plain_pluggy_pack:Add", stage="elementwise")]


@hookimpl
def register_transforms() -> tuple[TransformRecord, ...]:
    return (
        TransformRecord(name="Unrooted", target="plain_pluggy_pack:Unrooted", version="0.9"),
        TransformRecord(name="tidying", members=("acme:Tidy", "~Absent", "Double"), stage="cleanup"),
    )


@hookimpl(trylast=True)
def register_steps():  # type: ignore[no-untyped-def]
    yield StepRecord(name="shorten", target="plain_pluggy_pack:shorten")
