"""Two numbers that training does not set: how sharp masks are, and how readily a stem is heard."""

from __future__ import annotations

from pathlib import Path

import torch

from . import checkpoint
from .constants import STEMS


def calibrate(path: Path, out: Path, sharpness: float, bias: dict[str, float]) -> None:
    """Writes a checkpoint whose softmax masks are those of sharpness · logits + bias. A bias below 0 makes a stem
    take less, `sharpness` below 1 makes masks softer. Raises ValueError for a network without softmax masks."""
    state = checkpoint.load(path)
    weights = state["ema"]
    if "unembed.weight" not in weights or weights["unembed.weight"].shape[0] != 2 * len(STEMS):
        raise ValueError(f"{path}: only networks with one softmax mask a row can be calibrated")
    shift = torch.tensor([bias.get(stem, 0.0) for stem in STEMS]).repeat_interleave(2)
    weights["unembed.weight"] = sharpness * weights["unembed.weight"]
    weights["unembed.bias"] = sharpness * weights["unembed.bias"] + shift
    out.parent.mkdir(parents=True, exist_ok=True)
    checkpoint.save(out, state)
