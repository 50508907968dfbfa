"""BSSEval version 4 (Stöter, Liutkus & Ito, LVA/ICA 2018; Vincent et al., IEEE TASLP 2012), straight from its
definition: distortion filters fitted to the whole song, windows of one second, images of stems compared.

Filters are fitted as if the references held the white noise of 16-bit rounding: where lossy or float stems have no
energy at all, the fit would else amplify rounding errors without bounds. Without that floor it gives museval's figures.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg
import scipy.signal

TAPS = 512
FLOOR_POWER = 7.8e-11

FIGURES = ("SDR", "ISR", "SIR", "SAR")


def _correlation(a: np.ndarray, b: np.ndarray, taps: int) -> tuple[np.ndarray, np.ndarray]:
    """Σ a[n] · b[n + k] for k = 0 … taps − 1 and for k = 0 … −(taps − 1)."""
    size = 1 << int(np.ceil(np.log2(a.size + taps)))
    both = np.fft.irfft(np.conj(np.fft.rfft(a, size)) * np.fft.rfft(b, size), size)
    return both[:taps], np.r_[both[0], both[-1:-taps:-1]]


def _gram(channels: np.ndarray, taps: int) -> np.ndarray:
    """Inner products of all delayed channels [c, frames], [c · taps, c · taps]."""
    count = len(channels)
    gram = np.empty((count * taps, count * taps))
    for i in range(count):
        for j in range(i, count):
            block = scipy.linalg.toeplitz(*_correlation(channels[i], channels[j], taps))
            gram[i * taps : (i + 1) * taps, j * taps : (j + 1) * taps] = block
            gram[j * taps : (j + 1) * taps, i * taps : (i + 1) * taps] = block.T
    return gram


def _filters(gram: np.ndarray, channels: np.ndarray, target: np.ndarray, taps: int) -> np.ndarray:
    """The filters of channels [c, frames] that come nearest to the target's channels, [out, c, taps]."""
    side = np.stack([np.concatenate([_correlation(c, out, taps)[0] for c in channels]) for out in target])
    return np.linalg.solve(gram, side.T).T.reshape(len(target), len(channels), taps)


def _project(filters: np.ndarray, channels: np.ndarray) -> np.ndarray:
    """Σ filter * channel for each output, [out, frames + taps − 1]."""
    return np.stack(
        [sum(scipy.signal.fftconvolve(h, c) for h, c in zip(row, channels)) for row in filters]
    )


def _decibels(signal: float, noise: float) -> float:
    return float(10 * np.log10(signal / noise)) if noise > 0 else float("inf")


def bss_eval(
    references: np.ndarray, estimates: np.ndarray, rate: int, taps: int = TAPS, floor: float = FLOOR_POWER
) -> np.ndarray:
    """Figures [4, stems, windows] in the order of `FIGURES`, dB; both inputs are [stems, channels, frames].

    A window in which a reference or an estimate is silent is NaN for every stem.
    """
    references, estimates = references.astype(np.float64), estimates.astype(np.float64)
    stems, channels, frames = references.shape
    flat = references.reshape(stems * channels, frames)
    gram = _gram(flat, taps) + (frames * floor + np.finfo(float).eps) * np.eye(len(flat) * taps)
    width = channels * taps
    every, own = [], []
    for s in range(stems):
        block = gram[s * width : (s + 1) * width, s * width : (s + 1) * width]
        every.append(_filters(gram, flat, estimates[s], taps))
        own.append(_filters(block, references[s], estimates[s], taps))
    count = frames // rate if frames > rate else 1
    result = np.full((4, stems, count), np.nan)
    for t in range(count):
        part = slice(t * rate, min((t + 1) * rate, frames))
        true, made = references[:, :, part], estimates[:, :, part]
        sums = np.concatenate([true, made]).sum(1)
        if np.any(np.all(sums == 0, axis=1)):
            continue
        heard = true.reshape(stems * channels, -1)
        for s in range(stems):
            target = np.pad(true[s], ((0, 0), (0, taps - 1)))
            estimate = np.pad(made[s], ((0, 0), (0, taps - 1)))
            alone = _project(own[s], true[s])
            whole = _project(every[s], heard)
            energy = np.sum(target**2)
            result[:, s, t] = (
                _decibels(energy, np.sum((estimate - target) ** 2)),
                _decibels(energy, np.sum((alone - target) ** 2)),
                _decibels(np.sum(alone**2), np.sum((whole - alone) ** 2)),
                _decibels(np.sum(whole**2), np.sum((estimate - whole) ** 2)),
            )
    return result
