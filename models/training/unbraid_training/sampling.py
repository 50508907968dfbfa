"""What every player of samples does: a sound at another speed, and a sound put into a line."""

from __future__ import annotations

import numpy as np

from .constants import SAMPLE_RATE


def resample(x: np.ndarray, ratio: float, seconds: float) -> np.ndarray:
    """At most `seconds` of x played `ratio` times as fast."""
    length = min(int(len(x) / ratio), int(seconds * SAMPLE_RATE))
    at = np.arange(length) * ratio
    return np.interp(at, np.arange(len(x)), x).astype(np.float32)


def put(out: np.ndarray, sound: np.ndarray, start: float) -> None:
    """Adds a sound to a line [samples] from `start` seconds on, in place; what lies beyond its end is lost."""
    begin = int(start * SAMPLE_RATE)
    end = min(len(out), begin + len(sound))
    if 0 <= begin < end:
        out[begin:end] += sound[: end - begin]
