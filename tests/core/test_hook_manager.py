# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The hook manager finds in a plugin what pluggy finds, and tells it for one plugin alone."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pluggy
import pytest

from brainsmith_core import TransformRecord, hookimpl, hookspecs
from brainsmith_core.discovery.collect import new_hook_manager


def nothing() -> Callable[[], list[object]]:
    """A function of its own each time, since a mark stays on it."""

    def hook() -> list[object]:
        return []

    return hook


def pack(**attributes: object) -> ModuleType:
    module = ModuleType("acme_hooks")
    vars(module).update(TransformRecord=TransformRecord, hookimpl=hookimpl, number=1, **attributes)
    return module


def test_it_finds_what_pluggy_finds() -> None:
    class Bound:
        @hookimpl
        def register_kernels(self) -> list[object]:
            return []

    module = pack(
        register_steps=hookimpl(nothing()),
        register_kernels=Bound().register_kernels,
        register_backends=staticmethod(hookimpl(nothing())),
        unmarked=nothing(),
    )
    ours, theirs = new_hook_manager(), pluggy.PluginManager(hookspecs.PROJECT)
    for name in dir(module):
        assert ours.parse_hookimpl_opts(module, name) == theirs.parse_hookimpl_opts(module, name)


def test_it_tells_the_functions_of_one_plugin_by_hook() -> None:
    manager = new_hook_manager()
    manager.register(pack(register_kernels=hookimpl(nothing())), "first")
    function = hookimpl(specname="register_steps")(nothing())
    module = pack(anything=function)
    manager.register(module, "second")
    assert manager.implementations(module) == {"register_steps": [(function, False)]}


def test_what_a_refused_registration_found_is_forgotten() -> None:
    manager = new_hook_manager()
    module = pack(register_steps=hookimpl(lambda unknown: []), register_kernels=hookimpl(nothing()))
    with pytest.raises(pluggy.PluginValidationError):
        manager.register(module, "acme")
    del module.register_steps
    manager.register(module, "acme")
    assert list(manager.implementations(module)) == ["register_kernels"]
