# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a folding file is told whatever the model is."""

from __future__ import annotations

import pytest

from brainsmith_finn_bridge.folding_file import Default, defaults, read

GOOD = '{"Defaults": {"PE": [2, ["MVAU_hls"], 4, ["MVAU_rtl"]], "slr": [0, "all"]}, "MVAU_hls_0": {"PE": 4}}'


def faults(tmp_path, text):
    (tmp_path / "folding.json").write_text(text)
    return read(tmp_path / "folding.json").faults


def test_a_good_file_has_settings_by_node_and_defaults_by_op_type(tmp_path):
    assert not faults(tmp_path, GOOD)
    settings = read(tmp_path / "folding.json").settings
    assert settings["MVAU_hls_0"] == {"PE": 4}
    assert list(defaults(settings)) == [
        Default("PE", 2, ["MVAU_hls"]),
        Default("PE", 4, ["MVAU_rtl"]),
        Default("slr", 0, "all"),
    ]
    assert not list(defaults({}))


@pytest.mark.parametrize(
    ("op_types", "op_type", "expected"),
    [("all", "MVAU_hls", True), (["MVAU_hls"], "MVAU_hls", True), (["MVAU_hls"], "MVAU_rtl", False)],
)
def test_a_default_is_for_the_op_types_that_FINN_sets_it_on(op_types, op_type, expected):
    assert Default("PE", 1, op_types).is_for(op_type) is expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"Defaults": {},}', "it cannot be read: "),
        ("[]", "it holds no settings by node"),
        ('{"A": {}, "A": {}}', "'A' is given twice in one place, and only the last would count"),
        ('{"A": {"PE": 1, "PE": 2}}', "'PE' is given twice in one place, and only the last would count"),
        ('{"A": 4}', 'it has no settings by attribute for A; write "A": {"PE": 1}'),
        ('{"A": {"PE": true}}', "PE of A is true, which is no number, text or list"),
        ('{"A": {"PE": null}}', "PE of A is null, which is no number, text or list"),
        ('{"Defaults": {"PE": 3}}', 'write [3, ["MVAU_hls", "MVAU_rtl"]] or [3, "all"]'),
        ('{"Defaults": {"PE": [3]}}', "PE of Defaults is [3], without the op types that it is for"),
        ('{"Defaults": {"PE": [3, 4]}}', "PE of Defaults is [3, 4], without the op types that it is for"),
        ('{"Defaults": {"PE": [true, "all"]}}', "PE of Defaults is true, which is no number, text or list"),
        (
            '{"Defaults": {"PE": [3, ["all"]]}}',
            'PE of Defaults is for ["all"], which FINN takes for an op type; write [3, "all"]',
        ),
        ('{"Defaults": {"PE": [3, "all", 4, ["A"]]}}', 'PE of Defaults has "all" beside other op types'),
    ],
)
def test_a_file_of_another_form_is_told(tmp_path, text, told):
    (fault,) = faults(tmp_path, text)
    assert told in fault


def test_all_faults_are_told_at_once(tmp_path):
    assert len(faults(tmp_path, '{"A": 4, "A": {"PE": true, "PE": false}, "Defaults": {"PE": 3}}')) == 4
