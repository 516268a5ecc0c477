# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Collecting asks one pack, and keeps whatever it does to itself."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any

import pytest

from brainsmith_core.discovery.collect import collect, collect_adapters, new_hook_manager
from brainsmith_core.discovery.entry_points import PackRef
from brainsmith_core.discovery.pack import Pack
from brainsmith_core.discovery.stamps import holds
from brainsmith_core.frameworks import FrameworkAdapter
from brainsmith_core.hookspecs import hookimpl
from brainsmith_core.records import Record, StepRecord

MODULE = "a_pack_of_test_collect"


def ref(value: str = MODULE, source: str = "acme") -> PackRef:
    return PackRef(distribution="acme", version="2.1", source=source, value=value)


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A hook module that a test fills."""
    made = ModuleType(MODULE)
    monkeypatch.setitem(sys.modules, MODULE, made)
    return made


def give(module: Any, hook: str, result: Any) -> None:
    def implementation() -> Any:
        if isinstance(result, BaseException):
            raise result
        return result

    setattr(module, hook, hookimpl(specname=hook)(implementation))


def reason(pack: Pack) -> str:
    assert pack.failure is not None
    assert pack.records == ()
    return pack.failure.reason


def test_a_good_pack_stays_registered(module: Any) -> None:
    give(module, "register_steps", [StepRecord(name="s", target="a:s")])
    hooks = new_hook_manager()
    pack = collect(ref(), hooks)
    assert (pack.failure, pack.warnings, pack.status) == (None, (), "ok")
    assert [record.id for record in pack.records] == ["step:acme:s"]
    assert hooks.get_plugin(f"acme:acme={MODULE}") is module
    assert pack.seconds > 0


def test_an_interrupt_from_the_keyboard_passes(module: Any) -> None:
    give(module, "register_steps", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        collect(ref(), new_hook_manager())


def test_a_hook_that_exits_is_a_failure(module: Any) -> None:
    give(module, "register_steps", SystemExit(3))
    assert reason(collect(ref(), new_hook_manager())) == "register_steps failed: SystemExit: 3"


def test_two_sources_cannot_be_one_module(module: Any) -> None:
    give(module, "register_steps", [StepRecord(name="s", target="a:s")])
    hooks = new_hook_manager()
    assert collect(ref(), hooks).status == "ok"
    second = collect(ref(source="again"), hooks)
    assert reason(second).startswith("its hooks are refused: ValueError: Plugin ")
    assert len(hooks.hook.register_steps()) == 1


def test_an_instance_may_lie_deep_in_a_module(module: Any) -> None:
    module.inner = ModuleType("inner")
    module.inner.pack = ModuleType("pack")
    give(module.inner.pack, "register_steps", [StepRecord(name="s", target="a:s")])
    assert collect(ref(f"{MODULE} : inner.pack"), new_hook_manager()).status == "ok"


def test_an_attribute_that_raises_is_a_failure(module: Any) -> None:
    class Trap:
        @property
        def pack(self) -> object:
            raise LookupError("sprung")

    module.trap = Trap()
    text = reason(collect(ref(f"{MODULE}:trap.pack"), new_hook_manager()))
    assert text == "cannot be imported: LookupError: sprung"


def test_standard_output_is_given_back(module: Any, capsys: pytest.CaptureFixture[str]) -> None:
    give(module, "register_steps", [])
    module.register_kernels = hookimpl(specname="register_kernels")(lambda: print("hello") or [])
    pack = collect(ref(), new_hook_manager())
    print("afterwards")
    assert pack.warnings == ("printed to standard output while it was listed: 'hello'",)
    assert capsys.readouterr().out == "afterwards\n"


class Bridge(FrameworkAdapter):
    name = "acme"

    def is_available(self) -> bool:
        return True

    def discover_plugins(self) -> Sequence[Record]:
        return ()

    def get_metadata(self) -> Mapping[str, str]:
        return {}


REPLACED = """
import sys
from types import ModuleType
from brainsmith_core import StepRecord, hookimpl

class Other(ModuleType):
    pass

@hookimpl
def register_steps():
    return [StepRecord(name="s", target="a:s")]

other = sys.modules[__name__] = Other(__name__)
other.register_steps = register_steps
"""


def test_a_pack_whose_hook_module_puts_another_in_its_place_rests_on_its_metadata(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The other has no file; and a pack without a stamp would count as failed."""
    (tmp_path / f"{MODULE}.py").write_text(REPLACED)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    location = tmp_path / "acme-2.1.dist-info"
    location.mkdir()
    installed = PackRef(
        distribution="acme", version="2.1", source="acme", value=MODULE, location=str(location)
    )
    pack = collect(installed, new_hook_manager())
    monkeypatch.delitem(sys.modules, MODULE)
    assert pack.failure is None
    assert pack.stamps
    assert all(map(holds, pack.stamps))
    (location / "entry_points.txt").write_text(f"[brainsmith]\nacme = {MODULE}\n")
    assert not all(map(holds, pack.stamps))


def test_for_its_adapters_a_pack_is_asked_for_nothing_else(module: Any) -> None:
    bridge = Bridge()
    give(module, "register_frameworks", [bridge])
    give(module, "register_steps", AssertionError("a bridge would read its framework here"))
    hooks = new_hook_manager()
    assert collect_adapters(ref(), hooks) == (bridge,)
    assert hooks.get_plugin(f"acme:acme={MODULE}") is module


def test_a_pack_that_fails_when_it_is_asked_for_its_adapters_has_none(module: Any) -> None:
    give(module, "register_frameworks", SystemExit(3))
    hooks = new_hook_manager()
    assert collect_adapters(ref(), hooks) == ()
    assert not hooks.has_plugin(f"acme:acme={MODULE}")


def test_an_interrupt_passes_there_too(module: Any) -> None:
    give(module, "register_frameworks", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        collect_adapters(ref(), new_hook_manager())


def test_two_threads_that_ask_for_adapters_at_once_give_standard_output_back(module: Any) -> None:
    """Each would otherwise put back what it found there, the second one what the first had put."""
    entered, first_ended = [Event(), Event()], Event()
    numbers = count()

    @hookimpl
    def register_frameworks() -> list[FrameworkAdapter]:
        number = next(numbers)
        entered[number].set()
        # The first waits for the second, as long as that may come; the second until the first has ended.
        (first_ended if number else entered[1]).wait(0.3)
        return [Bridge()]

    module.register_frameworks = register_frameworks
    before = sys.stdout
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(collect_adapters, ref(), new_hook_manager())
        assert entered[0].wait(10)
        second = threads.submit(collect_adapters, ref(), new_hook_manager())
        first.add_done_callback(lambda _: first_ended.set())
        assert len(first.result()) == len(second.result()) == 1
    assert sys.stdout is before
