# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The network: a multilayer perceptron with 4-bit weights and 4-bit activations."""

from __future__ import annotations

from examples.training.quantisers import linear, pixels, unsigned
from torch import Tensor, nn


class DigitsMLP(nn.Module):
    """64 pixels in, two hidden layers of 32, ten logits out."""

    def __init__(self, pixel_count: int = 64, hidden: int = 32, classes: int = 10) -> None:
        super().__init__()
        self.pixels = pixels()
        self.hidden1 = _hidden_layer(pixel_count, hidden)
        self.hidden2 = _hidden_layer(hidden, hidden)
        self.classifier = linear(hidden, classes)

    def forward(self, image: Tensor) -> Tensor:
        return self.classifier(self.hidden2(self.hidden1(self.pixels(image))))


def _hidden_layer(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU(), unsigned(4))
