# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The experiment: the command line that both training scripts share."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import torch
from examples.training.publication import publish, restore
from examples.training.quantisers import PIXEL_BITS
from examples.training.recipe import (
    accuracy,
    seed_everything,
    train_float,
    train_quantised,
    without_quantisation,
)
from examples.training.split import split_digits
from torch import nn


def run(
    build_network: Callable[[], nn.Module],
    folder: Path,
    *,
    row_shape: tuple[int, ...],
    epochs: int,
    quantised_epochs: int,
) -> None:
    """Train what ``build_network`` returns and publish it in ``folder``.

    ``row_shape`` is the shape of one image as the network takes it; the epochs are the command line's
    defaults.
    """
    words = _arguments(folder, epochs, quantised_epochs)
    split = split_digits()
    train_images = torch.from_numpy(split.train_images).reshape(-1, *row_shape)
    test_images = torch.from_numpy(split.test_images).reshape(-1, *row_shape)
    train_labels, test_labels = torch.from_numpy(split.train_labels), torch.from_numpy(split.test_labels)

    seed_everything(words.seed)
    network = build_network()
    if words.export_only:
        restore(network, folder)
        float_accuracy = json.loads((folder / "accuracy.json").read_text())["float_accuracy"]
    else:
        train_float(network, train_images, train_labels, epochs=words.epochs)
        with without_quantisation(network):
            float_accuracy = accuracy(network, test_images, test_labels)
        train_quantised(network, train_images, train_labels, epochs=words.quantised_epochs)
    publish(
        network,
        folder,
        images=test_images,
        labels=test_labels,
        input_datatype=f"UINT{PIXEL_BITS}",
        float_accuracy=float_accuracy,
    )


def _arguments(folder: Path, epochs: int, quantised_epochs: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=f"Train the network and write its files to {folder}.")
    parser.add_argument("--epochs", type=int, default=epochs, help="in floating point (default: %(default)s)")
    parser.add_argument(
        "--quantised-epochs",
        type=int,
        default=quantised_epochs,
        help="after the scales are calibrated (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0, help="of weights and batches (default: %(default)s)")
    parser.add_argument(
        "--export-only", action="store_true", help="export the network of weights.npz, without training"
    )
    return parser.parse_args()
