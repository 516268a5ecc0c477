# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The recipe: train in floating point, calibrate the scales, then go on training with quantisation."""

from __future__ import annotations

import torch
from brevitas.graph.calibrate import calibration_mode, quantization_status_manager
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

BATCH_ROWS = 64
LEARNING_RATE = 5e-3


def seed_everything(seed: int = 0) -> None:
    """Make a training run repeat itself on the same machine."""
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    # Sums over several threads depend on how many there are.
    torch.set_num_threads(1)


def train_float(network: nn.Module, images: Tensor, labels: Tensor, *, epochs: int) -> None:
    """Train ``network`` with every quantiser switched off."""
    with without_quantisation(network):
        _fit(network, images, labels, epochs=epochs, learning_rate=LEARNING_RATE)


def train_quantised(network: nn.Module, images: Tensor, labels: Tensor, *, epochs: int) -> None:
    """Set the scales from the activations that the training images cause, then train with them."""
    network.train()
    with torch.no_grad(), calibration_mode(network):
        for rows in torch.arange(len(images)).split(BATCH_ROWS):
            network(images[rows])
    _fit(network, images, labels, epochs=epochs, learning_rate=LEARNING_RATE / 2)


def accuracy(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    """The fraction of images whose largest output is at their label."""
    network.eval()
    with torch.no_grad():
        hits = network(images).argmax(dim=1) == labels
    return float(hits.double().mean())


def without_quantisation(network: nn.Module) -> quantization_status_manager:
    """A context in which ``network`` computes in floating point."""
    return quantization_status_manager(network, disable_act_quant=True, disable_weight_quant=True)


def _fit(network: nn.Module, images: Tensor, labels: Tensor, *, epochs: int, learning_rate: float) -> None:
    optimiser = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=1e-2)
    batches = -(-len(images) // BATCH_ROWS)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=learning_rate, total_steps=max(epochs * batches, 1)
    )
    network.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(images)).split(BATCH_ROWS):
            loss = cross_entropy(network(images[rows]), labels[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
