# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The conformance suite passes a kernel without fault, and names the one fault of each of the others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from xml.etree import ElementTree

import pytest

from brainsmith_core.testing import install

#: The tests of another pack's author: one class for each kernel.
TESTS = """
import pytest
from qonnx.custom_op.registry import add_domain_alias

from brainsmith_kernels.testing import KernelConformance, parameter_strategy
from faulty_pack.hooks import FAULTS

HARDWARE = ("WrongLane", "WrongCycles", "FoldedHardware")
SETS = ({"mask": 9}, {"size": 4, "simd": 1, "input_type": "UINT5", "output_type": "UINT5"})


class TestFlip(KernelConformance):
    kernel = "faulty:Flip"
    domain = "faulty_pack.flip"
    parameter_sets = SETS
    rows = 40


class TestElsewhere(TestFlip):
    # Only this process knows the domain.
    domain = "faulty.elsewhere"


add_domain_alias("faulty.elsewhere", "faulty_pack.flip")

for name in FAULTS:
    body = {"kernel": f"faulty:{name}", "domain": "faulty_pack.faults", "languages": ("rtl",)}
    globals()[f"Test{name}"] = type(f"Test{name}", (TestFlip,), body | {"parameter_sets": SETS})
"""
#: Kernel, the test that finds its fault, and what the test says.
EXPECTED = [
    (
        "WrongLane",
        "hardware_computes_the_specification",
        "rtl at 0% stalls: 160 of 320 values differ from the",
    ),
    ("WrongCycles", "cycles_are_those_of_the_formula", "40 rows took 161 cycles where the formula says 162"),
    ("WrongOp", "the_op_computes_the_specification", "the op differs from the specification in 4000 values"),
    ("SharedName", "module_names_are_unique", "has the name of one of"),
    ("FoldedResult", "folding_changes_no_value", "the specification at SIMD=1 differs from that at other"),
    ("FoldedHardware", "hardware_computes_the_same_at_the_extreme_foldings", "rtl at SIMD=4: "),
    ("LostAttribute", "attributes_give_back_the_parameters", "mask=9 became 5"),
    ("StaleTable", "the_measured_defaults_are_what_synthesis_finds", "where the table says 3 by yosys"),
    ("NegativeCost", "resources_are_labelled_numbers", "xc7: -1 ff"),
    (
        "Unsteady",
        "files_are_the_same_in_another_process",
        "is another one when a spawned process generates it",
    ),
    ("Careless", "verilator_has_nothing_to_say", "spare"),
    ("Careless", "pyslang_elaborates_the_top", "core_forgotten"),
    ("LostInPickling", "parameters_survive_pickling", "mask=9 became 5"),
    ("Elsewhere", "a_spawned_process_resolves_the_node_and_computes_the_same", "a spawned process failed"),
]
#: The sound kernel runs all tests but the one that needs a measured table, each other only that which fails.
SELECTED = " or ".join(
    ["(TestFlip and not synthesis)", *(f"(Test{kernel} and {test})" for kernel, test, _ in EXPECTED)]
)


@pytest.fixture(scope="module")
def failures(packs_folder, tmp_path_factory):
    """What the failed tests say, by kernel and test, of a run of pytest in a process of its own."""
    folder = tmp_path_factory.mktemp("author")
    site = install(packs_folder / "faulty", site=folder / "site")
    (folder / "test_author.py").write_text(TESTS)
    report = folder / "report.xml"
    words = ["-q", "-p", "no:cacheprovider", "-k", SELECTED, f"--junitxml={report}", "test_author.py"]
    environment = {**os.environ, "PYTHONPATH": str(site), "BRAINSMITH_REQUIRE_TOOLS": "1"}
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(folder), *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    found = defaultdict(str)
    for case in ElementTree.parse(report).iter("testcase"):
        kernel = case.get("classname").rpartition(".Test")[2]
        test = case.get("name").partition("[")[0].removeprefix("test_")
        for fault in case.iter("failure"):
            found[kernel, test] += fault.text
    return found


def test_a_kernel_without_fault_passes(failures):
    assert [test for kernel, test in failures if kernel == "Flip"] == []


@pytest.mark.parametrize(("kernel", "test", "text"), EXPECTED, ids=lambda word: word.replace(" ", "_")[:30])
def test_each_fault_is_named(failures, kernel, test, text):
    assert text in failures[kernel, test]
