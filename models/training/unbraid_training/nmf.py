"""Supervised non-negative matrix factorisation, the baseline of the years before networks.

Every stem gets a dictionary of spectra learned from its own recordings (Smaragdis, Raj & Shashanka, 2007, with
the Kullback–Leibler updates of Lee & Seung, 2001); in a mixture only the activations are fitted, and the stems'
shares of the model become ratio masks.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .constants import STEMS
from .spectral import istft, stft
from .store import Store

_EPS = 1e-8
# Frames fitted at once: bounds memory, and activations of one frame do not depend on another's.
_BLOCK = 1024


def magnitudes(wave: np.ndarray) -> Tensor:
    """[2, samples] to the mean magnitude of both channels, [bins, frames]."""
    return stft(torch.from_numpy(wave)).abs().mean(0)


def activations(spectra: Tensor, target: Tensor, rounds: int) -> Tensor:
    """Fits [components, frames] so that spectra [bins, components] times it comes near target [bins, frames]."""
    active = torch.full((spectra.shape[1], target.shape[1]), float(target.mean()) + _EPS)
    weight = spectra.sum(0).reshape(-1, 1) + _EPS
    for _ in range(rounds):
        active = active * (spectra.T @ (target / (spectra @ active + _EPS))) / weight
    return active


def learn(target: Tensor, components: int, rounds: int, seed: int) -> Tensor:
    """A dictionary [bins, components] of unit sums for magnitudes [bins, frames]."""
    source = torch.Generator().manual_seed(seed)
    picked = torch.randint(target.shape[1], (components,), generator=source)
    spectra = target[:, picked] + target.mean() * torch.rand(target.shape[0], components, generator=source)
    spectra = spectra / spectra.sum(0)
    active = activations(spectra, target, 5)
    for _ in range(rounds):
        ratio = target / (spectra @ active + _EPS)
        spectra = spectra * (ratio @ active.T) / (active.sum(1) + _EPS)
        spectra = spectra / (spectra.sum(0) + _EPS)
        active = active * (spectra.T @ (target / (spectra @ active + _EPS)))
    return spectra


def dictionaries(
    folders: list[Path], components: int = 48, excerpts: int = 120, rounds: int = 60, seed: int = 1
) -> list[Tensor]:
    """One dictionary a stem, from loud frames of random moments of songs; `joint` songs teach no bass and other."""
    songs = Store(folders).songs
    rng = np.random.default_rng(seed)
    made = []
    for stem in STEMS:
        known = [song for song in songs if stem in song.stems and not (song.joint and stem in ("bass", "other"))]
        pieces = []
        for song in rng.choice(np.array(known, dtype=object), excerpts):
            start = int(rng.integers(0, max(1, song.frames - 131072)))
            piece = magnitudes(song.read(stem, start, 131072))
            loud = piece.sum(0)
            pieces.append(piece[:, loud > 0.1 * loud.max() + _EPS])
        frames = torch.cat(pieces, dim=1)
        chosen = torch.from_numpy(rng.permutation(frames.shape[1])[:6000])
        # Every frame counts alike, however loud its song.
        chosen_frames = frames[:, chosen] / (frames[:, chosen].sum(0) + _EPS)
        made.append(learn(chosen_frames, components, rounds, seed))
    return made


def nmf_separate(spectra: list[Tensor], mix: np.ndarray, rounds: int = 40) -> np.ndarray:
    """A mixture [2, samples] to stems [s, 2, samples] that add up to it (but for empty bins)."""
    spectrum = stft(torch.from_numpy(mix))
    target = spectrum.abs().mean(0)
    whole = torch.cat(spectra, dim=1)
    sizes = [part.shape[1] for part in spectra]
    shares = []
    for block in target.split(_BLOCK, dim=1):
        active = activations(whole, block, rounds).split(sizes, dim=0)
        parts = torch.stack([part @ own for part, own in zip(spectra, active)])
        shares.append(parts / (parts.sum(0) + _EPS))
    masks = torch.cat(shares, dim=2)
    return np.stack([istft(spectrum * mask, mix.shape[1]).numpy() for mask in masks])


def nmf_method(folders: list[Path]):
    """A `Method` of `evaluate` with dictionaries learned from training sets."""
    spectra = dictionaries(folders)
    return lambda _song, mix: nmf_separate(spectra, mix)

