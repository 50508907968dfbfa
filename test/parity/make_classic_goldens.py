"""Writes goldens/classic.json: NMF, REPET and the 2D Fourier transform by NumPy alone, in float64.

python3 test/parity/make_classic_goldens.py
"""

import json
import os

import numpy as np

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens")


def mulberry32(seed):
    """The generator of the app's random starts, numbers in (0, 1]."""
    state, mask = seed, 0xFFFFFFFF
    while True:
        state = (state + 0x6D2B79F5) & mask
        t = ((state ^ (state >> 15)) * (state | 1)) & mask
        t = ((t + (((t ^ (t >> 7)) * (t | 61)) & mask)) & mask) ^ t
        yield 1 - ((t ^ (t >> 14)) & mask) / 2**32


def nmf(v, parts, iterations, beta, seed):
    """V [frames, bins] ~ H [frames, parts] @ W [parts, bins]; Févotte & Idier 2011, table I."""
    random = mulberry32(seed)
    frames, bins = v.shape
    w = np.array([[(0.5 + next(random)) / bins for _ in range(bins)] for _ in range(parts)])
    level = v.sum() / (frames * parts)
    h = np.array([[level * (0.5 + next(random)) for _ in range(parts)] for _ in range(frames)])
    gamma = 0.5 if beta == 0 else 1.0
    costs = [divergence(v, h @ w, beta)]
    for _ in range(iterations):
        m = h @ w
        h = h * (((v * m ** (beta - 2.0)) @ w.T) / (m ** (beta - 1.0) @ w.T)) ** gamma
        m = h @ w
        w = w * ((h.T @ (v * m ** (beta - 2.0))) / (h.T @ m ** (beta - 1.0))) ** gamma
        scale = w.sum(1)
        w, h = w / scale[:, None], h * scale
        costs.append(divergence(v, h @ w, beta))
    return w, h, costs


def divergence(v, m, beta):
    if beta == 2:
        return 0.5 * ((v - m) ** 2).sum()
    if beta == 1:
        return (v * np.log(v / m) - v + m).sum()
    return (v / m - np.log(v / m) - 1).sum()


def repet(v, least, most):
    """Rafii & Pardo 2013: beat spectrum, period, median of whole periods; v [frames, bins]."""
    frames = len(v)
    power = v**2
    beat = np.array([(power[: frames - lag] * power[lag:]).sum() / (frames - lag) for lag in range(frames)])
    beat = beat / beat[0]
    end = 3 * frames // 4
    best, period = -np.inf, least
    for lag in range(least, min(most, end // 3) + 1):
        reach, near, scores = 3 * lag // 4, max(1, lag // 10), []
        for at in range(lag, end, lag):
            around = np.arange(max(1, at - reach), min(end - 1, at + reach) + 1)
            top = beat[around[np.abs(around - at) <= near]].max()
            scores.append(top - beat[around].mean())
        if np.mean(scores) > best:
            best, period = np.mean(scores), lag
    background = np.empty_like(v)
    for f in range(frames):
        background[f] = np.median(v[f % period :: period], axis=0)
    return beat, period, np.minimum(background, v)


def ft2d(v, shape, reach):
    """Seetharaman et al. 2017 on v [frames, bins], continued with zeros to `shape`."""
    transform = np.fft.fft2(v, shape)[:, : shape[1] // 2 + 1]
    size = np.abs(transform)
    most = np.array([size[max(0, j - reach) : j + reach + 1].max(0) for j in range(shape[0])])
    least = np.array([size[max(0, j - reach) : j + reach + 1].min(0) for j in range(shape[0])])
    peaks = (size == most) & (most - least > size.std())
    peaks[0] = True
    background = np.fft.irfft2(transform * peaks, shape)[: v.shape[0], : v.shape[1]]
    return np.abs(background)


def main():
    rng = np.random.default_rng(5)
    out = {}

    def numbers(x):
        return [float(f"{value:.9g}") for value in np.ravel(x)]

    v = (rng.gamma(0.7, 1.0, (23, 4)) @ rng.gamma(0.5, 1.0, (4, 19)) + 1e-3).astype(np.float32).astype(np.float64)
    out["nmf"] = {"frames": 23, "bins": 19, "v": numbers(v), "cases": []}
    for beta in (0, 1, 2):
        w, h, costs = nmf(v, 5, 12, beta, 7)
        out["nmf"]["cases"].append({"beta": beta, "costs": numbers(costs), "model": numbers(h @ w), "w": numbers(w)})

    loop = rng.gamma(0.6, 1.0, (11, 8))
    song = np.tile(loop, (9, 1))[:95] + 0.6 * (rng.uniform(size=(95, 8)) < 0.12)
    song = song.astype(np.float32).astype(np.float64)
    beat, period, background = repet(song, 4, 30)
    out["repet"] = {"frames": 95, "bins": 8, "v": numbers(song), "beat": numbers(beat), "period": int(period),
                    "background": numbers(background)}

    # 96 × 64 are lengths that the app's transform takes as they are or pads to.
    out["ft2d"] = {"rows": 128, "columns": 64, "background": numbers(ft2d(song, (128, 64), 3))}
    with open(os.path.join(HERE, "classic.json"), "w", encoding="utf-8") as file:
        json.dump(out, file)
        file.write("\n")


if __name__ == "__main__":
    main()
