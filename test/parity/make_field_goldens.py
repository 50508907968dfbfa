"""Writes goldens/field.json: the field's measures of two stems, by NumPy and SciPy alone, in float64.

    python3 test/parity/make_field_goldens.py

Definitions: ZFTurbo/Music-Source-Separation-Training, utils/metrics.py (bleed_full, L1Freq_metric, LogWMSE_metric),
librosa's filters.mel, torchaudio's AmplitudeToDB, and nomonosound/log-wmse-audio-quality (the weighting filter).
The signals are made here and in the test by the same formulas.
"""

import json
import os

import numpy as np
import scipy.signal

RATE, FRAMES = 44100, 60000


def noise(seed):
    """Park & Miller's generator, as test/fixtures/signals.ts has it."""
    state, out = (seed * 7919) % 2147483647 or 1, np.empty(FRAMES)
    for i in range(FRAMES):
        state = state * 48271 % 2147483647
        out[i] = np.float32(state / 1073741824 - 1)
    return out


def stems():
    """Two true stems and their estimates, [stem, channel, frame], rounded to float32."""
    i = np.arange(FRAMES)
    true = np.stack([
        np.stack([0.3 * np.sin(0.05 * (1 + ch) * i) + 0.1 * noise(1 + ch) * (i > 20000) for ch in range(2)]),
        np.stack([0.2 * noise(5 + ch) * np.exp(-(i % 11025) / 2000) for ch in range(2)]),
    ]).astype(np.float32).astype(float)
    made = np.stack([0.8 * true[0] + 0.1 * true[1], 0.7 * true[1] + 0.05 * true[0]])
    made[1] += 1e-5 * np.sin(0.4 * i)
    return true, made.astype(np.float32).astype(float)


def stft(x, n, hop, window, mode):
    x = np.pad(x, n // 2, mode=mode)
    frames = 1 + (len(x) - n) // hop
    return np.abs(np.stack([np.fft.rfft(window * x[t * hop : t * hop + n]) for t in range(frames)]))


def l1_freq(true, made):
    box = np.ones(2048)
    pair = [np.stack([stft(c, 2048, 1024, box, "reflect") for c in side]) for side in (made, true)]
    return 100 / (1 + 10 * np.mean(np.abs(pair[0] - pair[1])))


def mel_bank(rate, n_fft, bands):
    def mel(hz):
        return np.where(hz < 1000, 3 * hz / 200, 15 + 27 * np.log(np.maximum(hz, 1e-9) / 1000) / np.log(6.4))

    def hertz(mels):
        return np.where(mels < 15, 200 * mels / 3, 1000 * np.exp((mels - 15) * np.log(6.4) / 27))

    edges = hertz(np.linspace(mel(np.array(0.0)), mel(np.array(rate / 2)), bands + 2))
    bins = np.arange(n_fft // 2 + 1) * rate / n_fft
    up = (bins[None] - edges[:-2, None]) / np.diff(edges)[:-1, None]
    down = (edges[2:, None] - bins[None]) / np.diff(edges)[1:, None]
    return np.maximum(0, np.minimum(up, down)) * (2 / (edges[2:] - edges[:-2]))[:, None]


def bleed_full(true, made):
    window, bank = scipy.signal.get_window("hann", 4096), mel_bank(RATE, 4096, 512)

    def levels(side):
        mels = np.stack([bank @ stft(c, 4096, 1024, window, "constant").T for c in side])
        db = 20 * np.log10(np.maximum(mels, 1e-10))
        return np.maximum(db, db.max() - 80)

    diff = levels(made) - levels(true)
    return [100 / (1 + abs(d.mean())) if d.size else 100.0 for d in (diff[diff > 0], diff[diff < 0])]


def cookbook(kind, hertz, q, gain_db):
    a, w0 = 10 ** (gain_db / 40), 2 * np.pi * hertz / RATE
    al, c = np.sin(w0) / (2 * q), np.cos(w0)
    if kind == "peaking":
        return [1 + al * a, -2 * c, 1 - al * a], [1 + al / a, -2 * c, 1 - al / a]
    s = 2 * np.sqrt(a) * al
    return (
        [a * (a + 1 + (a - 1) * c + s), -2 * a * (a - 1 + (a + 1) * c), a * (a + 1 + (a - 1) * c - s)],
        [a + 1 - (a - 1) * c + s, 2 * (a - 1 - (a + 1) * c), a + 1 - (a - 1) * c - s],
    )


def weighting():
    def response(b, a):
        return np.abs(scipy.signal.freqz(b, a, worN=4097)[1])

    whole = response(*cookbook("shelf", 1500, 2 ** -0.5, 5)) * response(*cookbook("peaking", 500, 1.5 * 2 ** -0.5, 2.5))
    whole *= response(*scipy.signal.butter(2, 120, "highpass", fs=RATE))
    whole *= response(*scipy.signal.butter(1, 10000, "lowpass", fs=RATE)) ** 2
    wave = np.fft.fftshift(np.fft.irfft(whole, 8192))
    return wave[4097 - 2000 : 4097 + 2000]


def log_wmse(mix, true, made):
    ir, limit, values = weighting(), 10 ** (-68 / 20), []

    def heard(x):
        return scipy.signal.oaconvolve(x, ir, "same")

    for m, t, e in zip(mix, true, made):
        rms = np.sqrt(np.mean(heard(m) ** 2))
        d = heard(e / rms) - heard(t / rms)
        d[np.abs(d) < limit] = 0
        values.append(-4 * np.log(np.mean(d ** 2) + 1e-8))
    return np.mean(values)


true, made = stems()
mix = true.sum(0)
figures = []
for t, e in zip(true, made):
    bleedless, fullness = bleed_full(t, e)
    figures.append({
        "bleedless": bleedless, "fullness": fullness, "l1Freq": l1_freq(t, e), "logWmse": log_wmse(mix, t, e),
    })
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "goldens", "field.json"), "w", encoding="utf-8") as f:
    json.dump({"sampleRate": RATE, "frames": FRAMES, "figures": figures}, f, indent=2)
    f.write("\n")
