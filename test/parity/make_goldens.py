"""Writes goldens/goldens.f32 (little-endian float32) and goldens/index.json from PyTorch, SciPy and NumPy.

Run with a Python that has numpy, scipy and torch:  python3 test/parity/make_goldens.py
Everything is computed in float64 and stored in float32, so goldens are good to about -150 dB.
"""

import json
import os
import sys

import numpy as np
import scipy.signal
import torch

FOLDER = os.path.dirname(os.path.abspath(__file__))
HERE = os.path.join(FOLDER, "goldens")
sys.path.insert(0, os.path.join(FOLDER, "..", "..", "models", "training"))
rng = np.random.default_rng(20240229)
arrays, meta = [], {}


def put(name, array, **extra):
    array = np.ascontiguousarray(array, dtype="<f4")
    offset = sum(a.size for a in arrays)
    arrays.append(array)
    meta[name] = {"offset": offset, "shape": list(array.shape), **extra}
    return array.astype(np.float64)


def windows():
    names = {
        "hann": "hann", "hamming": "hamming", "blackman": "blackman", "blackman-harris": "blackmanharris",
        "sine": "cosine", "rectangular": "boxcar", "triangular": "triang",
    }
    for ours, theirs in names.items():
        for length in (15, 16):
            for periodic in (True, False):
                kind = "periodic" if periodic else "symmetric"
                window = scipy.signal.get_window(theirs, length, fftbins=periodic)
                put(f"window/{ours}/{kind}/{length}", window, window=ours, symmetry=kind)


def evaluation():
    """Two stereo stems, filtered and mixed into estimates; a window of silence in the middle."""
    from unbraid_training.bss_eval import bss_eval
    rate, frames = 1000, 4300
    true = rng.normal(0, 0.2, (2, 2, frames))
    true[:, 1] = 0.6 * true[:, 1] + 0.4 * true[:, 0]
    true[0, :, 2000:3000] = 0
    true = put("evaluation/references", true, sampleRate=rate)
    made = scipy.signal.lfilter([0.7, 0.2, -0.1], [1], true) + 0.15 * true[::-1]
    made = put("evaluation/estimates", made + rng.normal(0, 0.02, made.shape))
    put("evaluation/figures", bss_eval(true, made, rate))


