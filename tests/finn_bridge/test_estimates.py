# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""FINN's report files become tables and charts, whichever of them are there."""

from __future__ import annotations

import json

import pytest

from brainsmith_finn_bridge.estimates import sections

CYCLES = {"MVAU_hls_0": 64, "Thresholding_rtl_0": 8}
RESOURCES = {
    "MVAU_hls_0": {"LUT": 1000, "BRAM_18K": 3, "DSP": 0, "URAM": 0},
    "Thresholding_rtl_0": {"LUT": 50.5, "BRAM_18K": 0, "DSP": 0, "URAM": 0},
    "total": {"LUT": 1050.5, "BRAM_18K": 3, "DSP": 0, "URAM": 0},
}
PERFORMANCE = {
    "critical_path_cycles": 72,
    "max_cycles": 64,
    "max_cycles_node_name": "MVAU_hls_0",
    "estimated_throughput_fps": 1562500.0,
    "estimated_latency_ns": 720.0,
}


@pytest.fixture
def told(tmp_path):
    def told(**files):
        (tmp_path / "report").mkdir()
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (tmp_path / "report" / f"estimate_{name}.json").write_text(text)
        return {section.title: section.content for section in sections(tmp_path)}

    return told


def rows(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_performance_is_told_in_an_engineer_s_units(told):
    found = rows(told(network_performance=PERFORMANCE)["FINN estimates"])
    assert ["throughput", "1,562,500.0", "frames per second"] in found
    assert ["latency", "0.72", "µs"] in found
    assert ["bottleneck", "64", "cycles of MVAU_hls_0"] in found


def test_the_bottleneck_is_marked_in_table_and_chart(told):
    found = told(layer_cycles=CYCLES)
    assert rows(found["Cycles"]) == [
        ["MVAU_hls_0", "64", "100.0%", "bottleneck"],
        ["Thresholding_rtl_0", "8", "12.5%", ""],
    ]
    chart = found["Cycles per layer"]
    assert [bar.total for bar in chart.bars] == [64, 8]
    names = dict(chart.legend)
    assert [names[bar.segments[0].series] for bar in chart.bars] == ["bottleneck", "other layers"]


def test_each_resource_that_is_used_has_a_chart(told):
    found = told(layer_resources=RESOURCES)
    assert [bar.total for bar in found["LUT per layer"].bars] == [1000, 51]
    assert [bar.total for bar in found["BRAM (18 Kb) per layer"].bars] == [3, 0]
    assert "DSP per layer" not in found


def test_the_table_of_resources_has_FINN_s_numbers_as_they_are(told):
    found = told(layer_resources=RESOURCES)
    assert rows(found["Resources"]) == [
        ["MVAU_hls_0", "1,000", "3", "0", "0", "FINN's formula"],
        ["Thresholding_rtl_0", "50.5", "0", "0", "0", "FINN's formula"],
    ]
    assert ["LUT", "1,050.5", "in all layers"] in rows(found["FINN estimates"])


def test_whole_numbers_that_FINN_gives_as_floats_are_shown_whole(told):
    found = rows(told(layer_resources={"MVAU_hls_0": {"LUT": 3072.0}})["Resources"])
    assert found[0][:2] == ["MVAU_hls_0", "3,072"]


def test_without_reports_there_is_nothing(tmp_path):
    assert sections(tmp_path) == []


def test_a_file_that_is_not_whole_is_left_out(told):
    assert told(layer_cycles='{"MVAU', layer_resources="[]") == {}
