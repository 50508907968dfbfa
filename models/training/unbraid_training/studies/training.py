"""Trains the small networks: Adam at a falling rate, the studies with the loss of their authors; minutes each."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
import torch
from torch import Tensor, nn

from .. import checkpoint
from ..constants import HOP, N_FFT, SAMPLE_RATE, SEGMENT, STEMS, VOCALS
from ..instruments import Orchestra
from ..losses import LossWeights, row_loss
from ..networks.features import powers
from ..library import Library
from ..remix import Remixer, RemixSettings
from ..spectral import stft, to_graph
from ..store import Store
from . import deepconvsep, drum_kit, feedforward, lead_backing, lstm_mask, open_unmix
from .duet import Duets, at_rate


@dataclass(frozen=True)
class Sources:
    """Where examples come from: true stems, and the sample library of what is played."""

    data: tuple[Path, ...]
    library: Path | None
    seed: int

    def orchestra(self) -> Orchestra:
        """Raises ValueError without a library."""
        if self.library is None:
            raise ValueError("this study is played: name the archive of `prepare` by --library")
        return Orchestra(Library(self.library), held_out=False)

    def remixer(self, samples: int) -> Remixer:
        settings = RemixSettings(samples=samples, song_share=0.6)
        return Remixer(Store(list(self.data)), self.seed, settings)


Loss = Callable[[], Tensor]


@dataclass(frozen=True)
class Study:
    """A network, and a function that draws a batch and gives its loss."""

    network: Callable[[], nn.Module]
    loss: Callable[[nn.Module, Sources, np.random.Generator], Loss]
    rate: float = 1e-3


def _wave_fnn(network: nn.Module, sources: Sources, rng: np.random.Generator) -> Loss:
    duets = Duets(sources.orchestra(), feedforward.SAMPLE_RATE)

    def loss() -> Tensor:
        stems = duets.batch(rng, 8, 64 * feedforward.FRAME)
        mix = stems.sum(1, keepdim=True)
        error = network(mix)[:, :, 0] - stems
        return (error**2).sum() / (stems**2).sum()

    return loss


def _spectrum_fnn(network: nn.Module, sources: Sources, rng: np.random.Generator) -> Loss:
    duets = Duets(sources.orchestra(), feedforward.SAMPLE_RATE)

    def loss() -> Tensor:
        stems = duets.batch(rng, 8, 2 * feedforward.SAMPLE_RATE)
        truth = stft(stems, feedforward.N_FFT, feedforward.HOP).abs().transpose(2, 3)
        mix = stft(stems.sum(1), feedforward.N_FFT, feedforward.HOP).abs().transpose(1, 2)
        estimate = network(mix.unsqueeze(1))[:, :, 0] * mix.unsqueeze(1)
        return ((estimate - truth) ** 2).sum() / (truth**2).sum()

    return loss


def _lstm(network: nn.Module, sources: Sources, _rng: np.random.Generator) -> Loss:
    remixer = sources.remixer(4 * SAMPLE_RATE)

    def loss() -> Tensor:
        stems, _ = remixer.batch(8)
        mono = torch.from_numpy(at_rate(stems.mean(2).numpy(), lstm_mask.SAMPLE_RATE))
        parts = torch.stack([mono[:, VOCALS], mono.sum(1) - mono[:, VOCALS]], dim=1)
        truth = stft(parts, lstm_mask.N_FFT, lstm_mask.HOP).abs().transpose(2, 3)
        mix = stft(parts.sum(1), lstm_mask.N_FFT, lstm_mask.HOP).abs().transpose(1, 2)
        level = mix.amax(dim=(1, 2), keepdim=True) + 1e-8
        masks = network.masks(mix)
        return 1e3 * lstm_mask.discriminative_loss(masks, truth / level.unsqueeze(1), mix / level)

    return loss


def _deepconvsep(network: nn.Module, sources: Sources, rng: np.random.Generator) -> Loss:
    """Every stem comes from any song of the batch, and now and then one channel is muted."""
    block = (deepconvsep.BLOCK - 1) * deepconvsep.HOP
    remixer = sources.remixer(8 * block)

    def loss() -> Tensor:
        stems, _ = remixer.batch(3)
        pieces = torch.cat(stems.split(block, dim=3))
        spectra = stft(pieces, deepconvsep.N_FFT, deepconvsep.HOP).transpose(3, 4)
        if rng.random() < 0.5:
            spectra = torch.stack([spectra[torch.randperm(len(spectra)), s] for s in range(len(STEMS))], dim=1)
        if rng.random() < 0.2:
            spectra[:, :, rng.integers(2)] = 0
        mix = spectra.sum(1).abs()
        level = mix.amax(dim=(1, 2, 3), keepdim=True) + 1e-8
        estimates = network.estimates(mix / level)
        masked = feedforward.shares(estimates) * (mix / level).unsqueeze(1)
        return 1e3 * ((masked - spectra.abs() / level.unsqueeze(1)) ** 2).mean()

    return loss


class FourUnmix(nn.Module):
    """The four targets' networks, which learn from the same batches and know nothing of each other."""

    def __init__(self) -> None:
        super().__init__()
        self.targets = nn.ModuleDict({stem: open_unmix.SmallUnmix() for stem in STEMS})