def stft(signal):
    configs = {
        "music": dict(nFft=4096, hop=1024),
        "mdx": dict(nFft=7680, hop=1024),
        "roformer": dict(nFft=2048, hop=441),
        "unitary": dict(nFft=1024, hop=256, normalised="sqrt-n"),
        "short window": dict(nFft=512, hop=100, winLength=400),
        "odd": dict(nFft=375, hop=75),
        "zero padding": dict(nFft=1024, hop=256, pad="zero"),
        "not centred": dict(nFft=1024, hop=256, centre=False),
    }
    for name, config in configs.items():
        n, win = config["nFft"], config.get("winLength", config["nFft"])
        spectrum = torch.stft(
            torch.from_numpy(signal), n, config["hop"], win, torch.hann_window(win, dtype=torch.float64),
            center=config.get("centre", True), normalized="normalised" in config, return_complex=True,
            pad_mode="constant" if config.get("pad") == "zero" else "reflect",
        ).numpy().T
        # Every few bins are enough to see any mistake, and keep the file small.
        stride = max(1, n // 100)
        picked = spectrum[:, ::stride]
        put(f"stft/{name}", np.stack([picked.real, picked.imag]), config=config, binStride=stride)


def istft(signal):
    n, hop, samples = 512, 128, 2000
    window = torch.hann_window(n, dtype=torch.float64)
    spectrum = torch.stft(torch.from_numpy(signal[:samples]), n, hop, window=window, return_complex=True)
    # A random mask makes it a spectrum of no signal, so that the weighting of the frames matters.
    spectrum = spectrum * torch.from_numpy(rng.uniform(size=spectrum.shape))
    parts = put("istft/spectrum", np.stack([spectrum.numpy().T.real, spectrum.numpy().T.imag]),
                config=dict(nFft=n, hop=hop), samples=samples)
    exact = torch.from_numpy((parts[0] + 1j * parts[1]).T.copy())
    put("istft/signal", torch.istft(exact, n, hop, window=window, length=samples).numpy())


def mel_bank(rate, n_fft, bands, scale, low, high, norm):
    """librosa's filters.mel, from its published formulas."""
    def to_mel(hz):
        if scale == "htk":
            return 2595.0 * np.log10(1.0 + hz / 700.0)
        return np.where(hz < 1000, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1e-9) / 1000) / np.log(6.4))

    def to_hz(mel):
        if scale == "htk":
            return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))

    bins = np.linspace(0, rate / 2, 1 + n_fft // 2)
    edges = to_hz(np.linspace(to_mel(np.float64(low)), to_mel(np.float64(high)), bands + 2))
    ramps = edges[:, None] - bins[None, :]
    widths = np.diff(edges)
    lower = -ramps[:-2] / widths[:-1, None]
    upper = ramps[2:] / widths[1:, None]
    bank = np.maximum(0, np.minimum(lower, upper))
    return bank * (2.0 / (edges[2:] - edges[:-2]))[:, None] if norm == "slaney" else bank


def mel():
    cases = [
        ("slaney", 22050, 512, 24, 0, 11025, "slaney"),
        ("htk", 16000, 512, 20, 60, 7600, "none"),
    ]
    for scale, rate, n, bands, low, high, norm in cases:
        config = dict(sampleRate=rate, nFft=n, bands=bands, scale=scale, low=low, high=high, norm=norm)
        put(f"mel/{scale}", mel_bank(rate, n, bands, scale, low, high, norm), config=config)


def wiener(x, estimates, iterations, softmask, residual, window=300, eps=1e-10, factor=10.0):
    """x [channels, frames, bins], estimates [sources, channels, frames, bins], complex."""
    pieces = []
    for start in range(0, x.shape[1], window):
        part, y = x[:, start:start + window], estimates[:, :, start:start + window]
        if softmask:
            v = np.abs(y)
            y = part[None] * v / (1e-10 + v.sum(0, keepdims=True))
        if residual:
            y = np.concatenate([y, (part - y.sum(0))[None]])
        if iterations:
            m = max(1.0, np.abs(part).max() / factor)
            xs, y = part / m, y / m
            for _ in range(iterations):
                v = (np.abs(y) ** 2).mean(1)
                r = np.einsum("jctf,jdtf->jfcd", y, y.conj()) / (eps + v.sum(1))[:, :, None, None]
                c = np.einsum("jtf,jfcd->tfcd", v, r) + np.sqrt(eps) * np.eye(x.shape[0])
                u = np.linalg.solve(c, xs.transpose(1, 2, 0)[..., None])[..., 0]
                y = np.einsum("jtf,jfcd,tfd->jctf", v, r, u)
            y = y * m
        pieces.append(y)
    return np.concatenate(pieces, axis=2)


def wieners():
    def noise(*shape):
        return rng.normal(size=shape) + 1j * rng.normal(size=shape)

    def parts(z):
        return np.stack([z.real, z.imag])

    for channels in (1, 2):
        x = put(f"wiener/{channels}/mix", parts(40 * noise(channels, 17, 5)))
        gains = rng.uniform(size=(3, channels, 17, 5)) ** 3
        y = put(f"wiener/{channels}/estimates", parts(gains * (x[0] + 1j * x[1]) + 0.3 * noise(3, channels, 17, 5)))
        cases = [(0, True, False), (0, False, True), (1, False, False), (3, False, False), (2, True, True)]
        for iterations, softmask, residual in cases:
            result = wiener(x[0] + 1j * x[1], y[0] + 1j * y[1], iterations, softmask, residual, window=7)
            options = dict(iterations=iterations, softmask=softmask, residual=residual, windowFrames=7)
            put(f"wiener/{channels}/{iterations} {softmask} {residual}", parts(result), options=options)


def resample():
    # One period of a periodic signal without content above 0.45 of the lower rate; FFT resampling is exact for it.
    for rate_in, rate_out, periods in ((44100, 48000, 2), (48000, 44100, 2), (44100, 22050, 3)):
        g = np.gcd(rate_in, rate_out)
        n, m = rate_in // g * periods, rate_out // g * periods
        if n < 100:
            n, m = n * 200, m * 200
        spectrum = np.fft.rfft(rng.normal(size=n))
        spectrum[int(0.45 * min(n, m)):] = 0
        wave = put(f"resample/{rate_in}-{rate_out}/in", np.fft.irfft(spectrum, n))
        put(f"resample/{rate_in}-{rate_out}/out", scipy.signal.resample(wave, m), rates=[rate_in, rate_out])


signal = put("signal", rng.normal(size=8000) * 0.25)
windows()
stft(signal)
istft(signal)
mel()
wieners()
resample()
evaluation()
os.makedirs(HERE, exist_ok=True)
np.concatenate([a.ravel() for a in arrays]).tofile(os.path.join(HERE, "goldens.f32"))
with open(os.path.join(HERE, "index.json"), "w", encoding="utf-8") as f:
    json.dump(meta, f, indent=1)
    f.write("\n")
