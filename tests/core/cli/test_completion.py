# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""``brainsmith completion``: a script for each shell."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(run, shell: str) -> None:
    ended = run("completion", shell)
    assert ended.status == 0
    assert f"_BRAINSMITH_COMPLETE={shell}_complete" in ended.out


def test_another_shell_is_refused_with_the_choices(run) -> None:
    ended = run("completion", "csh")
    assert ended.status == 2
    assert "'bash', 'zsh', 'fish'" in ended.err
