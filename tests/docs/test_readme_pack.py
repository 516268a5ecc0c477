# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The README's pack: written from its blocks, installed by pip, listed by the command, used by a build."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from qonnx.core.modelwrapper import ModelWrapper

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```\w+\n(# ([\w.]+)(?:$|:).*?)^```$", re.MULTILINE | re.DOTALL)
BLUEPRINT = """\
hw_compiler:
  transforms: ["quantization", "acme:NumberNodes"]
"""


@pytest.fixture
def typed(reader: Any) -> Any:
    """Types a command in a folder that has the README's files, and returns what it printed."""
    for text, name in BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8")):
        Path(name).write_text(text, encoding="utf-8")

    def run(command: str) -> str:
        variables = reader.environment.variables()
        done = subprocess.run(
            ["bash", "-c", command], env=variables, capture_output=True, text=True, check=True
        )
        return done.stdout

    return run


@pytest.mark.slow
def test_the_pack_is_listed_and_used(typed: Any) -> None:
    typed("pip install .")
    (listed,) = [
        each for each in json.loads(typed("brainsmith plugins list --json")) if each["source"] == "acme"
    ]
    assert (listed["type"], listed["name"], listed["available"]) == ("transform", "NumberNodes", True)
    assert (listed["distribution"], listed["version"]) == ("acme-transforms", "1.0")

    Path("numbered.yaml").write_text(BLUEPRINT, encoding="utf-8")
    typed("brainsmith build model.onnx -b numbered.yaml -o out --verify random")
    report = json.loads(Path("out/report.json").read_text(encoding="utf-8"))
    assert report["status"] == "finished"
    assert report["plugin_distributions"]["acme-transforms"] == "1.0"
    built = ModelWrapper(str(Path("out", report["steps"][-1]["model"])))
    assert [node.name for node in built.graph.node] == [
        f"{node.op_type}_{position}" for position, node in enumerate(built.graph.node)
    ]


def test_without_installing_it_the_pack_is_not_there(typed: Any) -> None:
    listed = json.loads(typed("brainsmith plugins list --json"))
    assert "acme" not in {each["source"] for each in listed}
