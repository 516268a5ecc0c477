# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Train the perceptron and export it: ``python -m examples.digits.train`` in the root folder."""

from __future__ import annotations

from pathlib import Path

from examples.digits.network import DigitsMLP
from examples.training.experiment import run

if __name__ == "__main__":
    run(DigitsMLP, Path(__file__).parent, row_shape=(64,), epochs=40, quantised_epochs=20)
