# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""``brainsmith build`` with the real packs: a build from end to end, and every bad input answered clearly."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest


@pytest.fixture
def build(run, model: Path, blueprint: Path, output: Path):
    """Build the model by the blueprint into the output folder; other words as given."""

    def build(*words: object, model: Path = model, blueprint: Path = blueprint, output: Path = output):
        return run("build", model, "--blueprint", blueprint, "--output", output, *words)

    return build


def test_a_verified_build_ends_with_a_report_and_every_intermediate_model(build, output: Path) -> None:
    ended = build("--verify", "random")
    assert ended.status == 0, ended.err
    report = json.loads((output / "report.json").read_text())
    assert report["status"] == "finished"
    models = sorted(path.name for path in (output / "models").iterdir())
    assert len(models) == len(report["steps"]) + 1
    assert (output / "report.html").read_text().startswith("<!DOCTYPE html>")


def test_the_kernels_of_the_blueprint_are_in_the_built_model(build, output: Path) -> None:
    assert build().status == 0
    last = sorted((output / "models").iterdir())[-1]
    kernels = {node.op_type for node in onnx.load(last).graph.node if "brainsmith" in node.domain}
    assert kernels == {"MatMul", "IntSoftmax"}


def test_the_plan_is_printed_first_and_names_the_owner_of_each_step(build) -> None:
    ended = build()
    plan = next(line for line in ended.out.splitlines() if "hardware_inference" in line)
    assert "brainsmith-kernels 0.1.0" in plan
    assert ended.out.index("hardware_inference") < ended.out.index("report:")


def test_accuracy_is_printed_before_and_after(build, tmp_path: Path) -> None:
    rows = np.random.default_rng(1).normal(size=(8, 6)).astype(np.float32)
    np.savez(tmp_path / "data.npz", inputs=rows, labels=np.zeros(8, int))
    out = build("--accuracy", tmp_path / "data.npz").out
    before = next(line for line in out.splitlines() if line.startswith("accuracy before: "))
    after = next(line for line in out.splitlines() if line.startswith("accuracy after:  "))
    assert before.split(":")[1].strip() == after.split(":")[1].strip()


def test_quiet_prints_only_where_the_report_is(build, output: Path) -> None:
    ended = build("--quiet")
    assert (ended.out, ended.err) == (f"report: {output / 'report.html'}\n", "")


def test_a_stopped_build_is_resumed_to_the_same_model(build, output: Path, tmp_path: Path) -> None:
    assert build("--stop", "cleanup_transforms").status != 0
    assert build("--stop", "FoldConstants#2").status == 0
    assert build("--resume").status == 0
    assert build(output=tmp_path / "whole").status == 0
    for path in (tmp_path / "whole" / "models").iterdir():
        assert path.read_bytes() == (output / "models" / path.name).read_bytes()


def not_onnx(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def missing(path: Path) -> None:
    path.unlink()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def without_its_external_data(path: Path) -> None:
    onnx.save(onnx.load(path), path, save_as_external_data=True, size_threshold=0, location="weights.bin")
    (path.parent / "weights.bin").unlink()


@pytest.mark.parametrize("spoil", [not_onnx, truncated, empty, missing, folder, without_its_external_data])
def test_a_bad_model_is_one_message_and_nothing_is_written(build, model: Path, output: Path, spoil) -> None:
    spoil(model)
    ended = build()
    assert ended.status == 7
    assert ended.err.startswith(f"brainsmith: {model}: ")
    assert "Traceback" not in ended.err
    assert not output.exists()


BAD_BLUEPRINTS = {
    "empty": b"",
    "a list": b"- hw_compiler\n",
    "a word": b"hello\n",
    "50 MB": b"# " + b"x" * 50_000_000,
    "an alias bomb": b"a: &a [x, x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (c, c, b", ".join([b"*%c" % (c - 1)] * 9)) for c in range(98, 112)),
    "not UTF-8": "name: Größe\n".encode("latin-1"),
    "with tabs": b"hw_compiler:\n\ttransforms: []\n",
    "with duplicate keys": b"hw_compiler:\n  steps: [cleanup]\n  steps: [cleanup]\n",
    "with an unknown key": b"hw_compilr:\n  steps: [cleanup]\n",
    "with NUL": b"name: \x00\n",
}


@pytest.mark.parametrize("kind", BAD_BLUEPRINTS)
def test_a_bad_blueprint_is_one_message_and_nothing_is_written(
    build, blueprint: Path, output: Path, kind: str
) -> None:
    blueprint.write_bytes(BAD_BLUEPRINTS[kind])
    ended = build()
    assert ended.status == 6
    assert f"{blueprint}" in ended.err
    assert "Traceback" not in ended.err
    assert len(ended.err) < 2000
    assert not output.exists()


def test_an_output_that_is_a_file_is_left_alone(build, output: Path) -> None:
    output.write_text("precious")
    ended = build()
    assert ended.status == 8
    assert str(output) in ended.err
    assert output.read_text() == "precious"


def test_an_output_folder_with_other_things_is_left_alone(build, output: Path) -> None:
    output.mkdir()
    (output / "thesis.tex").write_text("precious")
    assert build().status == 8
    assert [path.name for path in output.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--seed", "-3"), "Invalid value for '--seed'"),
        (("--verify", "random", "--seed", "-3"), "Invalid value for '--seed'"),
        (("--seed", "3"), "--seed has no effect without --verify"),
        (("--atol", "0.5", "--rtol", "0"), "--rtol, --atol have no effect without --verify"),
    ],
)
def test_settings_of_a_verification_that_is_not_or_cannot_be_done_are_refused(
    build, output: Path, words, told: str
) -> None:
    ended = build(*words)
    assert ended.status == 2
    assert told in ended.err
    assert not output.exists()


