# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""``brainsmith pack new``: what it prints and how it ends; the pack itself is tried in tests/integration."""

from __future__ import annotations

from pathlib import Path

import pytest


def test_it_says_what_was_written_and_what_to_type_next(run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = run("pack", "new", "acme-kernels", "--kernel", "Requantise")
    assert ended.status == 0
    head, *lines = ended.out.splitlines()
    assert (
        head
        == f"acme-kernels: {sum(p.is_file() for p in Path('acme-kernels').rglob('*'))} files in acme-kernels"
    )
    assert "  cd acme-kernels" in lines
    assert "  brainsmith kernel simulate acme:Requantise --backend rtl" in lines
    assert Path("acme-kernels/src/acme_kernels/requantise/op.py").is_file()


def test_a_kernel_whose_name_an_installed_pack_has_is_noted(run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = run("pack", "new", "acme-kernels", "--kernel", "Softmax")
    assert ended.status == 0
    notes = [line for line in ended.out.splitlines() if line.startswith("note: ")]
    assert notes == [
        "note: brainsmith has a kernel Softmax, so the bare name will be ambiguous: write acme:Softmax"
    ]


def test_a_kernel_of_a_new_name_has_no_note(run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "note: " not in run("pack", "new", "acme-kernels").out


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("acme kernels",), 3, "'acme kernels' is no name of a distribution"),
        (("acme-kernels", "--kernel", "scale"), 3, "write it as a class: --kernel Scale"),
        (("acme-kernels", "--source", "Brainsmith"), 3, "belongs to the installed pack brainsmith-kernels"),
        (("acme-kernels", "--template", "qonnx"), 4, "the pack 'qonnx' has no template"),
        (("acme-kernels", "-o", "."), 8, "the folder is not empty"),
    ],
)
def test_what_cannot_be_made_is_an_error_that_says_why(
    words, status, message, run, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "something").write_text("")
    ended = run("pack", "new", *words)
    assert ended.status == status
    assert message in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["something"]
