# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A build by FINN's steps gives FINN's own models and numbers, for the example and for models named by path.

Further models are named in ``BRAINSMITH_FINN_MODELS``, separated as in ``PATH``; each must be one that FINN
itself carries through the example's steps.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

pytestmark = [pytest.mark.finn, pytest.mark.slow]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BLUEPRINT = EXAMPLES / "finn_estimates" / "blueprint.yaml"
MODELS = [
    str(EXAMPLES / "digits" / "model.onnx"),
    *filter(None, os.environ.get("BRAINSMITH_FINN_MODELS", "").split(os.pathsep)),
]
#: As much as the outputs may move over a whole build, by rounding alone.
TOLERANCE = 1e-3


@pytest.fixture(scope="module", params=MODELS, ids=lambda path: Path(path).stem)
def both(request, brainsmith_build, script, tmp_path_factory):
    """The folder of a build, that of FINN's steps in a loop, and what the comparison of their models gave."""
    folder = tmp_path_factory.mktemp("equality")
    code, printed = brainsmith_build(BLUEPRINT, folder / "ours", model=request.param)
    assert code == 0, printed
    blueprint = yaml.safe_load(BLUEPRINT.read_text("utf-8"))
    settings = {
        "steps": [f"step_{name.removeprefix('finn:')}" for name in blueprint["hw_compiler"]["steps"]],
        "board": blueprint["target"]["board"],
        "synth_clk_period_ns": blueprint["target"]["clock_ns"],
        "target_fps": blueprint["finn_config"]["target_fps"],
    }
    words = (request.param, str(folder / "ours"), str(folder / "theirs"), json.dumps(settings))
    return folder / "ours", folder / "theirs", script("finn_steps.py", *words)


def test_outputs_after_each_step_are_exactly_those_of_FINN_s_steps_in_a_loop(both):
    *_, compared = both
    assert len(compared) == 10
    assert [step["step"] for step in compared if not step["equal"]] == []
    assert [step["step"] for step in compared if not step["same_nodes"]] == []


def test_outputs_after_each_step_are_the_given_model_s_within_rounding(both):
    *_, compared = both
    assert [step for step in compared if step["from_given"] > TOLERANCE] == []


def test_every_report_is_FINN_s_to_the_last_byte(both):
    ours, theirs, _ = both
    names = sorted(path.name for path in (theirs / "report").glob("*.json"))
    assert len(names) >= 5
    for name in names:
        assert (ours / "report" / name).read_bytes() == (theirs / "report" / name).read_bytes(), name


def test_report_json_has_FINN_s_figures_number_for_number(both):
    ours, theirs, _ = both
    estimates = json.loads((ours / "report.json").read_text("utf-8"))["frameworks"]["finn"]["estimates"]
    for name, file in {
        "performance": "estimate_network_performance.json",
        "layer_cycles": "estimate_layer_cycles.json",
        "layer_resources": "estimate_layer_resources.json",
    }.items():
        assert estimates[name] == json.loads((theirs / "report" / file).read_text("utf-8"))
