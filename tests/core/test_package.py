# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The pages from which names are imported, and how little importing them costs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import brainsmith
import brainsmith.plugin
import brainsmith.plugin.core
import brainsmith_core
from brainsmith_core import manager

Python = Callable[..., "subprocess.CompletedProcess[str]"]
HEAVY = {"onnx", "qonnx", "finn", "numpy", "torch", "acme_heavy", "acme.transforms", "acme.softmax"}


def test_S106_the_pack_authors_page_has_everything_that_a_pack_needs() -> None:
    assert brainsmith_core.__all__ == [
        "BackendRecord",
        "BrainsmithError",
        "CustomOpRecord",
        "FrameworkAdapter",
        "KernelRecord",
        "ModelAccess",
        "StepRecord",
        "TransformRecord",
        "backend",
        "declared_plugins",
        "hookimpl",
        "kernel",
        "step",
        "transform",
    ]
    for name in brainsmith_core.__all__:
        assert name in dir(brainsmith_core)
        assert getattr(brainsmith_core, name) is not None


def test_each_name_of_the_page_is_the_object_of_its_home() -> None:
    from brainsmith_core import declare, errors, records

    assert brainsmith_core.transform is declare.transform
    assert brainsmith_core.KernelRecord is records.KernelRecord
    assert brainsmith_core.BrainsmithError is errors.BrainsmithError


def test_a_name_that_the_page_lacks_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError) as caught:
        _ = brainsmith_core.transfrom  # type: ignore[attr-defined]
    assert str(caught.value) == "module 'brainsmith_core' has no attribute 'transfrom'"


def test_S61_the_managing_page() -> None:
    names = {"PluginManager", "get_plugin_manager", "load_blueprint_plugins"}
    assert names <= set(brainsmith.plugin.__all__)
    for name in names:
        assert getattr(brainsmith.plugin, name) is getattr(manager, name)


def test_S58_the_declaring_page() -> None:
    assert brainsmith.plugin.core.__all__ == ["backend", "get_registry", "kernel", "step", "transform"]
    for name in ("backend", "kernel", "step", "transform"):
        assert getattr(brainsmith.plugin.core, name) is getattr(brainsmith_core, name)


def test_S106_the_users_root_has_nothing_of_its_own() -> None:
    """An ordinary package: parts of a namespace package would be looked for in the whole search path."""
    assert brainsmith.__file__ is not None
    assert {name for name in vars(brainsmith) if not name.startswith("__")} <= {"plugin", "plugins"}


LISTING = """
import json, sys
import brainsmith_core, brainsmith.plugins, brainsmith.plugin.core, brainsmith.plugin
after_import = set(sys.modules)
from brainsmith.plugins import transforms, kernels, backends, steps
listed = [namespace.list_plugins() for namespace in (transforms, kernels, backends, steps)]
for name in brainsmith_core.__all__:
    getattr(brainsmith_core, name)
dir(transforms), repr(kernels), brainsmith.plugin.get_plugin_manager().health_check()
print(json.dumps([sorted(after_import), sorted(sys.modules), listed]))
"""


def test_S39_importing_and_listing_import_no_framework_and_no_plugin(python: Python, good_site: Path) -> None:
    done = python(LISTING, good_site)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    after_import, after_listing, listed = json.loads(done.stdout)
    assert not HEAVY & set(after_import)
    assert not HEAVY & set(after_listing)
    assert "acme.hooks" in after_listing
    assert "acme.hooks" not in after_import
    assert [len(names) for names in listed] == [9, 3, 2, 2]


def test_importing_the_page_alone_imports_no_other_module_of_ours(python: Python) -> None:
    code = "import sys, brainsmith_core; print([n for n in sys.modules if n.startswith('brainsmith')])"
    assert python(code).stdout == "['brainsmith_core']\n"


def test_S88_a_fresh_process_discovers_on_first_need(python: Python, good_site: Path) -> None:
    code = """
from brainsmith.plugins import transforms as tfm, reset_plugin_system
reset_plugin_system()
print(tfm.Double.__module__, tfm.acme.Tidy.__name__)
"""
    assert python(code, good_site).stdout == "acme.transforms RemoveNone\n"
