# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Nodes of other packs' kernels are FINN's own: in its simulations, its dictionaries and its workers."""

from __future__ import annotations

import pytest

from brainsmith_core.testing import install

pytestmark = [pytest.mark.finn, pytest.mark.slow]

OURS = ["IntLayerNorm", "LutActivation", "IntRMSNorm", "IntSoftmax"]


@pytest.fixture(scope="module")
def site(finn_version, packs_folder, tmp_path_factory):
    """A folder with the pack ``leaky``."""
    return install(packs_folder / "leaky", site=tmp_path_factory.mktemp("site"))


@pytest.fixture
def ask(script, site, tmp_path):
    """What ``native_nodes.py`` says to a question."""

    def ask(question, *words):
        return script("native_nodes.py", question, str(tmp_path / "finn"), *words, PYTHONPATH=str(site))

    return ask


@pytest.fixture(scope="module")
def told(script, site, tmp_path_factory):
    """What one process has seen of FINN's dictionaries."""
    folder = tmp_path_factory.mktemp("dictionaries")
    return script("native_nodes.py", "dictionaries", str(folder), PYTHONPATH=str(site))


@pytest.mark.parametrize("language", ["rtl", "hls"])
def test_FINN_s_simulation_of_a_stranger_s_kernels_equals_their_specification(ask, language):
    told = ask("simulated", "leaky", language, "8")
    assert told["types"] == [f"LeakyRelu2_{language}", f"Midpoint_{language}"]
    assert told["equal"]
    assert told["distinct"] > 8
    if language == "rtl":
        assert told["simulated"] == told["formula"] == [10, 10]


@pytest.mark.parametrize("language", ["rtl", "hls"])
def test_FINN_s_simulation_of_our_kernels_equals_their_specification(ask, language):
    told = ask("simulated", "ours", language, "3")
    assert told["types"] == [f"{kind}_{language}" for kind in OURS]
    assert told["equal"]
    assert told["distinct"] > 2
    if language == "rtl":
        assert told["simulated"] == told["formula"]


def test_a_name_that_FINN_has_already_is_refused(told):
    told = told["taken"]
    assert "kernel leaky:Midpoint: FINN itself has an operator Midpoint already" in told["error"]
    assert told["still"] == "MVAU"


def test_registering_again_changes_nothing(told):
    told = told["repeated"]
    assert {"LeakyRelu2", "Midpoint", *OURS} <= set(told["kernels"])
    assert told["same"] == [True, True, True]
    assert told["folded"] == 1


def test_a_saved_model_can_be_loaded_in_a_fresh_process(ask, tmp_path):
    ask("saved", str(tmp_path / "model.onnx"))
    told = ask("loaded", str(tmp_path / "model.onnx"))
    assert told["before"] != "ran"
    # -4 >> 2 is -1, and (-1 - 4) >> 1 is -3.
    assert told["after"] == [-3.0]


def test_a_node_whose_input_is_not_quantised_is_an_error_that_names_it(told):
    told = told["unquantised"]
    assert "node IntLayerNorm_0" in told["error"]
    assert "takes INT4, and its input 'x' is FLOAT32" in told["error"]


def test_FINN_folds_as_far_as_the_kernels_have_hardware(told):
    # Rows of 24 have no other divisor up to 16.
    assert told["folded"] == [12, 12]


def test_in_FINN_s_own_builder_the_kernels_of_all_packs_are_handed_over(told):
    assert told["domains"] == ["finn.custom_op.fpgadataflow"] * 2


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_workers_that_are_not_forked_know_the_kernels(script, site, tmp_path, method):
    told = script("worker_pools.py", method, str(tmp_path / "finn"), PYTHONPATH=str(site))
    assert told == {"method": method, "sources": [1, 1]}
