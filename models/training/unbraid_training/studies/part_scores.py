"""How well a network parts what is played: median uSDR on kits and voices that it has learned, and on those that it has not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ..constants import HOP, N_FFT, SEGMENT
from ..instruments import Orchestra
from ..library import Library
from ..spectral import istft, stft, to_graph
from . import drum_kit, lead_backing
from .training import trained

# Power below which a stem does not sound, in an excerpt at 0.01.
_SILENCE = 1e-7

Excerpt = Callable[[np.random.Generator], dict[str, np.ndarray]]


@dataclass(frozen=True)
class Parting:
    """What is played, and which of its parts are one stem of the model that ships."""

    excerpts: Callable[[Orchestra], Excerpt]
    stems: dict[str, tuple[str, ...]]
    graph: Callable[[nn.Module], nn.Module]
    n_fft: int
    hop: int
    segment: int


PARTINGS = {
    "drum-kit": Parting(
        lambda orchestra: drum_kit.Kits(orchestra).excerpt,
        drum_kit.JOINED,
        drum_kit.Joined,
        drum_kit.N_FFT,
        drum_kit.HOP,
        drum_kit.SEGMENT,
    ),
    "lead-backing": Parting(
        lambda orchestra: lead_backing.Voices(orchestra).excerpt,
        {stem: (stem,) for stem in lead_backing.STEMS},
        lambda network: network,
        N_FFT,
        HOP,
        SEGMENT,
    ),
}


@torch.no_grad()
def part(network: nn.Module, parting: Parting, mix: Tensor) -> Tensor:
    """Stems [s, 2, n] of a mixture [2, n] of one segment, as the app masks it."""
    spectrum = stft(mix.unsqueeze(0), parting.n_fft, parting.hop)
    masks = torch.zeros(len(parting.stems), *spectrum.shape[1:])
    masks[:, :, :-1] = parting.graph(network)(to_graph(spectrum))[0]
    return istft(masks * spectrum, mix.shape[-1], parting.n_fft, parting.hop)


def part_scores(checkpoint: Path, library: Path, held_out: bool, excerpts: int, seed: int) -> dict[str, list[float]]:
    """uSDR in dB (Music Demixing Challenge 2021) of each stem that sounds in a whole segment of an excerpt, by the stem's name;
    beside it that of the mixture in its place, by the name and " (mixture)". Raises KeyError for a study that parts nothing."""
    name, network = trained(checkpoint)
    parting = PARTINGS[name]
    draw = parting.excerpts(Orchestra(Library(library), held_out=held_out))
    rng = np.random.default_rng(seed)
    scores: dict[str, list[float]] = {stem + kind: [] for stem in parting.stems for kind in ("", " (mixture)")}
    for _ in range(excerpts):
        pieces = {piece: torch.from_numpy(wave) for piece, wave in draw(rng).items()}
        whole = torch.stack([sum(pieces[piece] for piece in names) for names in parting.stems.values()])
        for truth in whole.split(parting.segment, dim=2):
            if truth.shape[2] < parting.segment:
                continue
            mix = truth.sum(0)
            for stem, true, estimate in zip(parting.stems, truth, part(network, parting, mix), strict=True):
                if float((true**2).mean()) > _SILENCE:
                    scores[stem].append(_usdr(true, estimate))
                    scores[f"{stem} (mixture)"].append(_usdr(true, mix))
    return scores


def _usdr(true: Tensor, estimate: Tensor) -> float:
    error = float(((true - estimate) ** 2).sum())
    return 10 * float(np.log10((float((true**2).sum()) + 1e-7) / (error + 1e-7)))
