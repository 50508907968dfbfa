"""What an estimate of a stem got wrong: what it lost of the stem, and what bled in from the rest, by band."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from .constants import N_FFT, SAMPLE_RATE
from .metrics import si_sdr, usdr
from .spectral import stft

# Edges of the bands that figures are given for, hertz.
BAND_EDGES = (0, 150, 500, 1500, 4000, 10000)
BANDS = tuple(f"{low}-{high}" for low, high in zip(BAND_EDGES, BAND_EDGES[1:]))

# A gain above this is a bin where the mixture all but cancels, not a mask.
_MOST_GAIN = 2.0

# Samples that are transformed together.
_PIECE = 8 * SAMPLE_RATE


def low_pass(samples: np.ndarray, hertz: float) -> np.ndarray:
    """[..., samples] without what lies above `hertz`; 0 leaves them as they are."""
    if not hertz:
        return samples
    spectrum = np.fft.rfft(samples, axis=-1)
    spectrum[..., int(hertz * samples.shape[-1] / SAMPLE_RATE) :] = 0
    return np.fft.irfft(spectrum, samples.shape[-1], axis=-1).astype(np.float32)


def _energies(parts: Tensor) -> np.ndarray:
    """Energy in each band and below the last edge, [bands + 1], of complex [2, f, t]."""
    bins = (parts.abs() ** 2).sum(dim=(0, 2)).double().numpy()
    edges = [int(round(hertz * N_FFT / SAMPLE_RATE)) for hertz in BAND_EDGES]
    return np.array([bins[low:high].sum() for low, high in zip(edges, edges[1:])] + [bins.sum()])


def lost_and_bleed(true: np.ndarray, made: np.ndarray, mix: np.ndarray) -> dict[str, np.ndarray]:
    """Energies [bands + 1] of a stem ("stem"), of what its estimate lacks of it ("lost"), and of what it has of the rest
    ("bleed"); the last value is that of all frequencies. Signals are [2, frames].

    The estimate is read as a gain g on the mixture x = y + r in every bin of a transform: its error g x − y is
    −(1 − g) y + g r, of which the first part is lost and the second bled in. Where stems meet in a bin, a gain has both, even
    of a perfect estimate.
    """
    sums: dict[str, np.ndarray] = {}
    # In pieces: the transforms of a whole song would fill the memory many times over.
    for begin in range(0, true.shape[1], _PIECE):
        pieces = [signal[:, begin : begin + _PIECE] for signal in (true, mix, made)]
        short = max(0, N_FFT - pieces[0].shape[1])
        y, x, e = (stft(torch.from_numpy(np.pad(piece, ((0, 0), (0, short))))) for piece in pieces)
        gain = e * x.conj() / (x.abs() ** 2 + 1e-9)
        gain = gain * torch.clamp(_MOST_GAIN / (gain.abs() + 1e-9), max=1.0)
        for name, part in (("stem", y), ("lost", (1 - gain) * y), ("bleed", gain * (x - y))):
            sums[name] = sums.get(name, 0.0) + _energies(part)
    return sums


def figures(true: np.ndarray, made: np.ndarray, mix: np.ndarray, hertz: float = 0) -> dict[str, float]:
    """uSDR and SI-SDR in dB, "lost" and "bleed" in dB of the stem, and these for every band ("lost 0-150" …). Bands whose
    part of the stem lies 40 dB under it have no figures. `hertz` is where measuring ends, 0 for the whole band."""
    true, made, mix = (low_pass(signal, hertz) for signal in (true, made, mix))
    found = {"uSDR": usdr(true, made), "SI-SDR": si_sdr(true, made)}
    energies = lost_and_bleed(true, made, mix)
    stem = energies["stem"]
    for name in ("lost", "bleed"):
        levels = 10 * np.log10((energies[name] + 1e-12) / (stem + 1e-12))
        found[name] = float(levels[-1])
        for band, level, energy in zip(BANDS, levels, stem):
            if energy > 1e-4 * stem[-1]:
                found[f"{name} {band}"] = float(level)
    return found
