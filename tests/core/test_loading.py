# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Loading imports what a record's target names, and checks it."""

from __future__ import annotations

import gc
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from brainsmith_core.errors import PluginLoadError
from brainsmith_core.loading import describe, load
from brainsmith_core.records import KernelRecord, Record, StepRecord, TransformRecord

CODE = """
class Base: pass
class Good(Base):
    class Inner: pass
    def apply(self, model): return model, False
class NoApply(Base): pass
def step(model, cfg): return model
value = 3
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module made for the test, with some modules that fail each in its way."""
    name = "loading_" + tmp_path.name.replace("-", "_")
    folder = tmp_path / name
    folder.mkdir()
    files = {
        "__init__": CODE,
        "needs": "import a_module_that_nobody_has.deep",
        "breaks": "import a_module_that_nobody_has\n",
        "exits": "raise SystemExit('bye')",
        "panics": "class Panic(BaseException): pass\nraise Panic('at\\n  the disco')",
        "stops": "raise KeyboardInterrupt",
        "inner": f"import {name}.missing",
        "collects": "import gc\nis_enabled = gc.isenabled()\nclass Good: pass\n",
        "waits": "import sys\nsys.begun.set()\nassert sys.may_end.wait(10)\nclass Late: pass\n",
    }
    for module, code in files.items():
        (folder / f"{module}.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    return name


def stamped(record: Record) -> Record:
    return record.stamped(source="acme", distribution="acme-pack", distribution_version="2.1")


def transform(target: str, **words: str) -> Record:
    return stamped(TransformRecord(name="T", target=target, **words))


def test_no_garbage_is_looked_for_during_an_import(package: str) -> None:
    """Nearly all that an import makes stays, and the import of a framework takes a fifth less so."""
    load(transform(f"{package}.collects:Good"))
    assert not sys.modules[f"{package}.collects"].is_enabled
    assert gc.isenabled()


def test_a_module_that_another_thread_is_importing_is_waited_for(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = Event(), Event()
    monkeypatch.setattr(sys, "begun", begun, raising=False)
    monkeypatch.setattr(sys, "may_end", may_end, raising=False)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(load, transform(f"{package}.waits:Late"))
        assert begun.wait(10)
        second = threads.submit(load, transform(f"{package}.waits:Late"))
        time.sleep(0.05)
        assert not second.done()
        may_end.set()
        assert first.result() is second.result()
    assert gc.isenabled()


def test_the_object_is_loaded(package: str) -> None:
    good = load(transform(f"{package}:Good"))
    assert good is sys.modules[package].Good
    assert load(transform(f"{package}:Good.Inner")) is good.Inner


def test_without_base_classes_the_object_is_taken_as_it_is(package: str) -> None:
    assert load(transform(f"{package}:value")) == 3


def test_a_class_that_derives_from_one_of_the_base_classes_is_accepted(package: str) -> None:
    loaded = load(transform(f"{package}:Good"), base_classes=["other:Base", f"{package}:Base"])
    assert loaded.__name__ == "Good"
    assert load(transform(f"{package}:Good"), base_classes=[]) is loaded


@pytest.mark.parametrize(
    ("attribute", "base_classes", "fault"),
    [
        ("Good", ["a:One", "b:Two"], "does not derive from a:One or b:Two"),
        ("NoApply", [], "has no method apply(self, model)"),
        ("step", [], "is not a class"),
        ("value", [], "is not a class"),
    ],
)
def test_S4_a_transform_that_is_none_is_refused_with_pack_object_and_reason(
    package: str, attribute: str, base_classes: list[str], fault: str
) -> None:
    with pytest.raises(PluginLoadError) as caught:
        load(transform(f"{package}:{attribute}"), base_classes=base_classes)
    assert caught.value.fact == f"{package}:{attribute} {fault}, so it is not a transform"
    assert caught.value.place == "acme-pack 2.1"
    assert caught.value.remedy == "report it to the authors of acme-pack"


def test_a_kernel_needs_no_apply(package: str) -> None:
    record = stamped(KernelRecord(name="K", target=f"{package}:NoApply"))
    assert load(record, base_classes=[f"{package}:Base"]).__name__ == "NoApply"
    with pytest.raises(PluginLoadError, match="does not derive from a:One, so it is not a kernel"):
        load(record, base_classes=["a:One"])


def test_a_step_is_a_function(package: str) -> None:
    record = stamped(StepRecord(name="s", target=f"{package}:step"))
    assert load(record, base_classes=["a:One"])("model", None) == "model"
    for attribute in ("Good", "value"):
        record = stamped(StepRecord(name="s", target=f"{package}:{attribute}"))
        with pytest.raises(PluginLoadError) as caught:
            load(record, base_classes=[])
        assert caught.value.fact == f"{package}:{attribute} is not a function, so it is not a step"


@pytest.mark.parametrize(
    ("target", "reason", "remedy"),
    [
        (
            ".needs:X",
            "ModuleNotFoundError: No module named 'a_module_that_nobody_has'",
            "pip install a_module_that_nobody_has, "
            "or whatever provides the module 'a_module_that_nobody_has'",
        ),
        (".exits:X", "SystemExit: bye", "report it to the authors of acme-pack"),
        (".panics:X", "Panic: at the disco", "report it to the authors of acme-pack"),
        (
            ".inner:X",
            "ModuleNotFoundError: No module named '{package}.missing'",
            "report it to the authors of acme-pack",
        ),
        (
            ":Absent",
            "AttributeError: module '{package}' has no attribute 'Absent'",
            "report it to the authors of acme-pack",
        ),
    ],
)
def test_whatever_an_import_raises_becomes_an_error_with_a_remedy(
    package: str, target: str, reason: str, remedy: str
) -> None:
    with pytest.raises(PluginLoadError) as caught:
        load(transform(package + target))
    reason = reason.format(package=package)
    assert caught.value.fact == f"transform acme:T cannot be loaded from {package}{target}: {reason}"
    assert caught.value.place == "acme-pack 2.1"
    assert caught.value.remedy == remedy
    assert caught.value.__cause__ is not None


def test_the_records_own_remedy_comes_first(package: str) -> None:
    with pytest.raises(PluginLoadError) as caught:
        load(transform(f"{package}.needs:X", remedy="pip install torch"))
    assert caught.value.remedy == "pip install torch"


def test_a_record_of_no_pack_has_nobody_to_report_to(package: str) -> None:
    with pytest.raises(PluginLoadError) as caught:
        load(TransformRecord(name="T", target=f"{package}.exits:X"))
    assert (caught.value.place, caught.value.remedy) == ("", "")


def test_an_interrupt_from_the_keyboard_passes(package: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        load(transform(f"{package}.stops:X"))


def test_a_transform_set_has_no_class() -> None:
    record = stamped(TransformRecord(name="cleanup", members=("a:One", "~Two")))
    with pytest.raises(PluginLoadError) as caught:
        load(record)
    assert caught.value.fact == "acme:cleanup is a set of transforms and has no class of its own"
    assert caught.value.remedy == "apply its members: a:One, ~Two"


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("two\n  lines"), "ValueError: two lines"),
        (ValueError(), "ValueError"),
        (Mute("lost"), "Mute"),
    ],
)
def test_an_exception_is_described_in_one_line(error: Exception, text: str) -> None:
    assert describe(error) == text
