# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""BackendConformance: what the back ends of any kernel must show, as tests that a pack's own inherit."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest

from brainsmith_core.blueprint.kernels import offered_backends
from brainsmith_core.errors import ToolError
from brainsmith_core.hardware import HardwareBackend, Resources, Simulation, lacking
from brainsmith_core.loading import load
from brainsmith_core.manager import get_plugin_manager
from brainsmith_core.records import BackendRecord, KernelRecord
from brainsmith_core.testing.pack import assert_pack_is_valid

#: Set to anything, it turns the skip for a missing tool into a failure, as continuous integration wants it.
REQUIRE_TOOLS = "BRAINSMITH_REQUIRE_TOOLS"

_MODULE = re.compile(r"^\s*module\s+(\w+)", re.MULTILINE)
#: Run in a fresh interpreter: generates the files of the back end that a record names.
_GENERATE = """
import json, pickle, sys
path, record, parameters = pickle.load(sys.stdin.buffer)
sys.path[:] = path
from brainsmith_core.loading import load
print(json.dumps(load(pickle.loads(record)).files(pickle.loads(parameters))))
"""

Given = Mapping[str, object]


@dataclass(frozen=True)
class Workshop:
    """A folder with the programs that simulations built, and the results by language, module and stall."""

    folder: Path
    results: dict[tuple[str, str, float], Simulation] = field(default_factory=dict)


_WORKSHOP = pytest.StashKey[Workshop]()


