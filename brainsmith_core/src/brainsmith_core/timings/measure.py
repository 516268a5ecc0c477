# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Measuring in fresh processes, one at a time, so that nothing is hidden by what was loaded before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: After this many seconds a measurement is given up.
TIMEOUT = 120.0


def pack_cost(registration_name: str, *, timeout: float = TIMEOUT) -> dict[str, Any]:
    """What listing a pack takes.

    ``seconds``, ``megabytes`` (10⁶ bytes), how many ``modules`` and which ``heavy`` packages it imports, how
    many ``plugins`` it has, and the ``error`` that ended it, else an empty text.
    """
    return _run("pack", registration_name, timeout)


def plugin_cost(plugin: str, *, timeout: float = TIMEOUT) -> dict[str, Any]:
    """What loading the plugin of an id takes, in the same words but for ``plugins``."""
    return _run("plugin", plugin, timeout)


def _run(what: str, name: str, timeout: float) -> dict[str, Any]:
    empty = {"seconds": 0.0, "megabytes": 0.0, "modules": 0, "heavy": [], "error": ""}
    with TemporaryDirectory(prefix="brainsmith-timings-") as folder:
        request, answer = Path(folder) / "request.json", Path(folder) / "answer.json"
        request.write_text(json.dumps({"what": what, "name": name, "path": sys.path}), encoding="utf-8")
        # -P, so that nothing in the working folder is found.
        command = [sys.executable, "-P", "-m", "brainsmith_core.timings.child", str(request), str(answer)]
        try:
            # What is loaded may print whatever it likes; the answer comes by file.
            ended = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired:
            return {**empty, "seconds": timeout, "error": f"it took more than {timeout:g} s"}
        try:
            found: dict[str, Any] = json.loads(answer.read_text("utf-8"))
        except (OSError, ValueError):
            said = ended.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
            return {**empty, "error": said or f"the process ended with status {ended.returncode}"}
        return found
