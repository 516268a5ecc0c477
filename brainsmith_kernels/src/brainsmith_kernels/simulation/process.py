# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A tool's process, bounded in time and memory."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from brainsmith_core.errors import HardwareError

_SHOWN = 1500


def run_bounded(
    words: Sequence[str | Path],
    folder: Path,
    *,
    seconds: int,
    gigabytes: int = 4,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a command in a folder and return what it printed.

    Raises ``HardwareError`` with the end of its output if it fails, takes longer than the seconds or wants
    more address space than the gigabytes; nothing of it is left running.
    """
    command = [str(word) for word in words]
    limited = ["sh", "-c", 'ulimit -v "$0" && exec "$@"', str(gigabytes << 20), *command]
    process = subprocess.Popen(
        limited,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(environment or {})},
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    name = Path(command[0]).name
    try:
        printed, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise HardwareError(
            f"{name} took longer than {seconds} s", place=str(folder), remedy="choose smaller parameters"
        ) from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode:
        shown = printed[-_SHOWN:].strip()
        fact = f"{name} ended with status {process.returncode} (at most {gigabytes} GB):\n{shown}"
        raise HardwareError(fact, place=str(folder), remedy="keep its files in a folder of your own")
    return printed
