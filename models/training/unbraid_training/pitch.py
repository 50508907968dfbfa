"""Names and measurements of pitch, in MIDI note numbers (69 = A4 = 440 Hz)."""

from __future__ import annotations

import math
import re

import numpy as np

from .constants import SAMPLE_RATE

_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_NAME = re.compile(r"^([a-g])(#|b|s|is|es)?(-?\d)$")


def parse_pitch(name: str) -> int | None:
    """The note number of a name such as "c4", "F#1" or "Eb3" with c4 = 60; None for anything else."""
    match = _NAME.match(name.strip().lower())
    if match is None:
        return None
    step, sign, octave = match.groups()
    shift = {None: 0, "#": 1, "s": 1, "is": 1, "b": -1, "es": -1}[sign]
    return 12 * (int(octave) + 1) + _STEPS[step] + shift


def measure_pitch(samples: np.ndarray) -> float | None:
    """The note number of a mono sound by its normalised square difference (McLeod & Wyvill, 2005).

    Looks at 0.2 s after the attack; None when the sound is too short, or not periodic enough to trust.
    """
    begin = int(0.08 * SAMPLE_RATE)
    window = samples[begin : begin + int(0.2 * SAMPLE_RATE)].astype(np.float64)
    if len(window) < 0.1 * SAMPLE_RATE or np.sqrt(np.mean(window**2)) < 1e-4:
        return None
    window = window - window.mean()
    size = 1 << (2 * len(window) - 1).bit_length()
    spectrum = np.fft.rfft(window, size)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: len(window)]
    squares = np.concatenate([[0.0], np.cumsum(window**2)])
    lags = np.arange(len(window))
    energy = squares[len(window) - lags] + squares[-1] - squares[lags]
    nsdf = 2 * correlation / np.maximum(energy, 1e-12)
    low, high = int(SAMPLE_RATE / 2500), min(int(SAMPLE_RATE / 26), len(window) - 2)
    # Lags before the first zero crossing belong to the peak at 0.
    negative = np.nonzero(nsdf[:high] < 0)[0]
    low = max(low, int(negative[0]) if len(negative) else high)
    if low + 2 >= high:
        return None
    inner = nsdf[low:high]
    peaks = low + 1 + np.nonzero((inner[1:-1] > inner[:-2]) & (inner[1:-1] >= inner[2:]))[0]
    if len(peaks) == 0 or nsdf[peaks].max() < 0.8:
        return None
    first = peaks[np.nonzero(nsdf[peaks] > 0.9 * nsdf[peaks].max())[0][0]]
    before, here, after = nsdf[first - 1 : first + 2]
    curve = before - 2 * here + after
    lag = first + (0.5 * (before - after) / curve if curve else 0.0)
    return 69 + 12 * math.log2(SAMPLE_RATE / lag / 440)


def settle_pitch(named: int | None, measured: float | None) -> float | None:
    """One pitch from a file's name and its sound: names give the note, but libraries disagree on octaves."""
    if named is None or measured is None:
        return named if measured is None else measured
    octaves = round((measured - named) / 12)
    near = abs(measured - named - 12 * octaves) < 0.8
    return named + 12 * octaves if near and abs(octaves) <= 2 else named
