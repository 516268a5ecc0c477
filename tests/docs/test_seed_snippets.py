# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The design document: each of its snippets runs as printed, after a preamble that sets the scene."""

from __future__ import annotations

import gc
import logging
import re
import shutil
import subprocess
import sys
import weakref
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.base import Transformation

from brainsmith.plugin import PluginManager, get_plugin_manager, load_blueprint_plugins
from brainsmith_core.blueprint.plan import PHASES
from brainsmith_core.configuration import Configuration
from brainsmith_core.declare import DECLARATION
from brainsmith_core.testing import install, installed

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{2,4} (?:\d+\. )?(.+)$", re.MULTILINE)
#: What the document shows as a picture of the registry; the dots in it are no Python.
PICTURE = "plugin-registry"


class Snippet(NamedTuple):
    """A block of the design document; its name is the heading over it, numbered where that has several."""

    name: str
    language: str
    text: str


def _snippets() -> Iterator[Snippet]:
    seed = (ROOT / "docs" / "seed.md").read_text(encoding="utf-8")
    count: dict[str, int] = {}
    for match in FENCE.finditer(seed):
        heading = HEADING.findall(seed, 0, match.start())[-1]
        name = re.sub(r"\W+", "-", heading.lower())
        count[name] = count.get(name, 0) + 1
        yield Snippet(name if count[name] == 1 else f"{name}-{count[name]}", match[1], match[2])


SNIPPETS = {snippet.name: snippet for snippet in _snippets()}
PYTHON = [name for name, snippet in SNIPPETS.items() if snippet.language == "python" and name != PICTURE]
#: A plugin of FINN's that is touched at once, and not only when a build calls the lambda that names it.
OF_FINN = re.compile(r"^(?!.*lambda).*\btfm\.finn\b", re.MULTILINE)


@pytest.fixture(scope="session")
def pack_with_my_transform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site into which pip installed the pack in ``my_pack``."""
    return install(Path(__file__).parent / "my_pack", site=tmp_path_factory.mktemp("site"))


@pytest.fixture
def scene(
    pack_with_my_transform: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Any]]:
    """What the snippets take for granted: a model, the blueprints, a pack, and some names."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "examples" / "digits_transformer" / "model.onnx", "model.onnx")
    for name in ("model.yaml", "production_model.yaml"):
        Path(name).write_text(SNIPPETS["blueprint-manager"].text, encoding="utf-8")
    level = logging.getLogger("brainsmith.plugin").level
    with installed(pack_with_my_transform):
        yield {
            "__name__": "__main__",
            "Transformation": Transformation,
            "get_plugin_manager": get_plugin_manager,
            "graph_modified": False,
            "manager": get_plugin_manager(),
            "model": ModelWrapper("model.onnx"),
            "weakref": weakref,
        }
        get_plugin_manager().set_debug_mode(False)
    logging.getLogger("brainsmith.plugin").setLevel(level)


def run(name: str, scene: dict[str, Any]) -> dict[str, Any]:
    """The scene after a snippet; one that uses FINN's plugins needs FINN."""
    text = SNIPPETS[name].text
    if OF_FINN.search(text):
        _needs_finn()
    exec(compile(text, f"seed.md, {name}", "exec"), scene)
    return scene


def _needs_finn() -> None:
    try:
        import_module("finn.transformation.streamline")
    except (Exception, SystemExit) as error:
        pytest.skip(f"FINN cannot be imported here: {error}")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.finn) if OF_FINN.search(SNIPPETS[name].text) else name
        for name in PYTHON
    ],
)
def test_the_python_snippet_runs_as_printed(name: str, scene: dict[str, Any]) -> None:
    run(name, scene)


def test_S10_the_registry_holds_what_the_picture_shows() -> None:
    # FINN has a LayerNorm of its own; where it is installed, the picture needs a priority.
    registry = PluginManager(Configuration(priority=("brainsmith",))).registry
    picture = SNIPPETS[PICTURE].text
    shown = re.findall(r'"(\w+):(\w+)": \{(.*?)\}', picture, re.DOTALL)
    keys = {f"{type_}:{name}": dict(re.findall(r'"(\w+)": "(\w+)"', body)) for type_, name, body in shown}
    assert set(keys) == {"transform:ExpandNorms", "kernel:LayerNorm", "backend:LayerNormHLS"}
    assert (
        registry["transform:ExpandNorms"]["stage"] == keys["transform:ExpandNorms"]["stage"] == "topology_opt"
    )
    for key, fields in keys.items():
        if key not in registry and key.startswith("backend:"):
            pytest.skip(f"no installed pack has {key} yet")
        for field, value in fields.items():
            assert registry[key][field] == value
        # A kernel's class is named as its operator is, which FINN's dictionaries need to be unique.
        named = "IntLayerNorm" if fields["type"] == "kernel" else fields["name"]
        assert registry.get(fields["type"], fields["name"]).__name__ == named


