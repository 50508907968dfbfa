"""How well a network parts drums: median uSDR over grooves on kits that it has learned, and on kits that it has not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ..instruments import Orchestra
from ..library import Library
from ..spectral import istft, stft
from . import drum_kit
from .training import trained

# Power below which a stem does not sound, in a groove at 0.01.
_SILENCE = 1e-7


@torch.no_grad()
def part(network: nn.Module, mix: Tensor) -> Tensor:
    """Stems [4, 2, SEGMENT] of `drum_kit.JOINED` of a mixture [2, SEGMENT], as the app masks a segment."""
    spectrum = stft(mix.unsqueeze(0), drum_kit.N_FFT, drum_kit.HOP)
    masks = torch.zeros(len(drum_kit.JOINED), *spectrum.shape[1:])
    masks[:, :, : drum_kit.BINS] = drum_kit.Joined(network)(drum_kit.to_graph(spectrum))[0]
    return istft(masks * spectrum, mix.shape[-1], drum_kit.N_FFT, drum_kit.HOP)


def kit_scores(checkpoint: Path, library: Path, held_out: bool, excerpts: int, seed: int) -> dict[str, list[float]]:
    """uSDR in dB (Music Demixing Challenge 2021) of each stem that sounds in a half of an excerpt, by the stem's name."""
    network = trained(checkpoint)[1]
    kits = drum_kit.Kits(Orchestra(Library(library), held_out=held_out))
    rng = np.random.default_rng(seed)
    scores: dict[str, list[float]] = {stem: [] for stem in drum_kit.JOINED}
    for _ in range(excerpts):
        pieces = {name: torch.from_numpy(wave) for name, wave in kits.excerpt(rng).items()}
        whole = torch.stack([sum(pieces[name] for name in names) for names in drum_kit.JOINED.values()])
        for truth in whole.split(drum_kit.SEGMENT, dim=2):
            if truth.shape[2] < drum_kit.SEGMENT:
                continue
            for stem, true, estimate in zip(scores, truth, part(network, truth.sum(0)), strict=True):
                if float((true**2).mean()) > _SILENCE:
                    error = float(((true - estimate) ** 2).sum())
                    scores[stem].append(10 * np.log10((float((true**2).sum()) + 1e-7) / (error + 1e-7)))
    return scores
