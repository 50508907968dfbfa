"""Weights between two checkpoints of one run: a short step back from what a longer training has learned by heart."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from . import checkpoint
from .networks import build
from .remix import Remixer
from .spectral import stft, to_graph


def average(
    first: Path, second: Path, share: float, out: Path, remixer: Remixer, batches: int, batch: int = 8
) -> None:
    """Writes (1 − share) · first + share · second, with the statistics of its norms measured anew on `batches` of
    training examples: those of two networks do not average (Izmailov et al., UAI 2018). Raises ValueError for
    networks of different sizes."""
    states = [checkpoint.load(path) for path in (first, second)]
    settings = states[0]["settings"]
    if states[1]["settings"]["network"] != settings["network"]:
        raise ValueError(f"{first} and {second} are not the same network")
    network = build(settings["network"])
    mixed = {}
    for name, one in states[0]["ema"].items():
        other = states[1]["ema"][name]
        mixed[name] = torch.lerp(one, other, share) if one.dtype.is_floating_point else one
    network.load_state_dict(mixed)
    measure_norms(network, remixer, batches, batch)
    out.parent.mkdir(parents=True, exist_ok=True)
    checkpoint.save(out, {"settings": {"network": settings["network"]}, "ema": network.state_dict()})


@torch.no_grad()
def measure_norms(network: nn.Module, remixer: Remixer, batches: int, batch: int) -> None:
    """Sets running means and variances to the plain averages over examples at the level the training has."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None
    network.train()
    for _ in range(batches):
        mix = remixer.batch(batch)[0].sum(1)
        level = mix.pow(2).mean(dim=(1, 2)).sqrt().clamp_min(1e-4).reshape(-1, 1, 1)
        network(to_graph(stft(mix / level)))
    network.eval()
