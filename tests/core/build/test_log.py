# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What goes into the build log, and that nothing of it stays behind."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

import pytest

from brainsmith_core.build.log import NOTES, build_log


def test_what_is_logged_and_warned_of_is_kept(tmp_path: Path) -> None:
    with build_log(tmp_path / "build.log"):
        logging.getLogger("brainsmith.build").info("step 1 begins")
        logging.getLogger("some.library").error("odd %s", "weights")
        warnings.warn("shapes disagree", UserWarning, stacklevel=1)
    text = (tmp_path / "build.log").read_text()
    assert "INFO brainsmith.build: step 1 begins" in text
    assert "ERROR some.library: odd weights" in text
    assert "UserWarning: shapes disagree" in text


def test_notes_are_told_and_kept(tmp_path: Path) -> None:
    told: list[str] = []
    with build_log(tmp_path / "build.log", told.append):
        logging.getLogger(NOTES).warning("%s found nothing to replace", "Softmax")
        logging.getLogger("brainsmith.build").warning("for the log alone")
    logging.getLogger(NOTES).warning("too late")
    assert told == ["Softmax found nothing to replace"]
    assert "WARNING brainsmith.build.notes: Softmax found nothing" in (tmp_path / "build.log").read_text()


def test_a_second_run_adds_to_it(tmp_path: Path) -> None:
    for run in ("first", "second"):
        with build_log(tmp_path / "build.log"):
            logging.getLogger().error(run)
    assert [line.split()[-1] for line in (tmp_path / "build.log").read_text().splitlines()] == [
        "first",
        "second",
    ]


def test_nothing_of_it_stays_behind_even_after_an_error(tmp_path: Path) -> None:
    handlers, level = list(logging.getLogger().handlers), logging.getLogger("brainsmith.build").level
    show = warnings.showwarning
    with pytest.raises(KeyboardInterrupt), build_log(tmp_path / "build.log"):
        raise KeyboardInterrupt
    assert logging.getLogger().handlers == handlers
    assert logging.getLogger(NOTES).handlers == []
    assert logging.getLogger("brainsmith.build").level == level
    assert warnings.showwarning is show
    assert not (tmp_path / "build.log").exists()


def test_a_log_that_cannot_be_written_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "build.log").mkdir()
    with build_log(tmp_path / "build.log"):
        logging.getLogger().error("lost")
    with build_log(Path("/dev/full")):
        logging.getLogger().error("lost")
    assert "Traceback" not in capsys.readouterr().err


def test_a_level_that_was_chosen_is_respected(tmp_path: Path) -> None:
    logger = logging.getLogger("brainsmith.build")
    logger.setLevel(logging.ERROR)
    try:
        with build_log(tmp_path / "build.log"):
            logger.info("step 1 begins")
    finally:
        logger.setLevel(logging.NOTSET)
    assert not (tmp_path / "build.log").exists()
