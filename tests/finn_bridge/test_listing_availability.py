# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What keeps a module from being imported is told from its source, and from that of all it imports."""

from __future__ import annotations

import pytest

from brainsmith_finn_bridge.installation import Installation
from brainsmith_finn_bridge.listing.availability import Availability
from brainsmith_finn_bridge.listing.dependencies import Dependencies
from brainsmith_finn_bridge.listing.requirements import Requirements


@pytest.fixture
def words(scan, tmp_path):
    """What the records of ``finn.thing`` say, where it has some text."""

    def words(text, more=None, environment=None):
        universe = scan({"finn/thing.py": text, **(more or {})}).universe
        requirements = Requirements(Installation((str(tmp_path / "site" / "finn"),)))
        variables = {"FINN_ROOT": "/checkouts/finn"}
        return Availability(universe, Dependencies(), requirements, variables, environment or {}).words(
            "finn.thing"
        )

    return words


def test_nothing_is_said_where_nothing_is_missing(words):
    assert words("import json\nfrom finn.custom_op.fpgadataflow import MVAU\n") == {}


def test_a_missing_package_is_named_with_the_command_that_installs_it(words):
    assert words("import no_such_package\n") == {
        "unavailable": "it imports no_such_package, which is not installed",
        "remedy": "pip install no-such-package",
        "requires": ["no-such-package"],
    }


@pytest.mark.parametrize(
    "text",
    [
        "import finn.other\n",
        "from finn import other\n",
        "from finn.other import something\n",
        "from finn.package.deep import something\n",
    ],
)
def test_it_is_found_through_all_that_is_imported(words, text):
    bad = "import no_such_package\n\nsomething = 1\n"
    more = {"finn/other.py": bad, "finn/package/__init__.py": bad, "finn/package/deep.py": "something = 1\n"}
    assert "no_such_package" in words(text, more)["unavailable"]


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    import no_such_package\nexcept ImportError:\n    no_such_package = None\n",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import no_such_package\n",
        "def f():\n    import no_such_package\n",
    ],
    ids=["guarded", "for type checkers", "inside a function"],
)
def test_an_import_that_may_not_happen_is_no_obstacle(words, text):
    assert words(text) == {}


def test_a_circle_of_imports_comes_to_an_end(words):
    assert words("import finn.other\n", {"finn/other.py": "import finn.thing\n"}) == {}


def test_several_packages_are_one_command_and_each_fact_is_told(words):
    found = words("import no_such_b\nimport no_such_a\n")
    assert found["remedy"] == "pip install no-such-a no-such-b"
    assert found["unavailable"].count("not installed") == 2


def test_a_name_that_the_installed_QONNX_does_not_have_is_named(words):
    found = words("from qonnx.transformation.base import ApplyConfig\n")
    assert "ApplyConfig from qonnx.transformation.base" in found["unavailable"]


def test_a_module_that_the_installed_QONNX_does_not_have_is_named(words):
    assert "qonnx.util.gone" in words("from qonnx.util.gone import f\n")["unavailable"]


def test_a_name_that_comes_by_a_star_from_elsewhere_is_taken_to_be_there(words):
    assert words("from finn.other import f\n", {"finn/other.py": "from os.path import *\n"}) == {}


def test_a_file_that_Python_cannot_read_is_named(words):
    assert "cannot be read" in words("def broken(:\n")["unavailable"]


VARIABLES = {
    "read": 'import os\n\nROOT = os.environ["SOME_ROOT"]\n',
    "imported": 'from os import environ\n\nROOT = environ["SOME_ROOT"] + "/x"\n',
    "called": 'import os\n\ndef root():\n    return os.environ["SOME_ROOT"]\n\nROOT = root()\n',
    "tested": 'import os\n\ndef f():\n    return bool(os.environ["SOME_ROOT"])\n\nX = 1 if f() else None\n',
}


@pytest.mark.parametrize("way", VARIABLES)
def test_an_environment_variable_that_the_import_reads_is_named(words, way):
    found = words(VARIABLES[way])
    assert found["unavailable"] == "the environment variable SOME_ROOT is not set"
    assert found["remedy"] == "export SOME_ROOT=…"
    assert words(VARIABLES[way], environment={"SOME_ROOT": "/x"}) == {}


@pytest.mark.parametrize("way", VARIABLES)
def test_a_variable_that_is_set_for_the_import_is_no_obstacle(words, way):
    assert words(VARIABLES[way].replace("SOME_ROOT", "FINN_ROOT")) == {}


@pytest.mark.parametrize(
    "text",
    [
        'import os\n\nX = "A" in os.environ and os.environ["A"] == "1"\n',
        'import os\n\nX = os.environ["A"] if os.environ.get("A") else None\n',
        'import os\n\nos.environ["A"] = "1"\n',
        'import os\n\ndef f():\n    return os.environ["A"]\n',
        'import os\n\nf = lambda: os.environ["A"]\n',
        'import os\n\nif X:\n    Y = os.environ["A"]\n',
    ],
)
def test_a_variable_that_may_not_be_read_is_no_obstacle(words, text):
    assert words(text) == {}


def test_a_function_is_followed_no_further_than_it_returns(words):
    text = 'import os\n\ndef f():\n    return 1\n    return os.environ["A"]\n\nX = f()\n'
    assert words(text) == {}
