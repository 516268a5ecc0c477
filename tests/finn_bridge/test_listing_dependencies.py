# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Whether another package has what FINN imports from it is told from its files."""

from __future__ import annotations

import pytest

from brainsmith_finn_bridge.listing.dependencies import Dependencies, titled

PACKAGE = {
    "acme_dep/__init__.py": """
        from acme_dep.deep import (
            one,
            two as second,
        )
        import json as text

        LIMIT: int = 3

        def function(): pass

        class Class: pass

        try:
            from fast import quick
        except ImportError:
            quick = None
        """,
    "acme_dep/deep.py": "one = two = 3\n",
    "acme_dep/compiled.cpython-311-x86_64-linux-gnu.so": "",
    "acme_dep/open_by_star.py": "from elsewhere import *\n",
    "acme_dep/open_by_getattr.py": "def __getattr__(name):\n    pass\n",
    "acme_dep/open_by_globals.py": "globals().update({})\n",
    "acme_dep/broken.py": "def (:\n",
    "acme_dep/data/readme.py": "",
    "acme_dep-1.2.3.dist-info/METADATA": "",
}


@pytest.fixture
def dependencies(tree, on_path):
    on_path(tree(PACKAGE, base=()))
    return Dependencies()


@pytest.mark.parametrize(
    "name", ["one", "second", "text", "LIMIT", "function", "Class", "quick", "deep", "compiled", "data"]
)
def test_what_a_package_binds_or_contains_is_there(dependencies, name):
    assert dependencies.fault("acme_dep", name) == ""


def test_what_it_does_not_is_named_with_the_version(dependencies):
    assert (
        dependencies.fault("acme_dep", "two")
        == "two from acme_dep, which the installed acme_dep 1.2.3 does not have"
    )
    assert (
        dependencies.fault("acme_dep.gone")
        == "acme_dep.gone, which the installed acme_dep 1.2.3 does not have"
    )


@pytest.mark.parametrize(
    "module", ["broken", "compiled", "open_by_star", "open_by_getattr", "open_by_globals"]
)
def test_a_module_that_does_not_show_its_names_is_taken_to_have_them(dependencies, module):
    assert dependencies.fault(f"acme_dep.{module}", "anything") == ""


def test_a_package_that_is_not_installed_is_named(dependencies):
    assert dependencies.fault("no_such_package.deep", "x") == "no_such_package, which is not installed"


def test_the_standard_library_is_there(dependencies):
    assert dependencies.fault("os.path", "join") == ""


def test_answers_hold_until_a_package_comes_or_goes(dependencies, tree, on_path):
    dependencies.fault("acme_dep")
    dependencies.fault("acme_late")
    assert dependencies.holds()
    on_path(tree({"acme_late/__init__.py": ""}, folder="late", base=()))
    assert not dependencies.holds()


def test_a_package_without_metadata_beside_it_has_no_version():
    assert titled("json") == "json"
