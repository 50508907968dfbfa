"""How good an estimate is, in dB; signals are [2, frames]."""

from __future__ import annotations

import numpy as np

from .constants import SAMPLE_RATE

_DELTA = 1e-7


def usdr(reference: np.ndarray, estimate: np.ndarray) -> float:
    """The SDR of the Music Demixing Challenge 2021 (Mitsufuji et al., 2022, eq. 1) over the whole signal."""
    signal = np.sum(reference.astype(np.float64) ** 2) + _DELTA
    error = np.sum((reference.astype(np.float64) - estimate) ** 2) + _DELTA
    return float(10 * np.log10(signal / error))


def si_sdr(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Scale-invariant SDR (Le Roux et al., 2019) of both channels as one vector."""
    target = reference.astype(np.float64).ravel()
    made = estimate.astype(np.float64).ravel()
    scale = made @ target / (target @ target + _DELTA)
    error = made - scale * target
    return float(10 * np.log10((scale * target @ (scale * target) + _DELTA) / (error @ error + _DELTA)))


def median_sdr(reference: np.ndarray, estimate: np.ndarray) -> float:
    """SDR of BSSEval v4 for stereo images: the median over windows of 1 s in which neither signal is silent.

    In version 4 the four errors of an image add up to estimate − reference, so this figure (not SIR, SAR and
    ISR) needs no distortion filters. NaN when no window counts.
    """
    values = []
    for begin in range(0, reference.shape[1] - SAMPLE_RATE + 1, SAMPLE_RATE):
        target = reference[:, begin : begin + SAMPLE_RATE].astype(np.float64)
        made = estimate[:, begin : begin + SAMPLE_RATE].astype(np.float64)
        if np.sum(target**2) > 0 and np.sum(made**2) > 0:
            error = np.sum((target - made) ** 2) + 1e-15
            values.append(10 * np.log10(np.sum(target**2) / error))
    return float(np.median(values)) if values else float("nan")


METRICS = {"uSDR": usdr, "SI-SDR": si_sdr, "SDR-v4": median_sdr}
