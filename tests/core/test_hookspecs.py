# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The hooks are the contract: each is complete, documented, and shown by an example that runs."""

from __future__ import annotations

import inspect
import re
import textwrap
from types import ModuleType

import pytest

from brainsmith_core import hookspecs
from brainsmith_core.discovery.asking import HOOKS, result_of
from brainsmith_core.discovery.collect import collect, new_hook_manager
from brainsmith_core.discovery.entry_points import PackRef

SPECIFIED = sorted(name for name in vars(hookspecs) if name.startswith("register_"))


def test_the_hooks_are_those_that_discovery_asks() -> None:
    assert sorted(HOOKS) == SPECIFIED
    assert SPECIFIED == [
        "register_backends",
        "register_custom_ops",
        "register_frameworks",
        "register_kernels",
        "register_steps",
        "register_transforms",
    ]


def test_pluggy_knows_every_hook_as_specified() -> None:
    hook = new_hook_manager().hook
    for name in SPECIFIED:
        assert getattr(hook, name).spec is not None
        assert not getattr(hook, name).spec.argnames


@pytest.mark.parametrize("name", SPECIFIED)
def test_the_example_of_each_hook_is_a_pack_that_works(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    docstring = inspect.getdoc(getattr(hookspecs, name)) or ""
    code = textwrap.dedent(docstring.partition(".. code-block:: python")[2])
    module = ModuleType(f"example_of_{name}")
    exec(code, vars(module))
    monkeypatch.setitem(__import__("sys").modules, module.__name__, module)
    ref = PackRef(distribution="example", version="1", source="example", value=module.__name__)
    pack = collect(ref, new_hook_manager())
    assert pack.failure is None
    assert len(pack.records) + len(pack.adapters) == 1
    kind = result_of(name).__name__
    assert re.search(kind, str(inspect.signature(getattr(hookspecs, name))))
