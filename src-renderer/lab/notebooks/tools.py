"""The Lab of Unbraid in NumPy and SciPy: its sounds, its transform and its measures."""

import numpy as np
from scipy.signal import get_window

RATE = 22050
SAMPLES = 4 * RATE
TAU = 2 * np.pi


def randoms(seed, count):
    """Numbers in (0, 1], the same as in the app (mulberry32)."""
    state = (seed + 0x6D2B79F5 * np.arange(1, count + 1, dtype=np.uint64)) & 0xFFFFFFFF
    t = ((state ^ (state >> 15)) * (state | 1)) & 0xFFFFFFFF
    t = ((t + (((t ^ (t >> 7)) * (t | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF) ^ t
    return 1 - (t ^ (t >> 14)) / 2**32


def nearest(x):
    """The nearest whole number, upwards from the middle: Python's own round goes to the even one."""
    return int(np.floor(x + 0.5))


# Sounds: formulas, so that the true stems are known.


def hertz(key):
    return 440 * 2 ** ((key - 69) / 12)


def play(out, start, seconds, sound):
    """Adds sound(u), u seconds after the start."""
    first = nearest(start * RATE)
    count = min(nearest(seconds * RATE), len(out) - first)
    n = np.arange(count)
    out[first : first + count] += sound(n / RATE, n)


def pluck(frequency, level, partials, fall):
    def sound(u, _):
        sines = sum(np.sin(TAU * frequency * h * u) / h for h in range(1, partials + 1))
        return level * np.minimum(1, u / 0.005) * np.exp(-fall * u) * sines

    return sound


def voice():
    keys = np.array([69, 72, 71, 67, 74, 72, 69, 64])
    t = np.arange(SAMPLES) / RATE
    u = t % 0.5
    vibrato = 1 + 0.008 * np.sin(TAU * 5.5 * t)
    phase = np.cumsum(TAU * hertz(keys[np.floor(2 * t).astype(int)]) * vibrato / RATE)
    shape = np.maximum(0, np.minimum(np.minimum(1, u / 0.03), (0.48 - u) / 0.06))
    return sum(0.16 * shape * np.sin(h * phase) / h for h in range(1, 7))


def harmony(repeats=True):
    out = np.zeros(SAMPLES)
    for bar in range(4):
        shift = 0 if repeats else [0, 3, -2, 5][bar]
        for at, chord in [(0, [57, 60, 64]), (0.5, [53, 57, 60])]:
            for key in chord:
                play(out, bar + at, 0.5, pluck(hertz(key + shift), 0.07, 3, 3))
            play(out, bar + at, 0.5, pluck(hertz(chord[0] - 12 + shift), 0.16, 3, 2))
    return out


def drums():
    out = np.zeros(SAMPLES)
    hiss = 2 * randoms(7, nearest(0.2 * RATE)) - 1
    for beat in range(8):
        play(
            out,
            beat / 2,
            0.25,
            lambda u, n: 0.4 * np.exp(-14 * u) * np.sin(TAU * (50 * u + 2 * (1 - np.exp(-40 * u)))),
        )
        play(out, beat / 2 + 0.25, 0.2, lambda u, n: 0.12 * np.exp(-30 * u) * hiss[n])
    return out


def band(repeats=True):
    return harmony(repeats) + drums()


def parts():
    """The parts of which masks are made; the voice first."""
    return [voice(), harmony(), drums()]


def one():
    """One sound for lessons about a single one."""
    return voice()


def notes():
    """Three notes that come and go, each at its own times."""
    signal = np.zeros(SAMPLES)
    for key, places in [(60, [0, 3, 4, 6]), (64, [1, 3, 5, 6]), (67, [2, 4, 5, 6])]:
        for place in places:
            play(signal, place / 2, 0.5, pluck(hertz(key), 0.15, 5, 4))
    return signal


def delayed(signal, samples):
    return np.concatenate([np.zeros(samples), signal[: len(signal) - samples]])


# The transform: frame f begins at sample f * hop - length.


def window(name, length):
    if name == "rectangular":
        return np.ones(length)
    if name == "sqrt-hann":
        return np.sqrt(get_window("hann", length))
    return get_window(name, length)


def frame_count(samples, length, hop):
    return -(-(samples + length) // hop)


def analyse(signal, name, length, hop):
    """Complex spectra [frames][bins]."""
    frames = frame_count(len(signal), length, hop)
    padded = np.zeros(max((frames - 1) * hop + length, 2 * length + len(signal)))
    padded[length : length + len(signal)] = signal
    at = hop * np.arange(frames)[:, None] + np.arange(length)
    return np.fft.rfft(padded[at] * window(name, length))


def add_frames(spectrum, weights, length, hop, samples):
    frames = np.fft.irfft(spectrum, length) * weights
    out = np.zeros(max((len(frames) - 1) * hop + length, length + samples))
    for f, frame in enumerate(frames):
        out[f * hop : f * hop + length] += frame
    return out[length : length + samples]


def overlap_of(weights, hop):
    return np.array([weights[n::hop].sum() for n in range(hop)])


def synthesise(spectrum, name, length, hop, samples=None):
    """Weighted overlap-add; gaps are 0."""
    samples = SAMPLES if samples is None else samples
    w = window(name, length)
    weights = np.zeros(hop)
    phases = overlap_of(w * w, hop) if hop <= length else np.r_[w * w, np.zeros(hop - length)]
    weights[:] = phases
    weight = weights[(np.arange(samples) + length) % hop]
    out = add_frames(spectrum, w, length, hop, samples)
    return np.where(weight > 1e-8, out / np.maximum(weight, 1e-8), 0)


def overlap_add(spectrum, name, length, hop, samples=None):
    """The frames as they are, at the level that the mean of the windows asks for."""
    samples = SAMPLES if samples is None else samples
    level = window(name, length).sum() / hop
    return add_frames(spectrum, 1, length, hop, samples) / level


def share(a, b, exponent):
    """a^p / (a^p + b^p), one half where both are silent."""
    top = np.maximum(a, b)
    safe = np.where(top > 0, top, 1)
    x, y = (a / safe) ** exponent, (b / safe) ** exponent
    return np.where(top > 0, x / np.where(top > 0, x + y, 1), 0.5)


# Measures, within 120 dB.


def ratio_db(signal, noise):
    if signal <= 0:
        return -120.0
    return 120.0 if noise <= 0 else float(np.clip(10 * np.log10(signal / noise), -120, 120))


def sdr(reference, estimate):
    return ratio_db(np.sum(reference**2), np.sum((reference - estimate) ** 2))


def si_sdr(reference, estimate):
    target = reference * np.sum(reference * estimate) / np.sum(reference**2)
    return ratio_db(np.sum(target**2), np.sum((target - estimate) ** 2))


def report(**numbers):
    for name, value in numbers.items():
        print(f"{name} = {value:.9f}")
