# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The listing of the installed FINN equals the truth: what importing every module of it yields."""

from __future__ import annotations

from collections import Counter

import pytest

from brainsmith_finn_bridge.adapter import FINNAdapter

pytestmark = [pytest.mark.finn, pytest.mark.slow]


@pytest.fixture(scope="module")
def truth(script):
    found = script("truth.py")
    assert found["failures"] == {}
    return found["objects"]


@pytest.fixture
def listed():
    return FINNAdapter().discover_plugins()


def real(each):
    """A real object in the words of a listing."""
    words = dict(each)
    words.pop("op_types", None)
    words["parameters"] = () if each["type"] == "step" else tuple(each["parameters"])
    return tuple(sorted(words.items()))


def static(record):
    """A record in the words of the truth; FINN has no registration of transformations."""
    words = {
        "type": record.type,
        "name": record.name,
        "module": record.module,
        "description": record.description,
        "parameters": tuple(map(without_default, filter("*".__ne__, record.parameters))),
    }
    if record.type != "transform":
        words["registered"] = record.registered
    if record.type == "backend":
        words |= {"kernel": record.kernel, "language": record.language}
    return tuple(sorted(words.items()))


def without_default(parameter):
    name, equals, _ = parameter.partition("=")
    return name + equals


def test_every_plugin_and_no_other_is_listed_with_all_that_is_said_of_it(listed, truth):
    records = Counter(map(static, listed))
    objects = Counter(map(real, truth))
    assert sorted(records - objects) == []
    assert sorted(objects - records) == []


def test_the_kernels_an_inference_creates_are_those_whose_names_its_code_holds(listed, truth):
    """Names that the code holds, and that are no kernels it makes, are ONNX op types it looks for."""
    held = {
        (each["module"], each["name"]): set(each["op_types"]) for each in truth if each["type"] == "transform"
    }
    inference = [record for record in listed if record.type == "transform" and record.creates]
    assert inference
    for record in inference:
        names = held[record.module, record.name]
        prefixes = tuple(name for name in names if name.startswith("Elementwise"))
        unheld = {kernel for kernel in record.creates if not kernel.startswith(prefixes or ("\0",))} - names
        assert unheld == set(), record


def test_finn_plus_1_6_1_has_365_plugins(listed, finn_version):
    if finn_version != "1.6.1":
        pytest.skip(f"these numbers are finn-plus 1.6.1's, and FINN {finn_version} is installed")
    assert Counter(record.type for record in listed) == {
        "transform": 183,
        "kernel": 53,
        "backend": 71,
        "step": 55,
        "custom_op": 3,
    }
    assert Counter(record.language for record in listed if record.type == "backend") == {"hls": 47, "rtl": 24}
    registered = Counter(record.type for record in listed if record.registered)
    assert (registered["kernel"], registered["backend"], registered["step"]) == (52, 69, 31)
    assert sum(bool(record.creates) for record in listed if record.type == "transform") == 35


def outcomes_agree(found):
    wrong = {module: each for module, each in found.items() if bool(each["predicted"]) != bool(each["real"])}
    assert wrong == {}
    return {each["predicted"]: each["real"] for each in found.values()}


def test_each_module_imports_or_fails_as_predicted(script):
    outcomes_agree(script("outcomes.py"))


@pytest.mark.parametrize("package", ["psutil", "mip", "sklearn"])
def test_a_missing_package_is_predicted_where_it_is_missed_and_nowhere_else(script, package):
    found = outcomes_agree(script("outcomes.py", package))
    missed = [predicted for predicted, real in found.items() if f"No module named {package!r}" in real]
    assert missed
    assert all(f"it imports {package}, which is not installed" in predicted for predicted in missed)


def test_a_missing_Vivado_keeps_nothing_from_being_imported(script):
    found = script("outcomes.py")
    assert [each["predicted"] for each in found.values() if "Vivado" in each["predicted"]] == []
    assert [each["real"] for each in found.values() if "XILINX_VIVADO" in each["real"]] == []
