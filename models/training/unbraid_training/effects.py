"""Mixing-desk effects on float32 [channels, samples]; each takes its settings and returns new samples."""

from __future__ import annotations

import math

import numpy as np
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import fftconvolve, lfilter, sosfilt

from .constants import SAMPLE_RATE


def biquad(kind: str, hertz: float, gain_db: float = 0.0, q: float = 0.7) -> np.ndarray:
    """One second-order section (R. Bristow-Johnson's cookbook): low-pass, high-pass, peak, low- or high-shelf."""
    w = 2 * math.pi * min(hertz, 0.49 * SAMPLE_RATE) / SAMPLE_RATE
    cos, alpha = math.cos(w), math.sin(w) / (2 * q)
    a = 10 ** (gain_db / 40)
    if kind in ("low-pass", "high-pass"):
        edge = 1 - cos if kind == "low-pass" else 1 + cos
        sign = 1 if kind == "low-pass" else -1
        rows = [edge / 2, sign * edge, edge / 2, 1 + alpha, -2 * cos, 1 - alpha]
    elif kind == "peak":
        rows = [1 + alpha * a, -2 * cos, 1 - alpha * a, 1 + alpha / a, -2 * cos, 1 - alpha / a]
    elif kind in ("low-shelf", "high-shelf"):
        sign = 1 if kind == "low-shelf" else -1
        root = 2 * math.sqrt(a) * alpha
        up, down = (a + 1) + sign * (a - 1) * cos, (a + 1) - sign * (a - 1) * cos
        rows = [
            a * (down + root),
            sign * 2 * a * ((a - 1) - sign * (a + 1) * cos),
            a * (down - root),
            up + root,
            -sign * 2 * ((a - 1) + sign * (a + 1) * cos),
            up - root,
        ]
    else:
        raise ValueError(f"no such filter: {kind}")
    return np.array([rows]) / rows[3]


def equalise(x: np.ndarray, sections: list[np.ndarray]) -> np.ndarray:
    return sosfilt(np.concatenate(sections), x, axis=1).astype(np.float32) if sections else x


def compress(x: np.ndarray, threshold_db: float, ratio: float, attack: float, release: float) -> np.ndarray:
    """Feed-forward compressor on the RMS of both channels, with times in seconds and no make-up gain."""
    return x * compressor_gain(x, threshold_db, ratio, attack, release)


