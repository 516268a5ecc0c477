# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Train the transformer and export it: ``python -m examples.digits_transformer.train`` in the root folder."""

from __future__ import annotations

from pathlib import Path

from examples.digits_transformer.network import DigitsTransformer
from examples.training.experiment import run

if __name__ == "__main__":
    run(DigitsTransformer, Path(__file__).parent, row_shape=(8, 8), epochs=40, quantised_epochs=15)
