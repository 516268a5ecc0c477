# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A tool's process, bounded in time and memory: core's."""

from brainsmith_core.tools import run_bounded

__all__ = ["run_bounded"]
