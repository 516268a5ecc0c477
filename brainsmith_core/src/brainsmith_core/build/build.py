# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The build as users start it: from a model file, a blueprint or a list of steps, and a folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from brainsmith_core import known_packs
from brainsmith_core.blueprint.plan import Plan
from brainsmith_core.blueprint.step_list import plan_steps
from brainsmith_core.blueprint_plugins import blueprint_plan
from brainsmith_core.build.arguments import path_of, verification_of
from brainsmith_core.build.progress import Progress
from brainsmith_core.build.run import BuildResult, run
from brainsmith_core.build.verify import Verification
from brainsmith_core.errors import BuildError, ModelError
from brainsmith_core.frameworks import ModelAccess
from brainsmith_core.manager import PluginManager, get_plugin_manager


def build(
    model: str | Path,
    blueprint: str | Path | Mapping[str, Any] | None = None,
    output: str | Path = "build",
    *,
    steps: Iterable[Any] | None = None,
    verify: str | Path | Verification | None = None,
    accuracy: str | Path | None = None,
    start: str = "",
    stop: str = "",
    resume: bool = False,
    progress: Progress | None = None,
    manager: PluginManager | None = None,
    preflight: bool = True,
) -> BuildResult:
    """Build the model in a file by a blueprint, or by a list of steps as FINN's builder takes it.

    ``blueprint`` is a file or a mapping of the same form; ``steps`` are names (``cleanup``,
    ``source:name``), functions ``(model, cfg) -> model`` and transforms. ``output`` is a folder that is new,
    empty, or, with ``resume`` or ``start``, an earlier build's. ``verify`` is ``'random'``, an .npz file or a
    ``Verification``; ``accuracy`` an .npz file with ``inputs`` and ``labels``. ``preflight`` refuses a build
    of which a framework knows beforehand that it must fail.

    Raises ``BlueprintError``, ``ModelError``, ``OutputError``, ``PluginLoadError``, ``VerificationError`` or
    ``BuildError``; everything finished by then is kept, and ``resume`` goes on from it.
    """
    model_file = path_of("model", model, "save the model to a file, and pass the file's path")
    folder = path_of("output", output, "pass the path of a folder")
    labelled = None if accuracy is None else path_of("accuracy", accuracy, "pass the path of an .npz file")
    verification = verification_of(verify)
    manager = manager or get_plugin_manager()
    settled = plan_build(manager, blueprint, steps)
    return run(
        settled,
        model_file,
        model_access(manager, model_file),
        folder,
        verification=verification,
        labelled_data=labelled,
        start=start,
        stop=stop,
        resume=resume,
        progress=progress,
        frameworks=manager.frameworks,
        preflight=preflight,
    )


def plan_build(
    manager: PluginManager, blueprint: str | Path | Mapping[str, Any] | None, steps: Iterable[Any] | None
) -> Plan:
    """The plan of a blueprint or of a list of steps, whichever is given."""
    if (blueprint is None) == (steps is None):
        raise BuildError("a build needs either a blueprint or steps", remedy="pass one of the two")
    if blueprint is not None:
        return blueprint_plan(manager, blueprint)[0]
    planned = plan_steps(
        steps or (), manager.registry, failures=manager.failures, frameworks=manager.frameworks
    )
    return Plan(name="steps", steps=planned)


def model_access(manager: PluginManager, path: Path) -> ModelAccess:
    """What reads and runs the model in a file, from the first available framework that takes its suffix.

    Raises ``ModelError`` with the pip line of a bridge if no installed framework has models.
    """
    found = [
        models
        for adapter in manager.frameworks
        if adapter.is_available() and (models := adapter.models()) is not None
    ]
    suited = [models for models in found if path.suffix.lower() in models.suffixes]
    if suited or found:
        # A file of another name may still hold a model; reading it will tell.
        return (suited or found)[0]
    bridges = [f"pip install {name}" for name in known_packs.bridges(path.suffix.lower() or ".onnx")]
    missing = [
        remedy
        for adapter in manager.frameworks
        if not adapter.is_available() and (remedy := adapter.get_metadata().get("remedy", ""))
    ]
    raise ModelError(
        "no installed pack brings a framework that reads models",
        place=str(path),
        remedy=" or ".join([*missing, *bridges]) or "install the bridge of the model's framework",
    )
