# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A hook module is as its file is now."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib import invalidate_caches
from pathlib import Path
from types import ModuleType

import pytest

from brainsmith_core.discovery.hook_module import import_hook_module


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of a package's own module, which a test edits."""
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / ("hooks_" + tmp_path.name.replace("-", "_"))
    package.mkdir()
    code = "from . import inner\nname = 'first'\ngone = 1\n"
    (package / "__init__.py").write_text(code, encoding="utf-8")
    (package / "inner.py").write_text("", encoding="utf-8")
    invalidate_caches()
    yield package / "__init__.py"
    for name in (package.name, f"{package.name}.inner"):
        sys.modules.pop(name, None)


def edit(file: Path, text: str) -> None:
    """Write the file as an editor would within the same second: its time differs by a nanosecond."""
    before = file.stat().st_mtime_ns
    file.write_text(text, encoding="utf-8")
    os.utime(file, ns=(before + 1, before + 1))


def test_a_module_is_imported_once(file: Path) -> None:
    module = import_hook_module(file.parent.name)
    module.mark = object()  # type: ignore[attr-defined]
    assert import_hook_module(file.parent.name) is module
    assert hasattr(module, "mark")


def test_S18_an_edit_within_a_second_and_of_the_same_size_is_noticed(file: Path) -> None:
    module = import_hook_module(file.parent.name)
    inner = module.inner
    edit(file, "from . import inner\nname = 'other'\nmore = 1\n")
    assert import_hook_module(file.parent.name) is module
    assert module.name == "other"
    assert not hasattr(module, "gone")
    assert module.inner is inner


def test_an_edit_that_cannot_be_run_is_tried_again(file: Path) -> None:
    module = import_hook_module(file.parent.name)
    edit(file, "1 / 0\n")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            import_hook_module(file.parent.name)
    edit(file, "name = 'mended'\n")
    assert import_hook_module(file.parent.name) is module
    assert module.name == "mended"


def test_a_module_without_a_file_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("hooks_without_file")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert import_hook_module(module.__name__) is module
    assert import_hook_module("sys") is sys


def test_a_module_that_is_no_source_is_left_as_it_is(file: Path) -> None:
    module = import_hook_module(file.parent.name)
    assert module.__spec__ is not None
    module.__spec__.loader = None
    edit(file, "name = 'other'\n")
    assert import_hook_module(file.parent.name).name == "first"
