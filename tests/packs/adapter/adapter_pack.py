# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that bridges a framework, which is this very module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from brainsmith_core import FrameworkAdapter, StepRecord, TransformRecord, hookimpl


class Transformation:
    """The framework's base class."""


class Streamline(Transformation):
    """Derives as it should."""

    def apply(self, model: object) -> tuple[object, bool]:
        return model, False


def step_streamline(model: object, cfg: object) -> object:
    return model


class Adapter(FrameworkAdapter):
    """The framework as core sees it."""

    name = "adapter"

    def is_available(self) -> bool:
        return True

    def discover_plugins(self) -> Sequence[TransformRecord | StepRecord]:
        return [
            TransformRecord(name="Streamline", target="adapter_pack:Streamline"),
            StepRecord(name="step_streamline", target="adapter_pack:step_streamline"),
        ]

    def get_metadata(self) -> Mapping[str, str]:
        return {"name": "adapter", "version": "1.0", "location": __file__, "remedy": ""}

    def base_classes(self) -> Mapping[str, Sequence[str]]:
        return {"transform": ("adapter_pack:Transformation", "acme_heavy:Transformation")}

    def optional_prefixes(self) -> Mapping[str, str]:
        return {"step": "step_"}


class AbsentAdapter(Adapter):
    """A framework that is not installed."""

    name = "absent"

    def is_available(self) -> bool:
        return False

    def get_metadata(self) -> Mapping[str, str]:
        return {"name": "absent", "version": "", "location": "", "remedy": "pip install absent-framework"}

    def base_classes(self) -> Mapping[str, Sequence[str]]:
        return {}

    def optional_prefixes(self) -> Mapping[str, str]:
        return {}


adapter = Adapter()


@hookimpl
def register_frameworks() -> list[FrameworkAdapter]:
    return [adapter, AbsentAdapter()]


@hookimpl
def register_transforms() -> list[TransformRecord]:
    return [record for record in adapter.discover_plugins() if isinstance(record, TransformRecord)]


@hookimpl
def register_steps() -> list[StepRecord]:
    return [record for record in adapter.discover_plugins() if isinstance(record, StepRecord)]
