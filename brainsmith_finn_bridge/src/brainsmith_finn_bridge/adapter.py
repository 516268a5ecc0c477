# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Adapter: FINN as core sees it, without importing FINN."""

from __future__ import annotations

import os

from brainsmith_core.discovery.hierarchy import Hierarchy
from brainsmith_core.discovery.inventory import Inventory
from brainsmith_core.discovery.locate import locate
from brainsmith_core.discovery.scan import Universe
from brainsmith_core.discovery.snapshot import snapshot
from brainsmith_core.frameworks import FrameworkAdapter
from brainsmith_finn_bridge.installation import find_installation, missing_remedy
from brainsmith_finn_bridge.listing import operators, transforms
from brainsmith_finn_bridge.listing.availability import Availability
from brainsmith_finn_bridge.listing.dependencies import Dependencies
from brainsmith_finn_bridge.listing.environment import Environment
from brainsmith_finn_bridge.listing.requirements import Requirements
from brainsmith_finn_bridge.listing.rules import Rules

#: Packages that FINN's classes derive from, or whose own imports can fail where FINN's do not.
_NEIGHBOURS = ("qonnx", "finn_xsi", "onnx_passes")

#: The beginning of the domains of FINN's hardware operators.
_HARDWARE = "finn.custom_op.fpgadataflow"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import Any

    from brainsmith_core.blueprint.plan import Plan, PlannedKernel, PlannedStep, Target
    from brainsmith_core.build.configuration import BuildConfig
    from brainsmith_core.build.section import Section
    from brainsmith_core.discovery.snapshot import Snapshot
    from brainsmith_core.frameworks import PlanFault, SettingFault, StepToAdd
    from brainsmith_core.preflight import Preflight
    from brainsmith_core.records import KernelRecord, Record
    from brainsmith_finn_bridge.installation import Installation