def _open_unmix(network: nn.Module, sources: Sources, _rng: np.random.Generator) -> Loss:
    remixer = sources.remixer(128 * open_unmix.HOP)

    def draw() -> Tensor:
        stems, _ = remixer.batch(6)
        return stft(stems, open_unmix.N_FFT, open_unmix.HOP)

    first = draw().sum(1).abs()
    for target in network.targets.values():
        target.hear(first)

    def loss() -> Tensor:
        spectra = draw()
        mix = spectra.sum(1).abs()
        errors = [
            ((target(mix) - spectra[:, STEMS.index(stem)].abs()) ** 2).mean()
            for stem, target in network.targets.items()
        ]
        return torch.stack(errors).sum()

    return loss


# Examples of a step.
_BATCH = 8


def _rows(network: nn.Module, draw: Callable[[int], Tensor], n_fft: int, hop: int) -> Loss:
    """The loss of the four stems, of batches [b, s, 2, samples] that add up to the mixture."""
    weights = LossWeights()

    def loss() -> Tensor:
        with torch.no_grad():
            stems = draw(_BATCH)
            level = stems.sum(1).pow(2).mean(dim=(1, 2)).sqrt().clamp_min(1e-4).reshape(-1, 1, 1, 1)
            spectra = stft(stems / level, n_fft, hop)
            target = torch.stack([to_graph(stem) for stem in spectra.unbind(1)], dim=1)
            rows = network.pool(powers(target.sum(1)))
        return row_loss(network.row_masks(rows), target, None, network.pool, weights)

    return loss


def _drum_kit(network: nn.Module, sources: Sources, rng: np.random.Generator) -> Loss:
    kits = drum_kit.Kits(sources.orchestra())
    return _rows(network, lambda size: kits.batch(rng, size, drum_kit.SEGMENT), drum_kit.N_FFT, drum_kit.HOP)


def _lead_backing(network: nn.Module, sources: Sources, rng: np.random.Generator) -> Loss:
    sung = lead_backing.Voices(sources.orchestra())
    return _rows(network, lambda size: sung.batch(rng, size, SEGMENT), N_FFT, HOP)


STUDIES = {
    "drum-kit": Study(drum_kit.network, _drum_kit, rate=2e-3),
    "lead-backing": Study(lead_backing.network, _lead_backing, rate=2e-3),
    "fnn-wave": Study(feedforward.WaveFnn, _wave_fnn),
    "fnn-spectrogram": Study(feedforward.SpectrumFnn, _spectrum_fnn),
    "lstm-mask": Study(lstm_mask.LstmMask, _lstm),
    "deepconvsep": Study(deepconvsep.DeepConvSep, _deepconvsep),
    "openunmix-small": Study(FourUnmix, _open_unmix, rate=2e-3),
}


def train(name: str, out: Path, sources: Sources, minutes: float, start: Path | None = None) -> int:
    """Trains for so many minutes, on from the weights of `start` if given, and writes `last.pt` and `log.ndjson` into `out`;
    returns the number of steps. Raises KeyError for an unknown study."""
    study = STUDIES[name]
    torch.manual_seed(sources.seed)
    network = study.network()
    if start:
        network.load_state_dict(checkpoint.load(start)["ema"])
    loss_of = study.loss(network, sources, np.random.default_rng(sources.seed))
    optimiser = torch.optim.Adam(network.parameters(), lr=study.rate)
    average = checkpoint.Ema(network, 0.99)
    out.mkdir(parents=True, exist_ok=True)
    started, steps, recent = time.perf_counter(), 0, []
    while (progress := (time.perf_counter() - started) / (60 * minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = study.rate * (0.02 + 0.49 * (1 + math.cos(math.pi * progress)))
        network.train()
        loss = loss_of()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5)
        optimiser.step()
        average.update(network)
        steps += 1
        recent.append(float(loss.detach()))
        if len(recent) == 50:
            line = {"step": steps, "minutes": round(minutes * progress, 3), "loss": round(float(np.mean(recent)), 6)}
            with open(out / "log.ndjson", "a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            recent = []
    checkpoint.save(out / "last.pt", {"study": name, "ema": average.network.state_dict(), "steps": steps})
    return steps


def trained(path: Path) -> tuple[str, nn.Module]:
    """The name of a checkpoint's study, and its network, ready to use."""
    state = checkpoint.load(path)
    network = STUDIES[state["study"]].network()
    network.load_state_dict(state["ema"])
    return state["study"], network.eval()
