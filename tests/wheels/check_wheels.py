# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The built wheels, installed in every subset that makes sense: ``python check_wheels.py WHEELS``.

Written without pytest, since the point is what works where nothing but the wheels is installed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"
TYPED = {
    "brainsmith_core": {"brainsmith/py.typed", "brainsmith_core/py.typed", "brainsmith/plugins.py"},
    "brainsmith_qonnx_bridge": {"brainsmith_qonnx_bridge/py.typed"},
    "brainsmith_finn_bridge": {"brainsmith_finn_bridge/py.typed"},
    "brainsmith_kernels": {
        "brainsmith_kernels/py.typed",
        "brainsmith_kernels/pack_template/src/__package__/py.typed.jinja",
        "finn_brainsmith/__init__.py",
    },
}


class Environment:
    """A fresh virtual environment."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=True)
        self.bin = folder / ("Scripts" if sys.platform == "win32" else "bin")

    def pip(self, *words: object) -> None:
        self.run("python", "-m", "pip", "--quiet", *words)

    def run(self, program: str, *words: object, status: int = 0) -> str:
        command = [str(self.bin / program), *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.bin)
        said = done.stdout + done.stderr
        assert done.returncode == status, f"{command} ended with {done.returncode}:\n{said}"
        assert "Traceback" not in done.stderr, done.stderr
        return said

    def sources(self) -> set[str]:
        packs = json.loads(self.run("brainsmith", "packs", "list", "--json"))
        assert all(pack["status"] == "ok" for pack in packs), packs
        return {pack["source"] for pack in packs}


def main(folder: Path) -> None:
    """Check contents, then install core alone, with the kernels, with both, and with the bridge alone."""
    wheels = {wheel.name.split("-")[0]: wheel for wheel in folder.glob("*.whl")}
    assert set(wheels) == set(TYPED), wheels
    for name, expected in TYPED.items():
        missing = expected - set(zipfile.ZipFile(wheels[name]).namelist())
        assert not missing, f"{wheels[name].name} lacks {missing}"
    with tempfile.TemporaryDirectory() as scratch:
        check_core_alone(Environment(Path(scratch, "core")), wheels)
        check_subsets(Environment(Path(scratch, "subsets")), wheels)
    print(f"{len(wheels)} wheels work in every subset")


def check_core_alone(environment: Environment, wheels: dict[str, Path]) -> None:
    environment.pip("install", f"-c{CONSTRAINTS}", wheels["brainsmith_core"])
    assert environment.sources() == set()
    environment.run("python", "-c", "import brainsmith.plugins, brainsmith.plugin.core")
    environment.run("python", "-c", "import brainsmith_core.testing")
    said = build(environment, "transforms: ['qonnx:FoldConstants']", status=6)
    assert "pip install brainsmith-qonnx-bridge" in said, said


def build(environment: Environment, section: str, *, status: int) -> str:
    """What the command says of a build of an empty model by a blueprint of one section."""
    model, blueprint = environment.bin / "model.onnx", environment.bin / "blueprint.yaml"
    model.write_bytes(b"")
    blueprint.write_text(f"hw_compiler:\n  {section}\n", encoding="utf-8")
    words = ("build", model, "--blueprint", blueprint, "--output", environment.bin / "out")
    return environment.run("brainsmith", *words, status=status)


def check_subsets(environment: Environment, wheels: dict[str, Path]) -> None:
    environment.pip("install", f"-c{CONSTRAINTS}", wheels["brainsmith_kernels"], wheels["brainsmith_core"])
    assert environment.sources() == {"brainsmith"}
    environment.run("python", "-c", "from brainsmith.plugins import transforms as t; t.ExpandNorms()")
    said = build(environment, "steps: [cleanup]", status=7)
    assert "pip install brainsmith-qonnx-bridge" in said, said
    environment.pip("install", wheels["brainsmith_finn_bridge"], wheels["brainsmith_qonnx_bridge"])
    assert environment.sources() == {"brainsmith", "finn", "qonnx"}
    environment.pip("uninstall", "--yes", "brainsmith-kernels", "brainsmith-finn-bridge")
    assert environment.sources() == {"qonnx"}
    environment.run("python", "-c", "from brainsmith.plugins import transforms as t; t.qonnx.FoldConstants()")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