class BackendConformance:
    """Derive a class ``Test…`` from it, and name the kernel.

    ``parameter_sets`` are texts or numbers by the names that ``--set`` takes; an empty one stands for the
    defaults. ``languages`` are those in which the kernel has a back end, ``families`` the device families for
    which its resources are known, ``rows`` the rows of each simulation. A test whose tool is missing is
    skipped with the line that installs it, or fails where the variable ``BRAINSMITH_REQUIRE_TOOLS`` is set.
    """

    kernel: ClassVar[str]
    languages: ClassVar[Sequence[str]] = ("hls", "rtl")
    parameter_sets: ClassVar[Sequence[Given]] = ({},)
    families: ClassVar[Sequence[str]] = ("xc7", "xcup")
    rows: ClassVar[int] = 300

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test for each parameter set and language, for those that take one."""
        if "given" in metafunc.fixturenames:
            builds = "workshop" in metafunc.fixturenames
            metafunc.parametrize("given", [self._case(given, builds) for given in self.parameter_sets])
        if "language" in metafunc.fixturenames:
            metafunc.parametrize("language", list(self.languages))

    @pytest.fixture
    def workshop(self, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
        """Where programs are built, once for all tests of the class that run them."""
        stash = request.node.getparent(pytest.Class).stash
        if _WORKSHOP not in stash:
            stash[_WORKSHOP] = Workshop(tmp_path_factory.mktemp("conformance"))
        workshop: Workshop = stash[_WORKSHOP]
        return workshop

    def test_listing_the_pack_imports_nothing_but_the_pack(self) -> None:
        """The pack is valid, and listing it imports no framework, no vendor's tools and no other pack."""
        assert_pack_is_valid(self.kernel_record().source)

    def test_the_back_end_follows_the_protocol(self, language: str) -> None:
        """It has every method of ``HardwareBackend``, and streams of whole bytes in both directions."""
        backend = self.backend(language)
        missing = lacking(backend, HardwareBackend)
        require(not missing, f"the {language} back end has no {', '.join(missing)}")
        ports = backend.ports(backend.parse({}))
        directions = {port.direction for port in ports}
        require(directions == {"in", "out"}, f"its ports go {sorted(directions)}, not in and out")
        for port in ports:
            require(
                port.bits % 8 == 0 < port.bits and port.words_per_row > 0,
                f"the port {port.name} has {port.bits} bits, which are no whole bytes",
            )

    def test_parameters_survive_pickling(self, language: str, given: Given) -> None:
        """A copy from another process is equal, and has the same name of its top module."""
        parameters = self.parameters(language, given)
        copy = pickle.loads(pickle.dumps(parameters))
        require(copy.as_dict() == parameters.as_dict(), differing(copy, parameters, "pickled and read again"))
        require(copy == parameters, "parameters that were pickled and read again are not equal to themselves")
        named = copy.module_name
        require(named == parameters.module_name, f"the module {parameters.module_name} became {named}")

    def test_files_are_the_same_in_another_process(self, language: str, given: Given) -> None:
        """They are a pure function of the parameters: no hash seed, clock or earlier call shows in them."""
        record, parameters = self.backend_record(language), self.parameters(language, given)
        files = load(record).files(parameters)
        elsewhere = json.loads(run_elsewhere(_GENERATE, pickle.dumps(record), pickle.dumps(parameters)))
        for name in sorted(files.keys() | elsewhere.keys()):
            require(
                files.get(name) == elsewhere.get(name),
                f"the file {name} is another one when a spawned process generates it from these parameters",
            )

    def test_module_names_are_unique(self) -> None:
        """No module of one parameter set has the name of another's, or of another kernel's of any pack."""
        owners: dict[str, str] = {}
        for owner, files, top in self._generated():
            for module in _modules(files):
                require(module.startswith(top), f"the module {module} of {owner} does not begin with {top}")
                first = owners.setdefault(module, owner)
                require(first == owner, f"the module {module} of {owner} has the name of one of {first}")
        for record in _hardware_of_packs():
            for module in self._modules_of_another(record):
                found = f"the module {module} of {owners.get(module)} has the name of one of {record.target}"
                require(module not in owners, found)

    def test_hardware_computes_the_specification(
        self, language: str, given: Given, workshop: Workshop
    ) -> None:
        """Bit for bit, on the worst rows and random ones; RTL with and without stalls on both streams."""
        for stall in (0.0, 0.3) if language == "rtl" else (0.0,):
            result = self.simulation(language, given, stall, workshop)
            where = f"{language} at {stall:.0%} stalls: "
            require(result.rows == self.rows, f"{where}{result.rows} rows were run, not {self.rows}")
            found = f"{result.mismatches} of {result.values} values differ from the specification"
            require(result.mismatches == 0, f"{where}{found}, first {result.first_mismatch}")

    def test_cycles_are_those_of_the_formula(self, given: Given, workshop: Workshop) -> None:
        """The simulator counts as many as ``cycles`` says, and no fewer with stalls."""
        if "rtl" not in self.languages:
            pytest.skip("only RTL has a clock")
        backend, parameters = self.backend("rtl"), self.parameters("rtl", given)
        formula = backend.cycles(parameters, self.rows)
        counted = self.simulation("rtl", given, 0.0, workshop).cycles
        require(
            counted == formula, f"{self.rows} rows took {counted} cycles where the formula says {formula}"
        )
        stalled = self.simulation("rtl", given, 0.3, workshop).cycles
        require(
            stalled is not None and stalled >= formula,
            f"with stalls, {self.rows} rows took {stalled} cycles, fewer than the {formula} of the formula",
        )

    def test_resources_are_labelled_numbers(self, language: str, given: Given) -> None:
        """For every family: no negative count, and a source that says where the numbers come from."""
        backend, parameters = self.backend(language), self.parameters(language, given)
        for family in self.families:
            found = backend.resources(parameters, family)
            require(found.family == family, f"the resources for {family} are labelled {found.family}")
            for cell, number in _cells(found).items():
                require(number >= 0, f"{family}: {number} {cell}")
            require(bool(found.source.strip()), f"{family}: the resources have no source")

    @pytest.mark.slow
    def test_the_measured_defaults_are_what_synthesis_finds(self, tmp_path: Path) -> None:
        """A new synthesis agrees with the table: exactly in DSP and block RAM, nearly in LUT and FF."""
        if "rtl" not in self.languages:
            pytest.skip("only RTL can be synthesised with open tools")
        backend, family = self.backend("rtl"), self.families[0]
        parameters = backend.parse({})
        for known in (backend.resources(parameters, family) for family in self.families):
            require(known.measured, f"the defaults were never measured for {known.family}: {known.source}")
        known = backend.resources(parameters, family)
        with tools():
            found = backend.synthesize(parameters, family=family, folder=tmp_path)
        for cell, share in {"lut": 0.1, "ff": 0.02, "dsp": 0.0, "bram18": 0.0}.items():
            wanted, number = getattr(known, cell), getattr(found, cell)
            require(
                abs(number - wanted) <= share * wanted,
                f"{number} {cell} by {found.source}, where the table says {wanted} by {known.source}",
            )

    def kernel_record(self) -> KernelRecord:
        """The record of the kernel under test."""
        return cast("KernelRecord", get_plugin_manager().registry.resolve("kernel", self.kernel).record)

    def backend_record(self, language: str) -> BackendRecord:
        """The record of its back end in a language, that of its own pack first."""
        offered = offered_backends(self.kernel_record(), get_plugin_manager().registry)
        for record in offered:
            if record.language == language:
                return record
        there = sorted({record.language for record in offered})
        raise AssertionError(
            f"{self.kernel} has no back end in {language}\n  set languages = {tuple(there)!r} in the test"
        )

    def backend(self, language: str) -> Any:
        """The class of its back end in a language."""
        return load(self.backend_record(language))

    def parameters(self, language: str, given: Given) -> Any:
        """What the back end makes of a parameter set."""
        return self.backend(language).parse({name: str(value) for name, value in given.items()})

    def simulation(self, language: str, given: Given, stall: float, workshop: Workshop) -> Simulation:
        """The result of a simulation of a parameter set."""
        return self.simulated(language, self.parameters(language, given), stall, workshop)

    def simulated(self, language: str, parameters: Any, stall: float, workshop: Workshop) -> Simulation:
        """The result of a simulation; each is run once, and all stalls share the program."""
        key = (language, parameters.module_name)
        if (*key, stall) not in workshop.results:
            folder = workshop.folder / "-".join(key)
            folder.mkdir(exist_ok=True)
            with tools():
                workshop.results[*key, stall] = self.backend(language).simulate(
                    parameters, rows=self.rows, stall=stall, seed=1, folder=folder
                )
        return workshop.results[*key, stall]

    @staticmethod
    def _case(given: Given, builds: bool) -> Any:
        # With pytest-xdist, the tests that share a program run in one process.
        grouped = builds and find_spec("xdist") is not None
        marks = [pytest.mark.xdist_group(_label(given))] if grouped else []
        return pytest.param(given, id=_label(given), marks=marks)

    def _generated(self) -> Iterator[tuple[str, Mapping[str, str], str]]:
        """The RTL files and the top module of each parameter set, once for equal ones."""
        seen = set()
        for given in self.parameter_sets if "rtl" in self.languages else ():
            parameters = self.parameters("rtl", given)
            text = json.dumps(parameters.as_dict(), sort_keys=True)
            if text not in seen:
                seen.add(text)
                yield _label(given), self.backend("rtl").files(parameters), parameters.module_name

    def _modules_of_another(self, record: BackendRecord) -> Sequence[str]:
        backend = load(record)
        same = any(record.target == self.backend_record(language).target for language in self.languages)
        if same or lacking(backend, HardwareBackend):
            return ()
        return _modules(backend.files(backend.parse({})))


