# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that leaves out the last letter of a hook's name."""

from __future__ import annotations

from brainsmith_core import KernelRecord, hookimpl


@hookimpl
def register_kernel() -> list[KernelRecord]:
    return [KernelRecord(name="Lost", target="unknown_hook_pack:Lost")]
