# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The geometry of the chart of node counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainsmith_core.build.chart import OTHER, SERIES, stacked_bars

counts = st.dictionaries(st.sampled_from([f"Op{index:02d}" for index in range(15)]), st.integers(0, 5000))


@given(st.lists(counts, max_size=60))
def test_bars_stand_side_by_side_and_their_segments_fill_them(models: list[dict[str, int]]) -> None:
    chart = stacked_bars([f"step {index}" for index in range(len(models))], models)
    right = chart.left
    for bar, count in zip(chart.bars, models, strict=True):
        assert right <= bar.x
        right = bar.x + bar.width
        assert bar.total == sum(count.values())
        foot = chart.bottom
        for segment in bar.segments:
            assert segment.height > 0
            assert segment.y + segment.height == pytest.approx(foot)
            assert 0 <= segment.series <= SERIES
            foot = segment.y
        assert foot == pytest.approx(bar.top)
        assert bar.top > 0
    assert right <= chart.width
    assert len(chart.legend) == len({number for number, _name in chart.legend}) <= SERIES + 1


def test_the_commonest_op_types_have_colours_of_their_own_and_the_rest_share_one() -> None:
    chart = stacked_bars(["a"], [{f"Op{index:02d}": index + 1 for index in range(12)}])
    assert chart.legend[0] == (0, "Op11")
    assert chart.legend[-1] == (SERIES, OTHER)
    assert chart.bars[0].segments[-1].title == "a: 6 others (1 Op00, 2 Op01, 3 Op02)"
    assert len(chart.bars[0].segments) == SERIES + 1


def test_a_single_op_type_too_many_still_gets_the_last_colour() -> None:
    chart = stacked_bars(["a"], [{f"Op{index}": 1 for index in range(SERIES + 1)}])
    assert OTHER not in [name for _number, name in chart.legend]


def test_an_op_type_keeps_its_colour_in_every_bar() -> None:
    chart = stacked_bars(["a", "b"], [{"Mul": 9, "Add": 1}, {"Add": 2}])
    assert [(segment.series, segment.title) for bar in chart.bars for segment in bar.segments] == [
        (0, "a: 9 Mul"),
        (1, "a: 1 Add"),
        (1, "b: 2 Add"),
    ]


@pytest.mark.parametrize(
    ("highest", "values"),
    [(0, [0, 1]), (1, [0, 1]), (7, [0, 2, 4, 6, 8]), (38, [0, 10, 20, 30, 40]), (1200, [0, 500, 1000, 1500])],
)
def test_ticks_are_round_numbers_that_cover_the_highest_bar(highest: int, values: list[int]) -> None:
    assert [value for _y, value in stacked_bars(["a"], [{"Mul": highest}]).ticks] == values


def test_no_models_make_an_empty_chart() -> None:
    chart = stacked_bars([], [])
    assert (chart.bars, chart.legend) == ((), ())
