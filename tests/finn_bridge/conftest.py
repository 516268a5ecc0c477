# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A miniature FINN, read and never imported, and the real one where this environment has it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import invalidate_caches
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from brainsmith_core.discovery.hierarchy import Hierarchy
from brainsmith_core.discovery.scan import Universe
from brainsmith_finn_bridge import adapter, hooks

HERE = Path(__file__).parent
DATAFLOW = "finn/custom_op/fpgadataflow"

QONNX = {
    "qonnx/__init__.py": "",
    "qonnx/transformation/base.py": """
        from abc import ABC, abstractmethod

        class Transformation(ABC):
            @abstractmethod
            def apply(self, model):
                pass

        class NodeLocalTransformation(Transformation):
            def __init__(self, num_workers=None):
                pass

            @abstractmethod
            def applyNodeLocal(self, node):
                pass

            def apply(self, model):
                pass
        """,
    "qonnx/custom_op/base.py": """
        from abc import ABC

        class CustomOp(ABC):
            def __init__(self, onnx_node, onnx_opset_version=1):
                pass
        """,
}

FINN = {
    "finn/__init__.py": "",
    f"{DATAFLOW}/__init__.py": """
        from finn.custom_op.fpgadataflow.mvau import MVAU

        custom_op = dict()

        def register_custom_op(cls):
            custom_op[cls.__name__] = cls
            return cls

        custom_op["MVAU"] = MVAU
        """,
    f"{DATAFLOW}/hwcustomop.py": """
        from qonnx.custom_op.base import CustomOp

        class HWCustomOp(CustomOp):
            pass
        """,
    f"{DATAFLOW}/hlsbackend.py": """
        from abc import ABC

        class HLSBackend(ABC):
            pass
        """,
    f"{DATAFLOW}/rtlbackend.py": """
        from abc import ABC

        class RTLBackend(ABC):
            pass
        """,
    f"{DATAFLOW}/mvau.py": """
        from finn.custom_op.fpgadataflow.hwcustomop import HWCustomOp

        class MVAU(HWCustomOp):
            '''Matrix-vector-activation unit.'''
        """,
    "finn/transformation/fpgadataflow/infer.py": """
        from qonnx.transformation.base import Transformation

        class InferMVAU(Transformation):
            '''Make MVAUs of MatMuls.

            More text.
            '''

            def __init__(self, mem_mode="internal_decoupled"):
                pass

            def apply(self, model):
                model.graph.node.append(helper.make_node("MVAU", ["a"], ["b"]))
        """,
    "finn/builder/build_dataflow_steps.py": """
        def step_convert_to_hw(model, cfg):
            '''Convert to hardware.'''

        build_dataflow_step_lookup = {"step_convert_to_hw": step_convert_to_hw}
        """,
}

Tree = Callable[..., Path]
Scan = Callable[..., Hierarchy]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Write the miniature QONNX and FINN below a folder, with some files added or replaced."""

    def tree(
        files: Mapping[str, str] | None = None, *, folder: str = "site", base: Any = (QONNX, FINN)
    ) -> Path:
        root = tmp_path / folder
        merged = {path: text for each in base for path, text in each.items()} | dict(files or {})
        for path, text in merged.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(dedent(text), encoding="utf-8")
        return root

    return tree


@pytest.fixture
def miniature_finn() -> Mapping[str, str]:
    """The files of the miniature FINN by path."""
    return FINN


@pytest.fixture
def scan(tree: Tree) -> Scan:
    """The class hierarchy of the miniature QONNX and FINN."""

    def scan(files: Mapping[str, str] | None = None) -> Hierarchy:
        root = tree(files)
        return Hierarchy(Universe({name: (str(root / name),) for name in ("finn", "qonnx")}))

    return scan


@pytest.fixture
def on_path(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Path]:
    """Put a folder first on ``sys.path``."""

    def on_path(folder: Path) -> Path:
        # What another test imported would be found before anything on the path.
        for package in ("finn", "qonnx", "finn_xsi", "onnx_passes"):
            monkeypatch.delitem(sys.modules, package, raising=False)
        monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
        invalidate_caches()
        return folder

    return on_path


@pytest.fixture
def namespace(tree: Tree, on_path: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The miniature FINN as a namespace package, the only FINN on the path."""
    # A regular package anywhere on the path would win over all parts of a namespace package.
    others = [entry for entry in sys.path if not (Path(entry) / "finn").is_dir()]
    monkeypatch.setattr(sys, "path", others)
    root = tree()
    (root / "finn" / "__init__.py").unlink()
    return on_path(root)


@pytest.fixture
def no_finn(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which ``import finn`` finds nothing."""

    class Blocker:
        def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
            if name.partition(".")[0] == "finn":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(sys, "meta_path", [Blocker(), *sys.meta_path])


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_adapter", adapter.FINNAdapter())


@pytest.fixture(scope="session")
def finn_version() -> str:
    """The version of the FINN that is installed here; a test that needs one is skipped where none is."""
    version = adapter.FINNAdapter().get_metadata()["version"]
    if not version:
        pytest.skip("FINN is not installed in this environment; nox -s finn makes one that has it")
    return version


Script = Callable[..., Any]


@pytest.fixture(scope="session")
def script(finn_version: str) -> Script:
    """Run a script of this folder in a process without FINN's variables, and read the JSON it prints."""

    def script(name: str, *words: str, **variables: str) -> Any:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("FINN_", "XILINX_"))
        }
        done = subprocess.run(
            [sys.executable, str(HERE / name), *words],
            env=kept | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout)

    return script


Build = Callable[..., tuple[int, str]]
EXAMPLES = HERE.parents[1] / "examples"


@pytest.fixture(scope="session")
def brainsmith_build(finn_version: str) -> Build:
    """Status and output of ``brainsmith build``, run in a process without FINN's variables."""

    def build(
        blueprint: Path, output: Path, *words: str, model: Path | str = EXAMPLES / "digits" / "model.onnx"
    ) -> tuple[int, str]:
        command = [sys.executable, "-m", "brainsmith_core.cli", "build", str(model), "-b", str(blueprint)]
        done = subprocess.run(
            [*command, "-o", str(output), *words],
            env={
                name: value for name, value in os.environ.items() if not name.startswith(("FINN_", "XILINX_"))
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    return build
