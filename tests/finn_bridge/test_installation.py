# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""An installation is any FINN that an import would find, told apart from what merely has its name."""

from __future__ import annotations

import pytest

from brainsmith_finn_bridge.installation import INSTALL, find_installation, missing_remedy

PLACEHOLDER = {"finn-0.0.1.dist-info/METADATA": "Metadata-Version: 2.1\nName: finn\nVersion: 0.0.1\n"}
COMMIT = "73ba5ed64e805cb765dda7e57694338d1917848f"


def test_a_wheel_is_found_with_its_version(tree, on_path):
    metadata = {
        "finn_plus-9.8.7.dist-info/METADATA": "Metadata-Version: 2.1\nName: finn-plus\nVersion: 9.8.7\n"
    }
    site = on_path(tree(metadata))
    found = find_installation()
    assert found is not None
    assert found.folders == (str(site / "finn"),)
    assert found.version() == "9.8.7"
    assert found.root == site


def test_a_checkout_is_named_by_its_commit(tree, on_path):
    git = {".git/HEAD": "ref: refs/heads/dev\n", ".git/refs/heads/dev": f"{COMMIT}\n"}
    checkout = tree(git, folder="checkout", base=())
    on_path(tree(folder="checkout/src"))
    found = find_installation()
    assert found is not None
    assert found.root == checkout
    assert found.version() == "git 73ba5ed"
    assert found.variables()["FINN_ROOT"] == str(checkout)


@pytest.mark.parametrize(
    "git",
    [
        {".git/HEAD": f"{COMMIT}\n"},
        {".git/HEAD": "ref: refs/heads/dev\n", ".git/packed-refs": f"# pack-refs\n{COMMIT} refs/heads/dev\n"},
    ],
    ids=["detached", "packed"],
)
def test_the_commit_is_found_however_git_keeps_it(tree, on_path, git):
    tree(git, folder="checkout", base=())
    on_path(tree(folder="checkout/src"))
    found = find_installation()
    assert found is not None
    assert found.version() == "git 73ba5ed"


def test_a_copy_without_metadata_has_no_version(tree, on_path):
    on_path(tree())
    found = find_installation()
    assert found is not None
    assert found.version() == ""
    assert found.metadata() == ""


def test_the_version_of_another_finn_elsewhere_does_not_count(tree, on_path):
    on_path(
        tree(
            {"finn_plus-9.8.7.dist-info/METADATA": "Name: finn-plus\nVersion: 9.8.7\n"},
            folder="other",
            base=(),
        )
    )
    on_path(tree())
    found = find_installation()
    assert found is not None
    assert found.version() == ""


def test_a_namespace_package_has_all_its_folders(namespace, tree, on_path):
    second = on_path(tree({"finn/extra/ops.py": ""}, folder="second", base=()))
    found = find_installation()
    assert found is not None
    assert set(found.folders) == {str(namespace / "finn"), str(second / "finn")}
    assert found.root == namespace


def test_a_package_that_is_not_FINN_does_not_count(tree, on_path):
    on_path(tree({"finn/__init__.py": "", "finn/fishing.py": ""}, base=()))
    assert find_installation() is None


def test_where_nothing_is_installed_the_remedy_says_what_to_install(no_finn):
    assert find_installation() is None
    assert missing_remedy() == INSTALL


def test_the_empty_placeholder_is_named(tree, on_path, no_finn):
    on_path(tree(PLACEHOLDER, base=()))
    assert find_installation() is None
    remedy = missing_remedy()
    assert "finn 0.0.1 is an empty placeholder" in remedy
    assert "pip uninstall finn" in remedy
    assert INSTALL in remedy
