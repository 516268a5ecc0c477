# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The arguments of a build, as somebody may have given them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from brainsmith_core.build.verify import Verification
from brainsmith_core.errors import BuildError


def path_of(argument: str, value: Any, remedy: str) -> Path:
    """A path that was given as text or as a path; raises ``BuildError`` for anything else."""
    if isinstance(value, (str, os.PathLike)):
        return Path(value)
    fact = f"{argument} must be a path, not an object of the class {type(value).__name__}"
    raise BuildError(fact, place=f"build({argument}=…)", remedy=remedy)


def verification_of(value: Any) -> Verification | None:
    """How to verify, ``None`` for not at all; raises ``BuildError`` for what says neither."""
    if value is None or isinstance(value, Verification):
        return value
    if isinstance(value, (str, os.PathLike)):
        return Verification(inputs=value if isinstance(value, str) else Path(value))
    fact = f"verify={value!r:.60} does not say with which inputs"
    remedy = "pass verify='random', an .npz file or a Verification; leave it out for no verification"
    raise BuildError(fact, place="build(verify=…)", remedy=remedy)
