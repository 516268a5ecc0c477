# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""FINN's environment with the kernels of a build in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from brainsmith_core.build.configuration import BuildConfig
from brainsmith_finn_bridge.environment import finn_environment
from brainsmith_finn_bridge.kernels.kernel import native_kernels
from brainsmith_finn_bridge.kernels.registration import register


@contextmanager
def environment_with_kernels(config: BuildConfig) -> Iterator[None]:
    """``finn_environment`` in the build's folder, with its blueprint's kernels registered.

    FINN's operators are imported only if there are kernels of other packs. Raises ``HardwareError`` as
    ``native_kernels`` and ``register`` do.
    """
    with finn_environment(config.output_dir / "finn"):
        if kernels := native_kernels(config.kernels):
            register(kernels)
        yield