def test_a_model_and_a_blueprint_in_each_other_s_place_are_told_with_the_right_command(
    run, model: Path, blueprint: Path, output: Path
) -> None:
    ended = run("build", blueprint, "-b", model, "-o", output)
    assert ended.status == 7
    assert f"{blueprint}: is a blueprint, and {model} is a model" in ended.err
    assert f"brainsmith build {model} -b {blueprint} -o {output}" in ended.err
    assert not output.exists()


def test_a_blueprint_given_as_model_and_a_model_given_as_blueprint_are_told(
    run, model: Path, blueprint: Path
) -> None:
    ended = run("build", blueprint, "-b", blueprint, "--dry-run")
    assert ended.status == 7
    assert f"{blueprint}: is a blueprint, not a model\n  brainsmith build MODEL -b {blueprint}" in ended.err
    ended = run("build", model, "-b", model, "--dry-run")
    assert ended.status == 6
    assert f"{model}: is a model, not a blueprint\n  brainsmith build {model} -b BLUEPRINT.yaml" in ended.err


def test_an_earlier_build_is_not_overwritten_but_resumed_on_request(build, output: Path) -> None:
    assert build().status == 0
    before = {path: path.stat().st_mtime_ns for path in output.rglob("*.onnx")}
    ended = build()
    assert ended.status == 8
    assert "--resume" in ended.err
    assert before == {path: path.stat().st_mtime_ns for path in output.rglob("*.onnx")}


def test_an_output_folder_that_cannot_be_made_is_one_message(build, tmp_path: Path) -> None:
    ended = build(output=Path("/proc/nowhere/out"))
    assert ended.status == 8
    assert "/proc/nowhere" in ended.err


def test_a_missing_back_end_is_shown_and_is_no_fault(build, blueprint: Path) -> None:
    blueprint.write_text("hw_compiler:\n  kernels: [{kernel: matmul, backends: [hls]}]\n", encoding="utf-8")
    ended = build()
    assert ended.status == 0, ended.err
    assert next(line for line in ended.out.splitlines() if line.startswith(" MatMul")).split()[-1] == "hls"


def test_a_step_that_changes_the_output_stops_the_build(build, blueprint: Path, output: Path) -> None:
    # A sum of integers is scaled once, which a tolerance of zero does not forgive.
    ended = build("--verify", "random", "--atol", "0", "--rtol", "0")
    assert ended.status == 10
    assert "'hardware_inference' (brainsmith:hardware_inference of brainsmith-kernels 0.1.0)" in ended.err
    assert (output / "models").is_dir()


def test_a_model_needs_the_bridge_of_its_framework(build, monkeypatch, tmp_path: Path) -> None:
    file = tmp_path / ".brainsmith" / "config.yaml"
    file.parent.mkdir()
    file.write_text("plugin_system: {frameworks: [brainsmith]}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    blueprint = tmp_path / "steps.yaml"
    blueprint.write_text("hw_compiler: {steps: [cleanup]}\n", encoding="utf-8")
    ended = build(blueprint=blueprint)
    assert ended.status == 7
    assert "no installed pack brings a framework that reads models" in ended.err


def test_a_copied_output_folder_can_be_resumed_elsewhere(build, output: Path, tmp_path: Path) -> None:
    assert build("--stop", "1").status == 0
    shutil.copytree(output, tmp_path / "copy")
    assert build("--resume", output=tmp_path / "copy").status == 0
