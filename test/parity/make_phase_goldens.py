"""Writes goldens/phase.json: Griffin-Lim, its fast variant and MISI by NumPy alone, in float64.

    python3 test/parity/make_phase_goldens.py

The signals are made here and in the test by the same formulas.
"""

import json
import os

import numpy as np

SAMPLES, N, HOP = 2000, 256, 64
WINDOW = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N) / N)


def noise(seed):
    """Park & Miller's generator, as test/fixtures/signals.ts has it."""
    state, out = (seed * 7919) % 2147483647 or 1, np.empty(SAMPLES)
    for i in range(SAMPLES):
        state = state * 48271 % 2147483647
        out[i] = np.float32(state / 1073741824 - 1)
    return out


def stft(x):
    x = np.pad(x, N // 2, mode="reflect")
    frames = 1 + (len(x) - N) // HOP
    return np.stack([np.fft.rfft(WINDOW * x[t * HOP : t * HOP + N]) for t in range(frames)])


def istft(spectrum):
    length = N + HOP * (len(spectrum) - 1)
    total, weight = np.zeros(length), np.zeros(length)
    for t, frame in enumerate(np.fft.irfft(spectrum, N)):
        total[t * HOP : t * HOP + N] += WINDOW * frame
        weight[t * HOP : t * HOP + N] += WINDOW**2
    inside = slice(N // 2, N // 2 + SAMPLES)
    out = np.zeros(SAMPLES)
    sound = total[inside] / np.maximum(weight[inside], 1e-12)
    out[: len(sound)] = sound
    return out


def with_phases(magnitudes, spectrum):
    return magnitudes * np.exp(1j * np.angle(spectrum))


def griffin_lim(magnitudes, start, rounds, momentum):
    """Griffin & Lim 1984; with momentum Perraudin et al. 2013, algorithm 2."""
    sought, last = start, None
    for _ in range(rounds):
        now = stft(istft(with_phases(magnitudes, sought)))
        sought = now if last is None else now + momentum * (now - last)
        last = now
    return istft(with_phases(magnitudes, sought))


def misi(mix, targets, rounds):
    """Gunawan & Sen 2010."""
    start = stft(mix)
    waves = [istft(with_phases(target, start)) for target in targets]
    for again in range(rounds + 1):
        if again:
            waves = [istft(with_phases(target, stft(wave))) for target, wave in zip(targets, waves)]
        error = mix - sum(waves)
        waves = [wave + error / len(waves) for wave in waves]
    return waves


i = np.arange(SAMPLES)
one = (0.3 * np.sin(0.2 * i) * (1 + 0.5 * np.sin(i / 300)) + 0.01 * noise(4)).astype(np.float32).astype(float)
two = (0.2 * noise(5) * np.exp(-(i % 500) / 80)).astype(np.float32).astype(float)
mix = (one + two).astype(np.float32).astype(float)
magnitudes = [np.abs(stft(x)) for x in (one, two)]
goldens = {
    "griffinLim": griffin_lim(magnitudes[0], stft(mix), 8, 0),
    "fast": griffin_lim(magnitudes[0], stft(mix), 8, 0.99),
    "misi": np.concatenate(misi(mix, magnitudes, 6)),
}
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "goldens", "phase.json"), "w", encoding="utf-8") as f:
    json.dump({name: [float(f"{x:.8g}") for x in wave] for name, wave in goldens.items()}, f)
    f.write("\n")