def compressor_gain(x: np.ndarray, threshold_db: float, ratio: float, attack: float, release: float) -> np.ndarray:
    """The gain of `compress`, [samples], for a bus whose parts shall still add up."""
    block = 64
    count = -(-x.shape[1] // block)
    padded = np.pad(x, ((0, 0), (0, count * block - x.shape[1])))
    level = np.sqrt((padded.reshape(x.shape[0], count, block) ** 2).mean(axis=(0, 2)) + 1e-10)
    over = np.maximum(0, 20 * np.log10(level) - threshold_db) * (1 - 1 / ratio)
    step = block / SAMPLE_RATE
    fast = _smooth(over, attack, step)
    # The larger of a fast and a slow average: attack follows the first, release the second.
    reduction = np.maximum(fast, _smooth(fast, release, step))
    gain = 10 ** (-reduction / 20)
    at = (np.arange(x.shape[1]) / block) - 0.5
    return np.interp(at, np.arange(count), gain).astype(np.float32)


def _smooth(x: np.ndarray, seconds: float, step: float) -> np.ndarray:
    keep = math.exp(-step / max(seconds, step))
    return lfilter([1 - keep], [1, -keep], x)


def saturate(x: np.ndarray, drive: float, bias: float = 0.0) -> np.ndarray:
    """tanh with the level kept; a bias adds even harmonics."""
    before = np.sqrt(np.mean(x**2)) + 1e-9
    y = np.tanh(drive * x / (before * 4) + bias) - math.tanh(bias)
    return (y * (before / (np.sqrt(np.mean(y**2)) + 1e-9))).astype(np.float32)


def reverb(x: np.ndarray, impulse: np.ndarray, wet: float, seconds: float) -> np.ndarray:
    """Adds `wet` times the convolution with an impulse response [1 or 2, n] of unit energy; [2, samples]."""
    ir = impulse[:, : int(seconds * SAMPLE_RATE)].copy()
    fade = ir.shape[1] // 4
    ir[:, ir.shape[1] - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    ir /= np.sqrt((ir**2).sum(axis=1).mean()) + 1e-9
    stereo = np.broadcast_to(x, (2, x.shape[1]))
    tail = fftconvolve(stereo, np.broadcast_to(ir, (2, ir.shape[1])), axes=1)[:, : x.shape[1]]
    return (stereo + wet * tail).astype(np.float32)


def delay(x: np.ndarray, seconds: float, feedback: float, wet: float) -> np.ndarray:
    """Echoes that change sides; x is [2, samples]."""
    y = x.copy()
    shift = max(1, int(seconds * SAMPLE_RATE))
    gain, echo = wet, x
    for _ in range(6):
        if shift >= x.shape[1] or gain < 0.02:
            break
        echo = np.pad(echo, ((0, 0), (shift, 0)))[::-1, : x.shape[1]]
        y += gain * echo
        gain *= feedback
    return y


def chorus(x: np.ndarray, depth: float, hertz: float, wet: float) -> np.ndarray:
    """A delay of about 12 ms that sways by `depth` seconds, in opposite phase left and right."""
    stereo = np.broadcast_to(x, (2, x.shape[1]))
    time = np.arange(x.shape[1])
    sway = np.sin(2 * np.pi * hertz * time / SAMPLE_RATE)
    out = np.empty((2, x.shape[1]), np.float32)
    for ch, sign in enumerate((1, -1)):
        at = time - SAMPLE_RATE * (0.012 + sign * depth * sway)
        out[ch] = stereo[ch] + wet * np.interp(at, time, stereo[ch])
    return out


def pan(x: np.ndarray, position: float) -> np.ndarray:
    """[1 or 2, samples] to [2, samples]; −1 is left. Constant power for mono, balance for stereo."""
    angle = (position + 1) * math.pi / 4
    gains = np.array([[math.cos(angle)], [math.sin(angle)]], np.float32) * math.sqrt(2)
    return x * (np.minimum(gains, 1) if x.shape[0] == 2 else gains)


def limiter_gain(mix: np.ndarray, ceiling: float) -> np.ndarray:
    """A gain [samples] that keeps the peaks of a mix [2, samples] under `ceiling`. Every stem takes the same
    gain, so stems still add up to the limited mix. 5 ms of look-ahead."""
    need = np.minimum(1, ceiling / np.maximum(np.abs(mix).max(0), 1e-9))
    width = int(0.005 * SAMPLE_RATE) | 1
    held = minimum_filter1d(need, 2 * width + 1)
    return uniform_filter1d(held, width).astype(np.float32)


def formants(x: np.ndarray, ratio: float) -> np.ndarray:
    """Moves the spectral envelope of a mono sound [1, samples] by `ratio`; the pitch stays.

    The envelope is a cepstrum cut at 1.5 ms (Röbel & Rodet, 2005, without their iteration).
    """
    size, hop = 1024, 256
    window = np.hanning(size + 1)[:-1]
    count = 1 + max(0, x.shape[1] - 1) // hop + size // hop
    padded = np.pad(x[0], (size, size + hop))
    index = hop * np.arange(count)[:, None] + np.arange(size)
    spectra = np.fft.rfft(padded[np.minimum(index, len(padded) - 1)] * window)
    log = np.log(np.abs(spectra) + 1e-6)
    cepstrum = np.fft.irfft(log)
    cut = int(0.0015 * SAMPLE_RATE)
    cepstrum[:, cut : size - cut + 1] = 0
    envelope = np.fft.rfft(cepstrum).real
    bins = np.arange(size // 2 + 1)
    low = np.minimum(bins / ratio, size // 2)
    base = low.astype(int)
    upper = np.minimum(base + 1, size // 2)
    moved = envelope[:, base] * (1 - (low - base)) + envelope[:, upper] * (low - base)
    frames = np.fft.irfft(spectra * np.exp(np.clip(moved - envelope, -4, 4))) * window
    out = np.zeros(len(padded) + 2 * size)
    for part in range(size // hop):
        rows = frames[part :: size // hop]
        flat = rows.reshape(-1)
        out[part * hop : part * hop + len(flat)] += flat[: len(out) - part * hop]
    return (out[size : size + x.shape[1]] / 1.5)[None].astype(np.float32)
