# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""FINN gets what it wants of the process, and the process gets back what it had."""

from __future__ import annotations

import io
import json
import logging
import multiprocessing
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from brainsmith_finn_bridge.environment import finn_environment

VARIABLES = ("FINN_BUILD_DIR", "FINN_SETTINGS", "FINN_ROOT", "FINN_XSI", "XILINX_VIVADO")


@pytest.fixture(autouse=True)
def _without_variables(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def process():
    """All that must be the same before and after."""
    loggers = [logging.getLogger(), logging.getLogger("build_dataflow"), logging.getLogger("finn_logger")]
    return {
        "folder": Path.cwd(),
        "variables": dict(os.environ),
        "path": list(sys.path),
        "streams": (sys.stdout, sys.stderr),
        "warnings": warnings.showwarning,
        "handlers": [(list(logger.handlers), logger.level, logger.disabled) for logger in loggers],
        "start method": multiprocessing.get_start_method(allow_none=True),
    }


def change_everything(folder):
    """What FINN's builder does to a process, and a little more."""
    os.chdir(folder)
    os.environ["NUM_DEFAULT_WORKERS"] = "1"
    os.environ.pop("PATH")
    sys.path.insert(0, str(folder))
    sys.stdout = sys.stderr = io.StringIO()
    logging.basicConfig(filename=folder / "log.txt", force=True, level=logging.DEBUG)
    logging.captureWarnings(True)
    logging.getLogger("build_dataflow").setLevel(logging.DEBUG)
    logging.getLogger("finn_logger").addHandler(logging.StreamHandler())


@pytest.fixture
def miniature(tree, on_path):
    """The miniature FINN, of which nothing is imported."""
    on_path(tree())


def test_the_process_is_left_as_it_was(miniature, tmp_path):
    before = process()
    with finn_environment(tmp_path / "build"):
        change_everything(tmp_path)
    assert process() == before


def test_the_process_is_left_as_it_was_after_an_exception(miniature, tmp_path):
    before = process()

    def fail():
        with finn_environment(tmp_path / "build"):
            change_everything(tmp_path)
            raise SystemExit(1)

    with pytest.raises(SystemExit):
        fail()
    assert process() == before


def test_within_another_one_the_outer_one_goes_on(miniature, tmp_path):
    before = process()
    with finn_environment(tmp_path / "outer"):
        inside = process()
        with finn_environment():
            assert os.environ["FINN_BUILD_DIR"] == str(tmp_path / "outer")
        assert process() == inside
    assert process() == before


def test_there_is_a_build_folder(miniature, tmp_path):
    with finn_environment(tmp_path / "build"):
        assert os.environ["FINN_BUILD_DIR"] == str(tmp_path / "build")
        assert (tmp_path / "build").is_dir()


def test_a_build_folder_of_the_user_s_is_kept(miniature, tmp_path, monkeypatch):
    monkeypatch.setenv("FINN_BUILD_DIR", str(tmp_path / "mine"))
    with finn_environment(tmp_path / "build"):
        assert os.environ["FINN_BUILD_DIR"] == str(tmp_path / "mine")


def test_for_an_import_the_build_folder_is_gone_afterwards(miniature):
    with finn_environment():
        folder = Path(os.environ["FINN_BUILD_DIR"])
        assert folder.is_dir()
    assert not folder.exists()


def test_workers_know_what_this_process_knows(miniature):
    with finn_environment():
        assert multiprocessing.get_start_method() == "fork"


def test_what_is_printed_in_a_build_is_logged(miniature, tmp_path, caplog, capsys):
    caplog.set_level(logging.INFO, "brainsmith.build")
    with finn_environment(tmp_path / "build"):
        print("one line", end="\n\n")
        print("another", "line")
    assert caplog.messages == ["one line", "another line"]
    assert capsys.readouterr().out == ""


def test_warnings_that_logging_captured_before_are_captured_still(miniature, tmp_path):
    logging.captureWarnings(True)
    try:
        captured = warnings.showwarning
        with finn_environment(tmp_path / "build"):
            logging.captureWarnings(True)
        assert warnings.showwarning is captured
    finally:
        logging.captureWarnings(False)
    assert warnings.showwarning is not captured


def test_no_folder_is_made_in_the_user_s_home(miniature, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    with finn_environment():
        pass
    assert list(tmp_path.glob(".finn")) == []


def in_a_fresh_process(program, tmp_path):
    """What a program prints as JSON; importing FINN here would change what other tests find."""
    setup = f"""
import json
from pathlib import Path
from brainsmith_core.errors import BuildError
from brainsmith_finn_bridge.environment import finn_environment
FOLDER = Path({str(tmp_path)!r})
"""
    done = subprocess.run(
        [sys.executable, "-c", setup + program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.finn
def test_FINN_s_settings_are_initialised_only_within(finn_version, tmp_path):
    program = """
with finn_environment(FOLDER):
    from finn.util import settings
    within = str(settings.get_settings().finn_build_dir)
print(json.dumps([within, settings._SETTINGS is None]))
"""
    assert in_a_fresh_process(program, tmp_path) == [str(tmp_path), True]


@pytest.mark.finn
def test_without_a_Vivado_the_simulator_s_names_say_so_when_they_are_used(finn_version, tmp_path):
    program = """
with finn_environment():
    from finn import xsi
    try:
        xsi.SimEngine("a file")
    except BuildError as error:
        told = str(error)
print(json.dumps([told, "SimEngine" in vars(xsi)]))
"""
    told, stays = in_a_fresh_process(program, tmp_path)
    assert "RTL simulation (SimEngine) needs Vivado" in told
    assert "settings64.sh" in told
    assert not stays
