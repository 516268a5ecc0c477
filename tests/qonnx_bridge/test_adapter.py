# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The adapter tells core about QONNX, whether or not it is there."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from brainsmith_core.discovery.snapshot import snapshot
from brainsmith_qonnx_bridge import adapter as adapter_module
from brainsmith_qonnx_bridge.adapter import QONNXAdapter

OWN = """
from qonnx.transformation.base import Transformation
class {name}(Transformation):
    def apply(self, model): return model, False
"""


@pytest.fixture
def own_qonnx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another package called qonnx, found before the installed one."""
    package = tmp_path / "qonnx"
    (package / "transformation").mkdir(parents=True)
    (package / "transformation" / "base.py").write_text("class Transformation: pass\n")
    (package / "transformation" / "own.py").write_text(OWN.format(name="Own"))
    monkeypatch.delitem(sys.modules, "qonnx", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    (package / "__init__.py").write_text("")
    return package


@pytest.fixture
def no_qonnx(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search path on which there is no QONNX."""
    monkeypatch.delitem(sys.modules, "qonnx", raising=False)
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "meta_path", [finder for finder in sys.meta_path if isinstance(finder, type)])


def names() -> list[str]:
    return [record.name for record in QONNXAdapter().discover_plugins()]


def test_the_installed_framework_is_described() -> None:
    metadata = QONNXAdapter().get_metadata()

    assert QONNXAdapter().is_available()
    assert metadata["name"] == "qonnx"
    assert metadata["version"] == version("qonnx")
    assert (Path(metadata["location"]) / "transformation" / "base.py").is_file()
    assert metadata["remedy"] == ""


@pytest.mark.usefixtures("no_qonnx")
def test_a_missing_framework_is_no_error_and_has_a_remedy() -> None:
    adapter = QONNXAdapter()

    assert not adapter.is_available()
    assert list(adapter.discover_plugins()) == []
    assert adapter.get_metadata() == {
        "name": "qonnx",
        "version": "",
        "location": "",
        "remedy": 'pip install "qonnx>=0.4"',
    }


def test_base_classes_exist_where_they_are_said_to_be() -> None:
    code = (
        "from importlib import import_module\n"
        "from brainsmith_qonnx_bridge.adapter import QONNXAdapter\n"
        "for names in QONNXAdapter().base_classes().values():\n"
        "    for name in names:\n"
        "        module, _, attribute = name.partition(':')\n"
        "        assert isinstance(getattr(import_module(module), attribute), type)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert set(QONNXAdapter().base_classes()) == {"transform", "kernel"}


def test_a_source_tree_has_no_version(own_qonnx: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(own_qonnx.parent)])

    assert QONNXAdapter().get_metadata()["version"] == ""
    assert QONNXAdapter().get_metadata()["location"] == str(own_qonnx)


def test_a_new_class_is_seen_by_the_next_call(own_qonnx: Path) -> None:
    assert names() == ["Own"]
    (own_qonnx / "transformation" / "more.py").write_text(OWN.format(name="More"))
    assert names() == ["More", "Own"]


def test_an_edit_that_keeps_the_size_is_seen_by_the_next_call(own_qonnx: Path) -> None:
    assert names() == ["Own"]
    path = own_qonnx / "transformation" / "own.py"
    path.write_text(OWN.format(name="Owl"))
    os.utime(path, ns=(1, 1))
    assert names() == ["Owl"]


def test_a_package_that_gets_installed_is_seen_by_the_next_call(
    own_qonnx: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_qonnx / "transformation" / "own.py").write_text("import arrives_later\n" + OWN.format(name="Own"))
    (before,) = QONNXAdapter().discover_plugins()
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "arrives_later.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "later")
    (after,) = QONNXAdapter().discover_plugins()

    assert before.unavailable == "its module imports arrives_later, not installed here"
    assert after.available


def test_a_second_call_does_not_scan_again(own_qonnx: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = QONNXAdapter()
    first = adapter.discover_plugins()
    monkeypatch.setattr(adapter_module, "rules", None)

    assert adapter.discover_plugins() is first


def test_one_discovery_checks_the_files_once_and_the_next_one_again(own_qonnx: Path) -> None:
    adapter = QONNXAdapter()
    path = own_qonnx / "transformation" / "more.py"
    with snapshot():
        first = adapter.discover_plugins()
        path.write_text(OWN.format(name="More"))
        assert adapter.discover_plugins() is first
    assert len(adapter.discover_plugins()) == 2
    path.unlink()
    with snapshot():
        assert len(adapter.discover_plugins()) == 1


def test_a_broken_file_is_logged_and_hides_no_other(
    own_qonnx: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (own_qonnx / "transformation" / "broken.py").write_text("class (")

    with caplog.at_level(logging.WARNING, logger="brainsmith.plugin"):
        assert names() == ["Own"]
    assert f"{own_qonnx / 'transformation' / 'broken.py'}: invalid syntax" in caplog.text


def test_models_of_a_framework_that_cannot_be_imported_are_an_error_with_a_remedy(
    without: Callable[[str, str], Any], tmp_path: Path
) -> None:
    script = tmp_path / "models.py"
    script.write_text(
        "import json\n"
        "from brainsmith_core.errors import PackError\n"
        "from brainsmith_qonnx_bridge.adapter import QONNXAdapter\n"
        "try:\n"
        "    QONNXAdapter().models()\n"
        "except PackError as error:\n"
        "    print(json.dumps([error.place, error.fact, error.remedy]))\n"
    )
    place, fact, remedy = without("onnxruntime", str(script))
    assert place == "qonnx"
    assert fact.startswith("QONNX cannot be imported, so no model can be read: ModuleNotFoundError: ")
    assert "onnxruntime" in fact
    assert remedy == "mend the installation: pip install --force-reinstall qonnx"

    _, _, remedy = without("qonnx", str(script))
    assert remedy == 'pip install "qonnx>=0.4"'
