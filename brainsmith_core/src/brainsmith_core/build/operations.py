# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The operation: a planned step with its code imported, ready to be applied to a model."""

from __future__ import annotations

import inspect
import logging
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from brainsmith_core.blueprint.plan import PlannedStep
from brainsmith_core.build.configuration import BuildConfig
from brainsmith_core.errors import BrainsmithError, BuildError, PluginLoadError
from brainsmith_core.frameworks import FrameworkAdapter, ModelAccess
from brainsmith_core.loading import describe, load
from brainsmith_core.records import Record, TransformRecord

_logger = logging.getLogger("brainsmith.build")


@dataclass(frozen=True)
class Operation:
    """A step of a plan that can be carried out; ``index`` is its place in the plan, from 0.

    ``adapter`` is that of the framework whose step it is; it says what surrounds the step and what its
    ``cfg`` is.
    """

    index: int
    planned: PlannedStep
    function: Callable[[Any, Any], Any]
    adapter: FrameworkAdapter | None = None

    @property
    def place(self) -> str:
        """The step as error messages name it."""
        return describe_step(self.index, self.planned)

    def apply(self, model: Any, config: BuildConfig, models: ModelAccess) -> Any:
        """The model that the step makes of ``model``, which it may change in place.

        The step finds Python's and NumPy's global random generators seeded by its place in the plan, so
        that a plan gives the same model each time; afterwards they go on as if it had not run. Raises
        ``BuildError`` if the step raises or returns anything but a model; its traceback is logged.
        """
        try:
            with _repeatable(self.index):
                result = self._call(model, config)
        except BrainsmithError as error:
            _logger.exception("%s failed", self.place)
            error.place = error.place or self.place
            raise
        except (Exception, SystemExit) as error:
            _logger.exception("%s failed", self.place)
            raise BuildError(
                describe(error),
                place=self.place,
                remedy=f"the traceback is in {config.output_dir / 'build.log'}; "
                "once it is mended, go on with --resume",
            ) from error
        if not models.is_model(result):
            raise BuildError(
                f"returned {_shown(result)}, which is not a model",
                place=self.place,
                remedy="a step is a function (model, cfg) that returns the model: end it with 'return model'",
            )
        return result

    def _call(self, model: Any, config: BuildConfig) -> Any:
        if self.adapter is None:
            return self.function(model, config)
        with self.adapter.running(config):
            return self.adapter.carry_out(self.planned, self.function, model, config)


def describe_step(index: int, planned: PlannedStep) -> str:
    """A step's number, name and plugin, as in ``step 3 'cleanup' (acme:cleanup of acme-pack 1.0)``."""
    text = f"step {index + 1} {planned.name!r}"
    if planned.record is None:
        return text
    distribution = f"{planned.record.distribution} {planned.record.distribution_version}".strip()
    return f"{text} ({planned.record.qualified_name}{f' of {distribution}' if distribution else ''})"


def load_operations(
    steps: Sequence[PlannedStep], selected: range, frameworks: Iterable[FrameworkAdapter] = ()
) -> list[Operation]:
    """Import what the selected steps need, all of it before anything runs.

    ``frameworks`` say what surrounds the import and the running of plugins of their own.
    Raises ``PluginLoadError`` for a step whose object cannot be imported or called, ``BuildError`` for a
    transform whose constructor cannot be called without arguments.
    """
    adapters = {adapter.name: adapter for adapter in frameworks}
    operations = []
    for index in selected:
        planned = steps[index]
        adapter = adapters.get(planned.record.source) if planned.record is not None else None
        # What surrounds an import takes time, and most steps of a framework share a module.
        is_new = planned.record is None or planned.record.module not in sys.modules
        with adapter.importing() if adapter is not None and is_new else nullcontext():
            operations.append(Operation(index, planned, _function(index, planned), adapter))
    return operations


def _function(index: int, planned: PlannedStep) -> Callable[[Any, Any], Any]:
    if planned.function is not None:
        return planned.function
    record = planned.record
    if record is None:
        raise BuildError("has neither a plugin nor a function", place=describe_step(index, planned))
    value = load(record)
    if not callable(value):
        raise PluginLoadError(
            f"{record.target} is {_shown(value)}, which cannot be called",
            place=describe_step(index, planned),
            remedy=f"report it to the authors of {record.distribution}" if record.distribution else "",
        )
    if not isinstance(record, TransformRecord):
        step: Callable[[Any, Any], Any] = value
        return step
    missing = _required_parameters(value, record)
    if missing:
        arguments = ", ".join(f"{name}=…" for name in missing)
        raise BuildError(
            f"{record.name} cannot be made without {', '.join(missing)}",
            place=describe_step(index, planned),
            remedy=f"name a step of your own that returns model.transform({record.name}({arguments}))",
        )
    return lambda model, _config: model.transform(value())


def _required_parameters(value: Any, record: Record) -> tuple[str, ...]:
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return record.required_parameters
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return tuple(item.name for item in parameters if item.default is item.empty and item.kind not in variadic)


def _shown(value: object) -> str:
    if value is None:
        return "None"
    return f"an object of type {type(value).__module__}.{type(value).__qualname__}".replace(" builtins.", " ")


@contextmanager
def _repeatable(seed: int) -> Iterator[None]:
    # Transforms name new tensors by random.choice; without a seed no two builds would give one file.
    state, numpy_state = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
        np.random.set_state(numpy_state)
