# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from brainsmith_core.blueprint.plan import Plan, PlannedStep, PlanRow


def test_a_plan_is_shown_as_a_row_for_each_step(transform, step):
    plan = Plan(
        "model",
        steps=(
            PlannedStep("Tidy", "transforms", record=transform("Tidy"), member_of="all/tidying", rule="why"),
            PlannedStep("cleanup", "steps", record=step("cleanup", source="other"), rule="because"),
            PlannedStep("mine", "steps", function=lambda model, cfg: model, rule="a function"),
        ),
    )
    assert plan.as_rows() == (
        PlanRow(
            1, "transforms", "Tidy", "transform", "acme", "acme-pack", "1.2", "why; member of all/tidying"
        ),
        PlanRow(2, "steps", "cleanup", "step", "other", "other-pack", "1.2", "because"),
        PlanRow(3, "steps", "mine", "function", "", "", "", "a function"),
    )
