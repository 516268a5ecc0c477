# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What core asks of a framework, by way of the adapter that its bridge brings."""

from __future__ import annotations

from abc import ABC, abstractmethod

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import Any

    import numpy as np

    from brainsmith_core.blueprint.plan import PlannedKernel, PlannedStep, Target
    from brainsmith_core.build.configuration import BuildConfig
    from brainsmith_core.build.section import Section
    from brainsmith_core.records import Record

    Arrays = Mapping[str, np.ndarray[Any, Any]]


class FrameworkAdapter(ABC):
    """One framework as core sees it; its ``name`` is the source name of the pack that brings it.

    A bridge returns instances from its ``register_frameworks`` hook. Making one, and each method up
    to ``environment_variables``, imports nothing of the framework, nor do ``settings_faults`` and
    ``steps_to_add``.
    """

    name: str = ""

    @abstractmethod
    def is_available(self) -> bool:
        """Whether the framework is installed, judged without importing it."""

    @abstractmethod
    def discover_plugins(self) -> Sequence[Record]:
        """The records of everything the framework offers; empty where it is not installed."""

    @abstractmethod
    def get_metadata(self) -> Mapping[str, str]:
        """``name``, ``version`` and ``location`` of the framework, and ``remedy`` where it is missing."""

    def base_classes(self) -> Mapping[str, Sequence[str]]:
        """By plugin type, the ``'module:Class'`` names one of which a plugin's class must derive from."""
        return {}

    def optional_prefixes(self) -> Mapping[str, str]:
        """By plugin type, a beginning of names that may be left out where the source is named."""
        return {}

    def packages(self) -> Sequence[str]:
        """The top-level packages on whose source or presence the listing depends."""
        return ()

    def environment_variables(self) -> Sequence[str]:
        """The environment variables on which the listing depends."""
        return ()

    def models(self) -> ModelAccess | None:
        """How to read and run this framework's models; ``None`` if it has no models of its own."""
        return None

    def importing(self) -> AbstractContextManager[None]:
        """What surrounds the import of a plugin of this framework; leaves the process as it was."""
        return _nothing()

    def running(self, config: BuildConfig) -> AbstractContextManager[None]:
        """What surrounds a step of this framework in a build; leaves the process as it was."""
        return _nothing()

    def step_config(self, config: BuildConfig) -> Any:
        """The ``cfg`` that this framework's own steps take, made from a build's.

        Raises ``BuildError`` for settings that the framework refuses.
        """
        return config

    def settings_faults(self, target: Target, settings: Mapping[str, Any]) -> Sequence[SettingFault]:
        """What is wrong with a blueprint's target and its section for this framework."""
        return ()

    def steps_to_add(
        self, steps: Sequence[PlannedStep], kernels: Sequence[PlannedKernel]
    ) -> Sequence[StepToAdd]:
        """What a plan lacks between its steps so that this framework can carry it out with these kernels.

        Asked of each framework that has steps in a blueprint's plan; imports nothing of the framework.
        """
        return ()

    def executable(self, model: Any, config: BuildConfig) -> Any:
        """The model to execute for one between steps, where the framework cannot execute that itself.

        A framework may cut a part out of a model, or make nodes of it that only hardware runs.
        """
        return model

    def report_sections(self, output_dir: Path) -> Sequence[Section]:
        """Parts for the report's page, made of the files that this framework's steps left in a folder."""
        return ()


class StepToAdd:
    """A step of the framework's own (``'source:name'``), the index before which it belongs, and why."""

    __slots__ = ("index", "reason", "reference")

    def __init__(self, index: int, reference: str, reason: str) -> None:
        self.index = index
        self.reference = reference
        self.reason = reason


class SettingFault:
    """What is wrong with one of a blueprint's settings: where (``('target', 'board')``), fact, remedy."""

    __slots__ = ("fact", "keys", "remedy")

    def __init__(self, keys: Sequence[str], fact: str, remedy: str) -> None:
        self.keys = tuple(keys)
        self.fact = fact
        self.remedy = remedy


def _nothing() -> AbstractContextManager[None]:
    from contextlib import nullcontext

    return nullcontext()


class ModelAccess(ABC):
    """Reading, writing, running and describing the models of one framework.

    A model is whatever object the framework's transforms take; core only hands it on. Tensors are named;
    arrays are NumPy arrays in the shape and container type that the framework's own executor takes.
    """

    suffixes: tuple[str, ...] = ()

    @abstractmethod
    def load(self, path: Path) -> Any:
        """Read a model.

        Raises ``ModelError`` for a file that is missing, a folder, truncated, of another format, or whose
        external data is missing.
        """

    @abstractmethod
    def save(self, model: Any, path: Path) -> None:
        """Write a model whole; the caller moves it to its place."""

    @abstractmethod
    def is_model(self, value: object) -> bool:
        """Whether a step returned a model and not something else."""

    @abstractmethod
    def prepare(self, model: Any) -> Any:
        """A copy that can be executed, with shapes and datatypes inferred; the given model stays as it is."""

    @abstractmethod
    def inputs(self, model: Any) -> Sequence[TensorDescription]:
        """The graph's inputs in order, those with an initializer left out."""

    @abstractmethod
    def outputs(self, model: Any) -> Sequence[TensorDescription]:
        """The graph's outputs in order."""

    @abstractmethod
    def random_inputs(self, model: Any, seed: int) -> Arrays:
        """An array for each input, drawn from its datatype annotation (``BIPOLAR`` gets ±1); seeded."""

    @abstractmethod
    def execute(self, model: Any, inputs: Arrays) -> Arrays:
        """The outputs by name, computed by the framework's own executor on a prepared model."""

    @abstractmethod
    def op_counts(self, model: Any) -> Mapping[str, int]:
        """How many nodes of each op type the graph has, by op type in alphabetical order."""

    @abstractmethod
    def nodes(self, model: Any) -> Sequence[NodeDescription]:
        """The graph's nodes in order."""


class TensorDescription:
    """Name, shape (``None`` for an unknown dimension) and datatype annotation of a graph's tensor."""

    __slots__ = ("datatype", "name", "shape")

    def __init__(self, name: str, shape: Sequence[int | None], datatype: str) -> None:
        self.name = name
        self.shape = tuple(shape)
        self.datatype = datatype

    def __repr__(self) -> str:
        return f"TensorDescription({self.name!r}, {self.shape!r}, {self.datatype!r})"


class NodeDescription:
    """Name, op type and domain of a graph's node."""

    __slots__ = ("domain", "name", "op_type")

    def __init__(self, name: str, op_type: str, domain: str) -> None:
        self.name = name
        self.op_type = op_type
        self.domain = domain

    def __repr__(self) -> str:
        return f"NodeDescription({self.name!r}, {self.op_type!r}, {self.domain!r})"