class FINNAdapter(FrameworkAdapter):
    """The FINN that is installed: the finn-plus wheel, or a checkout of Xilinx/finn on the path.

    FINN's models are QONNX's, so ``models`` gives none.
    """

    name = "finn"

    def __init__(self) -> None:
        self._listing = _Listing()

    def is_available(self) -> bool:
        """Whether a FINN is installed; an empty package of that name does not count."""
        return find_installation() is not None

    def discover_plugins(self) -> Sequence[Record]:
        """The records of every plugin, read from FINN's source; empty where FINN is not installed.

        A plugin whose module cannot be imported on this machine says what is missing. A second call costs
        a look at the files' times.
        """
        installation = find_installation()
        return self._listing.records(installation) if installation else ()

    def get_metadata(self) -> Mapping[str, str]:
        """``name``, ``version``, ``location``, and ``remedy`` where FINN is missing."""
        installation = find_installation()
        return {
            "name": self.name,
            "version": installation.version() if installation else "",
            "location": installation.folders[0] if installation else "",
            "remedy": "" if installation else missing_remedy(),
        }

    def base_classes(self) -> Mapping[str, Sequence[str]]:
        """QONNX's base of transformations and FINN's of kernels.

        None for back ends: another pack's need not be FINN's.
        """
        return {"transform": (transforms.TRANSFORMATION,), "kernel": (operators.KERNEL,)}

    def packages(self) -> Sequence[str]:
        """The listing is read from the source of FINN and its neighbours."""
        return ("finn", *_NEIGHBOURS)

    def environment_variables(self) -> Sequence[str]:
        """Those that decided, in the last listing, whether plugins are available here."""
        return sorted(self._listing.environment.read)

    def optional_prefixes(self) -> Mapping[str, str]:
        """FINN's steps are called ``step_…``; ``finn:streamline`` is enough."""
        return {"step": "step_"}

    def importing(self) -> AbstractContextManager[None]:
        """FINN's environment: see ``environment.finn_environment``."""
        from brainsmith_finn_bridge.environment import finn_environment

        return finn_environment()

    def running(self, config: BuildConfig) -> AbstractContextManager[None]:
        """FINN's environment, with what it generates in the build's folder, below ``finn``.

        Kernels of other packs, which the build's blueprint names, are operators of FINN's in it.
        """
        from brainsmith_finn_bridge.kernels.environment import environment_with_kernels

        return environment_with_kernels(config)

    def step_config(self, config: BuildConfig) -> Any:
        """A DataflowBuildConfig of the target and of ``finn_config``; its ``output_dir`` is the build's.

        It also has the build's ``kernels``, for those steps that are the bridge's and not FINN's.
        """
        from brainsmith_finn_bridge.build_settings import dataflow_build_config

        installation = find_installation()
        if installation is None:
            return config
        made = dataflow_build_config(installation, config)
        made.kernels = config.kernels
        return made

    def steps_to_add(
        self, steps: Sequence[PlannedStep], kernels: Sequence[PlannedKernel]
    ) -> Sequence[StepToAdd]:
        """Where kernels of other packs are inferred, unless a step does so, and where FINN gets them."""
        from brainsmith_finn_bridge.kernels.plan import steps_to_add

        return steps_to_add(steps, kernels)

    def settings_faults(self, target: Target, settings: Mapping[str, Any]) -> Sequence[SettingFault]:
        """Boards, fields and values that the installed FINN does not know, read from its source."""
        from brainsmith_finn_bridge.build_settings import faults

        installation = find_installation()
        return list(faults(installation, target, settings)) if installation else ()

    def plan_faults(
        self, steps: Sequence[PlannedStep], kernels: Sequence[PlannedKernel]
    ) -> Sequence[PlanFault]:
        """Steps in an order that cannot work, and kernels of which no wanted back end exists."""
        from brainsmith_finn_bridge.step_order import backend_faults, order_faults

        return [*order_faults(steps), *backend_faults(steps, kernels)]

    def preflight(self, model: Any, plan: Plan) -> Preflight | None:
        """Each node's fate under FINN's steps, and whether they can end in a dataflow partition."""
        from brainsmith_finn_bridge.preflight.look import look

        installation = find_installation()
        if installation is None or not hasattr(model, "graph"):
            return None
        return look(model, plan, installation)

    def backend_rule(self, kernel: KernelRecord) -> str:
        """How FINN chooses, with what its source says of the operator's RTL."""
        from brainsmith_finn_bridge.backend_rules import backend_rule

        installation = find_installation()
        return backend_rule(installation, kernel.op_type or kernel.name) if installation else ""

    def carry_out(
        self, planned: PlannedStep, function: Callable[[Any, Any], Any], model: Any, config: BuildConfig
    ) -> Any:
        """A step as FINN has it; see ``stepping.carry_out`` for what is done before and after."""
        from brainsmith_finn_bridge.step_order import finn_step

        name = finn_step(planned)
        if not name:
            return function(model, config)
        from brainsmith_finn_bridge.stepping.carry_out import carry_out

        return carry_out(name, function, model, self.step_config(config), config)

    def executable(self, model: Any, config: BuildConfig) -> Any:
        """A model with hardware nodes as one that runs in Python; see ``whole_model.executable``."""
        nodes = getattr(getattr(model, "graph", None), "node", ())
        if not any(node.domain.startswith(_HARDWARE) for node in nodes):
            return model
        from brainsmith_finn_bridge.kernels.environment import environment_with_kernels
        from brainsmith_finn_bridge.whole_model import executable

        with environment_with_kernels(config):
            return executable(model, config.output_dir)

    def report_sections(self, output_dir: Path) -> Sequence[Section]:
        """Tables and charts of the estimates that FINN's steps left."""
        from brainsmith_finn_bridge.estimates import sections

        return sections(output_dir)

    def report_data(self, output_dir: Path) -> Mapping[str, Any]:
        """FINN's figures, and the back end of each node with the reason for it."""
        from brainsmith_finn_bridge.estimates import data

        return data(output_dir)


class _Listing:
    """The last scan's records, and what they were found from."""

    def __init__(self) -> None:
        self._inventory = Inventory({})
        self._stamp: object = None
        self._dependencies = Dependencies()
        self._records: tuple[Record, ...] = ()
        self._checked_in: Snapshot | None = None
        self.environment = Environment(os.environ)

    def records(self, installation: Installation) -> tuple[Record, ...]:
        with snapshot() as active:
            # One check for all hooks of one discovery.
            if self._checked_in is not active:
                self._check(installation)
                self._checked_in = active
        return self._records

    def _check(self, installation: Installation) -> None:
        neighbours = {package: locate(package) for package in _NEIGHBOURS}
        self._inventory = self._inventory.current({"finn": installation.folders, **neighbours})
        stamp = self._inventory.stamp()
        if self._stamp != stamp or not self._dependencies.holds() or not self.environment.holds():
            self._scan(installation)
            self._stamp = stamp

    def _scan(self, installation: Installation) -> None:
        universe = Universe(self._inventory)
        self._dependencies = Dependencies()
        self.environment = Environment(os.environ)
        availability = Availability(
            universe,
            self._dependencies,
            Requirements(installation),
            installation.variables(),
            self.environment,
        )
        self._records = tuple(Rules(Hierarchy(universe), availability).records())