def require(condition: bool, fault: str) -> None:
    """Raise ``AssertionError`` with the fault unless the condition holds."""
    __tracebackhide__ = True
    if not condition:
        raise AssertionError(fault)


class tools:  # noqa: N801 (read as a statement: with tools())
    """A block that needs tools: without one of them the test is skipped, or fails where they are required."""

    def __enter__(self) -> None:
        """Nothing is asked beforehand: whoever needs a tool says which."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Turn a missing tool into a skip."""
        if isinstance(error, ToolError) and not os.environ.get(REQUIRE_TOOLS):
            pytest.skip(f"{error.fact}: {error.remedy}")


def run_elsewhere(code: str, *values: object) -> str:
    """What code prints in a fresh interpreter that reads ``sys.path`` and values, pickled, from its input.

    As a spawned worker, it inherits nothing: neither imports nor registrations.
    """
    given = pickle.dumps((list(sys.path), *values))
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, input=given, capture_output=True, check=False, timeout=300)
    require(done.returncode == 0, f"a spawned process failed:\n{done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def differing(found: Any, wanted: Any, how: str) -> str:
    """Which fields of parameters are others than wanted, in a sentence."""
    before, after = wanted.as_dict(), found.as_dict()
    names = [name for name in before if before[name] != after.get(name)]
    changes = ", ".join(f"{name}={before[name]} became {after.get(name)}" for name in names)
    return f"parameters are others when {how}: {changes or 'they have other fields'}"


def _label(given: Given) -> str:
    return "-".join(f"{name}={value}" for name, value in given.items()) or "defaults"


def _modules(files: Mapping[str, str]) -> list[str]:
    return [module for text in files.values() for module in _MODULE.findall(text)]


def _cells(resources: Resources) -> dict[str, int]:
    return {cell: getattr(resources, cell) for cell in ("lut", "ff", "dsp", "bram18")}


def _hardware_of_packs() -> Iterator[BackendRecord]:
    """One record for each RTL class that a pack brings itself; not those of a framework that it lists."""
    manager = get_plugin_manager()
    homes = {(pack.ref.source, pack.ref.module.partition(".")[0]) for pack in manager.packs}
    targets = set()
    for record in manager.registry.find("backend", registered=True, available=True):
        home = (record.source, record.module.partition(".")[0])
        if record.target not in targets and record["language"] == "rtl" and home in homes:
            targets.add(record.target)
            yield cast("BackendRecord", record)
