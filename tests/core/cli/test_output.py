# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Standard output of a command: JSON and nothing else, or a table that no reader has to trim."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainsmith_core.cli.output import print_fields, print_table, quiet_stdout


@pytest.mark.usefixtures("all_packs")
def test_nothing_that_a_pack_prints_reaches_standard_output(run) -> None:
    ended = run("plugins", "list", "--json")
    assert ended.json
    assert ended.out.startswith("[")


def test_output_of_a_lower_level_is_kept_away_too(capfd) -> None:
    with quiet_stdout(True):
        os.write(1, b"from C\n")
    os.write(1, b"{}\n")
    out, err = capfd.readouterr()
    assert (out, err) == ("{}\n", "from C\n")


def test_inactive_it_leaves_standard_output_alone(capfd) -> None:
    with quiet_stdout(False):
        os.write(1, b"as ever\n")
    assert capfd.readouterr().out == "as ever\n"


def test_a_table_in_a_pipe_is_neither_wrapped_nor_padded(capsys) -> None:
    print_table(("name", "text"), [("a", "x" * 300), ("b", None)], title="Things")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Things"
    assert any(line.endswith("x" * 300) for line in lines)
    assert all(line == line.rstrip() for line in lines)


@given(st.text(st.characters(codec="ascii", categories=["L", "P", "S"]), max_size=30))
def test_cells_are_never_taken_for_markup(text: str) -> None:
    import contextlib
    import io

    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        print_table(("text",), [(f"[bold]{text}[/bold]",)])
    assert f"[bold]{text}[/bold]" in written.getvalue()


def test_fields_without_a_value_are_left_out(capsys) -> None:
    print_fields([("name", "x"), ("author", ""), ("requires", ["a", "b"]), ("none", None)])
    assert capsys.readouterr().out == "name:          x\nrequires:      a, b\n"
