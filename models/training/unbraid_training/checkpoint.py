"""Everything a training run needs to go on exactly where it stopped."""

from __future__ import annotations

import copy
import os
from pathlib import Path

import numpy as np
import torch
from torch import nn


class Ema:
    """Exponential moving average of a network's weights and statistics; better to use than the last step's."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.steps = 0
        self.network = copy.deepcopy(network).eval()
        for parameter in self.network.parameters():
            parameter.requires_grad_(False)

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        # A young average follows fast, so that the random start is soon forgotten.
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        own = self.network.state_dict()
        for name, value in network.state_dict().items():
            if value.dtype.is_floating_point:
                own[name].lerp_(value.detach(), 1 - decay)
            else:
                own[name].copy_(value)


def save(path: Path, state: dict) -> None:
    """Writes a checkpoint whole or not at all."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)


def pack(path: Path, out: Path, average_only: bool = False, steps: int = 0) -> None:
    """A checkpoint that travels: weights and their average (or that alone) as float16, the step, no optimiser; a quarter of
    the size, or an eighth. `steps` above 0 is the step of a longer schedule that it stands for."""
    state = load(path)
    kept = {name: state[name] for name in ("settings", "ema_steps", "steps", "elapsed")}
    kept["steps"] = steps or kept["steps"]
    for name in ("ema",) if average_only else ("network", "ema"):
        kept[name] = {key: _halved(value) for key, value in state[name].items()}
    out.parent.mkdir(parents=True, exist_ok=True)
    save(out, kept)


def _halved(value: torch.Tensor) -> torch.Tensor:
    """float16 where the numbers fit: the variance of a norm may be above its 65504."""
    fits = value.dtype.is_floating_point and bool((value.abs() < torch.finfo(torch.float16).max).all())
    return value.half() if fits else value


def load(path: Path, device: torch.device | str = "cpu") -> dict:
    """Reads a checkpoint of this package. It holds Python objects: open only files you trust."""
    try:
        return torch.load(path, map_location=device, weights_only=False)
    except TypeError:
        # Releases before 1.13 have no such argument.
        return torch.load(path, map_location=device)


def rng_state(generator: np.random.Generator) -> dict:
    state = {"numpy": generator.bit_generator.state, "torch": torch.get_rng_state()}
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state_all()
    return state


def restore_rng(state: dict, generator: np.random.Generator) -> None:
    generator.bit_generator.state = state["numpy"]
    torch.set_rng_state(state["torch"].cpu())
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state_all([part.cpu() for part in state["cuda"]])
