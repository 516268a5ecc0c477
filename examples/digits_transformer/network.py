# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The network: a transformer encoder with 4-bit weights and 8-bit activations, each image row a token."""

from __future__ import annotations

import math

import torch
from examples.training.quantisers import linear, pixels, signed, unsigned
from torch import Tensor, nn

# FINN's arithmetic and ours want integers on both sides of every nonlinear operation, hence a quantiser
# before and after each.


class DigitsTransformer(nn.Module):
    """Eight tokens of eight pixels in, pre-norm encoder blocks, ten logits out.

    Everything added along the residual path goes through one shared quantiser, so that the sums are of
    integers with the same scale.
    """

    def __init__(
        self,
        tokens: int = 8,
        pixel_count: int = 8,
        width: int = 32,
        heads: int = 2,
        blocks: int = 1,
        classes: int = 10,
    ) -> None:
        super().__init__()
        self.pixels = pixels()
        self.embedding = linear(pixel_count, width)
        self.positions = nn.Parameter(0.1 * torch.randn(1, tokens, width))
        self.residual = signed(8)
        self.blocks = nn.ModuleList(EncoderBlock(tokens, width, heads, self.residual) for _ in range(blocks))
        self.norm = QuantisedLayerNorm(width)
        self.classifier = linear(tokens * width, classes)

    def forward(self, image: Tensor) -> Tensor:
        tokens = self.residual(self.embedding(self.pixels(image)))
        tokens = self.residual(tokens + self.residual(self.positions))
        for block in self.blocks:
            tokens = block(tokens)
        return self.classifier(self.norm(tokens).reshape(-1, self.classifier.in_features))


class EncoderBlock(nn.Module):
    """Self-attention and a two-layer perceptron with GELU, each normalised before and added to its input."""

    def __init__(self, tokens: int, width: int, heads: int, residual: nn.Module) -> None:
        super().__init__()
        self.residual = residual
        self.norm1 = QuantisedLayerNorm(width)
        self.attention = SelfAttention(tokens, width, heads)
        self.norm2 = QuantisedLayerNorm(width)
        self.expand = linear(width, 2 * width)
        self.expanded = signed(8)
        self.gelu = nn.GELU()
        self.activated = signed(8)
        self.contract = linear(2 * width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = self.residual(tokens + self.residual(self.attention(self.norm1(tokens))))
        hidden = self.activated(self.gelu(self.expanded(self.expand(self.norm2(tokens)))))
        return self.residual(tokens + self.residual(self.contract(hidden)))


class SelfAttention(nn.Module):
    """Scaled dot-product attention; scores are signed and attention weights unsigned, both 8 bits."""

    def __init__(self, tokens: int, width: int, heads: int) -> None:
        super().__init__()
        self.joined_shape = (-1, tokens, width)
        self.split_shape = (-1, tokens, heads, width // heads)
        self.temperature = math.sqrt(width // heads)
        self.query, self.key, self.value = (linear(width, width) for _ in range(3))
        self.quantised_query, self.quantised_key, self.quantised_value = (signed(8) for _ in range(3))
        self.scores = signed(8)
        self.softmax = nn.Softmax(dim=-1)
        self.weights = unsigned(8)
        self.mixed = signed(8)
        self.projection = linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        query = self._split(self.quantised_query(self.query(tokens)))
        key = self._split(self.quantised_key(self.key(tokens)))
        value = self._split(self.quantised_value(self.value(tokens)))
        scores = self.scores(query @ key.transpose(-2, -1) / self.temperature)
        mixed = self.mixed(self.weights(self.softmax(scores)) @ value)
        return self.projection(mixed.transpose(1, 2).reshape(self.joined_shape))

    def _split(self, tokens: Tensor) -> Tensor:
        return tokens.reshape(self.split_shape).transpose(1, 2)


class QuantisedLayerNorm(nn.Module):
    """Layer normalisation over the width, with an 8-bit result."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.normalised = signed(8)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.normalised(self.norm(tokens))
