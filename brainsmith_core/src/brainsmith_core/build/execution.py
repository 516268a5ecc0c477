# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The execution of a model: what a framework raises meanwhile, told as an error of the build."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from brainsmith_core.errors import BrainsmithError, BuildError
from brainsmith_core.loading import describe


@contextmanager
def executing(place: str, option: str) -> Iterator[None]:
    """Make a ``BuildError`` of what is raised while a model is prepared or run at ``place``.

    ``option`` is the one that asked for it and can be left out. An error of ours only learns its place.
    """
    try:
        yield
    except BrainsmithError as error:
        error.place = error.place or place
        raise
    except Exception as error:
        raise BuildError(
            f"the model cannot be executed: {describe(error)}",
            place=place,
            remedy=f"build without {option}, or with --stop before the step after which it cannot",
        ) from error
