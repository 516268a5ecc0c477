# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The command for a missing package asks for the version that this FINN wants."""

from __future__ import annotations

import pytest

from brainsmith_finn_bridge.installation import find_installation
from brainsmith_finn_bridge.listing.requirements import Requirements

METADATA = """\
Metadata-Version: 2.4
Name: finn-plus
Version: 1.6.1
Requires-Dist: matplotlib (>=3.10.9,<3.11.0)
Requires-Dist: mashumaro[yaml] (>=3.15,<4.0)
Requires-Dist: scikit-learn (>=1.7.2,<1.8.0)
Requires-Dist: onnx-ir (>=0.1.15)
Requires-Dist: pytest (>=9.1.1) ; extra == "test"
"""
FETCH = """\
BREVITAS_COMMIT="aad4d5a293db"
BREVITAS_URL="https://github.com/Xilinx/brevitas.git"
FINN_EXP_URL="https://github.com/Xilinx/finn-experimental.git"
"""


@pytest.fixture
def wheel(tree, on_path):
    on_path(tree({"finn_plus-1.6.1.dist-info/METADATA": METADATA}))
    return Requirements(find_installation())


@pytest.fixture
def checkout(tree, on_path):
    tree(
        {"requirements.txt": "onnx==1.17.0\ndataclasses-json==0.5.7\n", "fetch-repos.sh": FETCH},
        folder="c",
        base=(),
    )
    on_path(tree(folder="c/src"))
    return Requirements(find_installation())


@pytest.mark.parametrize(
    ("module", "requirement"),
    [
        ("matplotlib", "matplotlib>=3.10.9,<3.11.0"),
        ("mashumaro", "mashumaro[yaml]>=3.15,<4.0"),
        ("sklearn", "scikit-learn>=1.7.2,<1.8.0"),
        ("onnx_ir", "onnx-ir>=0.1.15"),
        ("psutil", "psutil"),
        ("pytest", "pytest"),
    ],
)
def test_a_wheel_says_it_in_its_metadata(wheel, module, requirement):
    assert wheel.of(module) == requirement


@pytest.mark.parametrize(
    ("module", "requirement"),
    [
        ("onnx", "onnx==1.17.0"),
        ("dataclasses_json", "dataclasses-json==0.5.7"),
        ("brevitas", "git+https://github.com/Xilinx/brevitas@aad4d5a293db"),
        ("brevitas_examples", "git+https://github.com/Xilinx/brevitas@aad4d5a293db"),
        ("pyverilator", "git+https://github.com/maltanar/pyverilator"),
    ],
)
def test_a_checkout_says_it_in_its_files(checkout, module, requirement):
    assert checkout.of(module) == requirement


def test_the_command_can_be_pasted_into_a_shell(wheel):
    assert list(wheel.remedies(["no_such_package", "matplotlib"])) == [
        "pip install 'matplotlib>=3.10.9,<3.11.0' no-such-package"
    ]


def test_a_package_of_unknown_version_that_is_there_but_wrong_gets_a_word_instead_of_a_command(wheel):
    assert list(wheel.remedies(["pluggy"])) == ["install the pluggy that this FINN was written for"]
