# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Errors in a pack's own code, told as that pack's."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path

import click

from brainsmith_core.errors import BrainsmithError, HardwareError
from brainsmith_core.loading import describe
from brainsmith_core.records import BackendRecord


@contextmanager
def blaming(record: BackendRecord) -> Iterator[None]:
    """Make what a back end's code raises a ``HardwareError`` with its owner, file and line.

    Errors that have a remedy already, and those of a full disk, are let through.
    """
    try:
        yield
    except (BrainsmithError, click.ClickException):
        raise
    except (Exception, SystemExit) as error:
        if isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT):
            raise
        owner = f"{record.distribution} {record.distribution_version}".strip()
        whose = f" of {owner}" if owner else ""
        report = f"report it to the authors of {record.distribution}; " if record.distribution else ""
        raise HardwareError(
            f"the back end {record.qualified_name}{whose} failed: {describe(error)}",
            place=_place(error, record),
            remedy=f"{report}BRAINSMITH_PLUGIN_DEBUG=1 shows the traceback",
        ) from error


def _place(error: BaseException, record: BackendRecord) -> str:
    """The innermost line of the pack's; a line of a template that jinja2 renders is one, too."""
    frames = traceback.extract_tb(error.__traceback__)
    folders = _folders(record.module.partition(".")[0])
    own = [frame for frame in frames if any(Path(frame.filename).is_relative_to(each) for each in folders)]
    frame = (own or frames)[-1]
    return f"{frame.filename}:{frame.lineno}"


def _folders(package: str) -> list[str]:
    """Where a package's files are; for a single module, the file itself."""
    module = sys.modules.get(package)
    file = getattr(module, "__file__", None)
    return [*getattr(module, "__path__", ())] or ([file] if file else [])