def test_S23_the_blueprint_loads_as_printed(scene: dict[str, Any]) -> None:
    plugins = load_blueprint_plugins("model.yaml")
    assert set(plugins) == {"transforms", "kernels", "backends", "steps"}
    assert plugins["kernels"].list_plugins() == ["MatMul", "Softmax"]
    steps = get_plugin_manager().plan("model.yaml").steps
    assert [step.phase for step in steps] == sorted((step.phase for step in steps), key=PHASES.index)
    sets = [step.member_of for step in steps if step.member_of]
    expected = ["quantization", "folding", "cleanup_transforms", "optimization_transforms"]
    assert list(dict.fromkeys(sets)) == expected


def test_S76_the_configuration_file_is_read_as_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SNIPPETS["configuration-file"].text
    path = tmp_path / text.splitlines()[0].removeprefix("# ")
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    configuration = PluginManager().configuration
    assert configuration.file == path
    assert configuration.cache_ttl == 300
    assert configuration.discovery_mode == "blueprint"
    assert configuration.frameworks == ("brainsmith", "qonnx")
    assert configuration.performance_tracking is True


def test_S75_the_environment_variables_are_obeyed_as_printed(tmp_path: Path) -> None:
    program = "from brainsmith.plugin import get_plugin_manager; print(get_plugin_manager().configuration)"
    script = f"set -e\n{SNIPPETS['environment-variables'].text}\nexec '{sys.executable}' -c '{program}'\n"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    for setting in ("cache_ttl=300.0", "discovery_mode='blueprint'", "debug=True"):
        assert setting in done.stdout


def test_S87_what_the_blueprint_loaded_changes_the_model(scene: dict[str, Any]) -> None:
    before = Counter(node.op_type for node in scene["model"].graph.node)
    added = Counter(node.op_type for node in run("production-deployment", scene)["model"].graph.node) - before
    assert set(added) == {"Mul", "Add"}


def test_S55_the_build_steps_build(scene: dict[str, Any], tmp_path: Path) -> None:
    run("finn-integration", scene)
    steps = scene["BUILD_STEPS"]
    assert [step.__name__ for step in steps] == [
        "cleanup",
        "<lambda>",
        "qonnx_to_finn",
        "<lambda>",
        "hardware_inference",
    ]
    model = steps[1](steps[0](scene["model"], None), None)
    model = scene["optimize_topology"](model, None)
    model = steps[4](model, None)
    assert {"MatMul", "IntLayerNorm", "IntSoftmax", "LutActivation"} == {
        node.op_type for node in model.graph.node if node.domain == "finn_brainsmith"
    }


def test_S58_the_decorated_class_carries_what_was_declared(scene: dict[str, Any]) -> None:
    record = getattr(run("plugin-registration", scene)["ExpandNorms"], DECLARATION)
    assert (record.name, record.stage) == ("ExpandNorms", "topology_opt")
    assert record.description == "Expand normalization operations"


def test_S66_the_sketched_cache_and_the_real_one_forget_what_nobody_holds(scene: dict[str, Any]) -> None:
    sketch = run("weak-reference-strategy", scene)["PluginManager"]
    sketch._create_instance = lambda self, plugin_type, name: scene["manager"].registry.get(
        plugin_type, name
    )()
    for manager in (sketch(), scene["manager"]):
        first = manager.get_instance("transform", "ExpandNorms")
        assert manager.get_instance("transform", "ExpandNorms") is first
        watched = weakref.ref(first)
        del first
        gc.collect()
        assert watched() is None


def test_S82_the_plugins_listed_have_the_installed_pack_among_them(
    scene: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    run("development-workflow", scene)
    assert "'MyTransform'" in capsys.readouterr().out


def test_S89_the_metrics_are_printed_as_numbers(
    scene: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    run("performance-metrics", scene)
    printed = capsys.readouterr().out
    assert re.fullmatch(
        r"Discovery time: [\d.]+ms\nCache hit rate: [\d.]+%\nMemory usage: [\d.]+MB\nPlugin count: \d+\n",
        printed,
    )


def test_S94_the_debug_mode_tells_on_standard_error(
    scene: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    run("debug-mode", scene)
    get_plugin_manager().refresh()
    assert "brainsmith.plugin" in capfd.readouterr().err


def test_S88_the_test_function_of_the_document_passes(scene: dict[str, Any]) -> None:
    run("testing", scene)["test_my_plugin"]()


def test_every_snippet_of_the_document_is_tried() -> None:
    drawn = FENCE.findall((ROOT / "docs" / "seed.md").read_text(encoding="utf-8"))
    tried = {*PYTHON, PICTURE, "blueprint-manager", "configuration-file", "environment-variables"}
    assert len(SNIPPETS) == len(drawn)
    assert set(SNIPPETS) == tried
