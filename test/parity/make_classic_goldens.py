"""Writes goldens/classic.json: NMF and its starts and groups, REPET, the 2D Fourier transform, RPCA, DUET, PROJET, ICA and
melodies by NumPy alone, in float64.

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


def nndsvd(v, parts):
    """Boutsidis & Gallopoulos 2008, table 1, with zeros filled by the mean (variant a)."""
    u, s, vt = np.linalg.svd(v, full_matrices=False)
    w, h = np.zeros((parts, v.shape[1])), np.zeros((v.shape[0], parts))
    for k in range(parts):
        x, y = u[:, k], vt[k]
        if k == 0:
            halves = [(np.abs(x), np.abs(y))]
        else:
            halves = [(np.maximum(x, 0), np.maximum(y, 0)), (np.maximum(-x, 0), np.maximum(-y, 0))]
        x, y = max(halves, key=lambda half: np.linalg.norm(half[0]) * np.linalg.norm(half[1]))
        weight = np.linalg.norm(x) * np.linalg.norm(y)
        h[:, k] = np.sqrt(s[k] * weight) * x / np.linalg.norm(x)
        w[k] = np.sqrt(s[k] * weight) * y / np.linalg.norm(y)
    w[w == 0], h[h == 0] = v.mean(), v.mean()
    return w / w.sum(1)[:, None], h * w.sum(1)


def kmeans(points, centres):
    """Lloyd's iterations on standardised columns; the centres are moved along."""
    mean, spread = points.mean(0), points.std(0)
    points, centres = (points - mean) / spread, (centres - mean) / spread
    labels = None
    while True:
        distances = ((points[:, None] - centres[None]) ** 2).sum(2)
        if labels is not None and (distances.argmin(1) == labels).all():
            return labels
        labels = distances.argmin(1)
        centres = np.array([points[labels == c].mean(0) if (labels == c).any() else old for c, old in enumerate(centres)])


def rpca(d, tolerance):
    """Inexact ALM with whole singular value decompositions; Lin, Chen & Ma 2010, algorithm 5."""
    lam = 1 / np.sqrt(max(d.shape))
    norm = np.linalg.norm(d, 2)
    y = d / max(norm, np.abs(d).max() / lam)
    mu, most, low = 1.25 / norm, 1.25e7 / norm, np.zeros_like(d)
    while True:
        x = d - low + y / mu
        sparse = np.sign(x) * np.maximum(0, np.abs(x) - lam / mu)
        u, s, vt = np.linalg.svd(d - sparse + y / mu, full_matrices=False)
        low = (u * np.maximum(0, s - 1 / mu)) @ vt
        error = d - low - sparse
        y, mu = y + mu * error, min(most, 1.5 * mu)
        if np.linalg.norm(error) < tolerance * np.linalg.norm(d):
            return low, sparse


def duet(left, right, n_fft):
    """Yilmaz & Rickard 2004: histogram of attenuation and delay, one peak a side, maximum likelihood."""
    w = 2 * np.pi * np.arange(left.shape[1]) / n_fft
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = right / left
        alpha = np.abs(ratio) - 1 / np.abs(ratio)
        delta = -np.angle(ratio) / w
    weight = np.abs(left * right)
    inside = (np.abs(alpha) <= 2.5) & (np.abs(delta) <= 3.6) & (w > 0)[None]
    shape, ranges = (35, 51), ((-2.5, 2.5), (-3.6, 3.6))
    histogram, rows, columns = np.histogram2d(alpha[inside], delta[inside], shape, ranges, weights=weight[inside])
    centres = [(edges[1:] + edges[:-1]) / 2 for edges in (rows, columns)]
    side = np.where(centres[0] < -0.3, 0, np.where(centres[0] > 0.3, 2, 1))
    costs = []
    for place in range(3):
        at = np.unravel_index(np.where((side == place)[:, None], histogram, -1).argmax(), shape)
        symmetric, delay = centres[0][at[0]], centres[1][at[1]]
        a = (symmetric + np.sqrt(symmetric**2 + 4)) / 2
        costs.append(np.abs(a * np.exp(-1j * w * delay)[None] * left - right) ** 2 / (1 + a * a))
    return histogram, np.argmin(costs, 0)


def projet(left, right, projections, places, rounds):
    """Fitzgerald, Liutkus & Badeau 2016: KL-NMF of |projections|; three sources that begin in thirds of the stereo image.

    Returns what each source gives to the left channel, and the divergence after each round.
    """
    phi = np.pi * np.arange(projections) / projections
    theta = np.linspace(0, np.pi / 2, places)
    k = np.abs(np.cos(theta[None] - phi[:, None]))  # [projections, places]
    a = np.stack([np.cos(phi), np.sin(phi)], 1)  # [projections, 2]
    c = np.einsum("mc,cn->mn", a, np.stack([left.ravel(), right.ravel()]))
    v = np.abs(c)
    side = np.minimum(2, 3 * np.arange(places) // places)
    q = np.stack([(side == s) / np.sum(side == s) for s in range(3)], 1)  # [places, sources]
    p = np.repeat(v.mean(0)[None] / 3, 3, 0)  # [sources, bins]
    costs = []
    for _ in range(rounds):
        g = k @ q
        p = p * (g.T @ (v / (g @ p + 1e-12))) / g.sum(0)[:, None]
        r = v / (g @ p + 1e-12)
        q = q * (k.T @ (r @ p.T)) / (k.sum(0)[:, None] * p.sum(1)[None])
        m = k @ q @ p
        costs.append(np.sum(np.where(v > 0, v * np.log(np.where(v > 0, v, 1) / m), 0) - v + m) / v.sum())
    g = k @ q
    shares = g.T[:, :, None] * p[:, None] / (g @ p)[None]  # [sources, projections, bins]
    images = np.einsum("cm,smn->scn", np.linalg.pinv(a), shares * c[None])
    return images[:, 0], costs


def fast_ica(x):
    """Hyvärinen 1999: whitening, tanh, symmetric decorrelation, from the identity; the mixing matrix."""
    values, vectors = np.linalg.eigh(x @ x.T / x.shape[1])
    values, vectors = values[::-1], vectors[:, ::-1]
    z = (vectors / np.sqrt(values)).T @ x
    w = np.eye(2)
    for _ in range(500):
        g = np.tanh(w @ z)
        raw = g @ z.T / z.shape[1] - (1 - g**2).mean(1)[:, None] * w
        u, _, vt = np.linalg.svd(raw)
        w = u @ vt
    return vectors @ np.diag(np.sqrt(values)) @ np.linalg.inv(w)


def salience(v, bin_hz, grid):
    """Salamon & Gomez 2012, equations 3 to 6, on magnitudes v [frames, bins]: each peak against each pitch at once."""
    pitches = 12 * np.log2(grid["lowest"]) + np.arange(grid["pitches"]) * grid["cents"] / 100
    out = np.zeros((len(v), grid["pitches"]))
    for frame, row in zip(out, v):
        inner = row[1:-1]
        found = (inner > row[:-2]) & (inner >= row[2:]) & (inner > row.max() / 100)
        at = np.flatnonzero(found) + 1
        at = at[at <= grid["highest"] / bin_hz]
        a, b, c = (np.log(row[at + i] + 1e-20) for i in (-1, 0, 1))
        hertz = (at + 0.5 * (a - c) / (a - 2 * b + c)) * bin_hz
        for n in range(1, grid["partials"] + 1):
            semitones = np.abs(pitches[:, None] - 12 * np.log2(hertz / n)[None])
            near = np.where(semitones <= 1, np.cos(np.pi / 2 * semitones) ** 2, 0)
            frame += near @ (grid["decay"] ** (n - 1) * row[at])
    return out


def best_path(s, farthest, step_cost):
    """The best sum of saliences less the costs of steps, by a table of all steps; returns the path and its value."""
    frames, count = s.shape
    distance = np.abs(np.arange(count)[:, None] - np.arange(count)[None])
    cost = np.where(distance <= farthest, step_cost * s.max(1).mean() * distance, np.inf)
    value, back = s[0], []
    for row in s[1:]:
        steps = value[None] - cost
        back.append(steps.argmax(1))
        value = steps.max(1) + row
    path = [int(value.argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return path[::-1]


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
    w, h = nndsvd(v, 5)
    out["nndsvd"] = {"w": numbers(w), "h": numbers(h)}

    # Octaves, tone and periodicity of components, and the three archetypes of the app.
    points = np.concatenate([rng.normal(centre, 0.3, (9, 3)) for centre in ([6, 0.5, 0.8], [1, 0.9, 0.2], [4, 0.9, 0.4])])
    archetypes = np.array([[6, 0.6, 0.6], [1.5, 1, 0.3], [4.5, 0.95, 0.3]])
    out["kmeans"] = {"points": numbers(points), "labels": [int(x) for x in kmeans(points, archetypes)]}

    low = rng.gamma(1.0, 1.0, (40, 3)) @ rng.gamma(1.0, 1.0, (3, 32))
    d = (low + 8 * (rng.uniform(size=low.shape) < 0.06)).astype(np.float32).astype(np.float64)
    a, e = rpca(d, 1e-7)
    out["rpca"] = {"rows": 40, "cols": 32, "d": numbers(d), "low": numbers(a), "sparse": numbers(e)}

    bins, frames = 33, 24
    sources = rng.standard_normal((3, frames, bins)) + 1j * rng.standard_normal((3, frames, bins))
    sources *= rng.uniform(size=sources.shape) < 0.3
    turn = np.exp(-2j * np.pi * np.arange(bins) / 64)
    mixed = sum(s * np.array([g, 1])[:, None, None] * np.stack([turn**0, turn**delay])[:, None]
                for s, g, delay in zip(sources, (0.4, 1.0, 2.1), (1.2, 0.0, -0.8)))
    noise = rng.standard_normal((2, 2, frames, bins)) * 0.02
    mixed = mixed + noise[0] + 1j * noise[1]
    planes = [part.astype(np.float32).astype(np.float64) for m in mixed for part in (m.real, m.imag)]
    histogram, nearest = duet(planes[0] + 1j * planes[1], planes[2] + 1j * planes[3], 64)
    out["duet"] = {"frames": frames, "bins": bins, "planes": [numbers(p) for p in planes],
                   "histogram": numbers(histogram), "nearest": [int(x) for x in np.ravel(nearest)]}

    images, costs = projet(planes[0] + 1j * planes[1], planes[2] + 1j * planes[3], 6, 31, 12)
    out["projet"] = {"re": [numbers(x.real) for x in images], "im": [numbers(x.imag) for x in images], "costs": costs}

    x = np.array([[0.9, 0.3], [0.4, 0.8]]) @ np.stack([rng.laplace(size=1500), rng.uniform(-1, 1, 1500)])
    x = (0.1 * x).astype(np.float32).astype(np.float64)
    mixing = fast_ica(x)
    estimates = np.linalg.inv(mixing) @ x
    images = [mixing[:, [k]] * estimates[k] for k in range(2)]
    images.sort(key=lambda image: np.abs(image[1]).sum() - np.abs(image[0]).sum())
    out["ica"] = {"x": [numbers(c) for c in x], "left": [numbers(c) for c in images[0]]}

    grid = {"lowest": 110.0, "cents": 25, "pitches": 120, "partials": 6, "decay": 0.8, "highest": 4000.0}
    rng = np.random.default_rng(11)
    frames, bins, bin_hz = 24, 129, 44100 / 1024
    glide = 330 * 2 ** (0.15 * np.sin(np.arange(frames) / 4))
    v = rng.gamma(0.5, 0.05, (frames, bins))
    for f, pitch in enumerate(glide):
        for n in range(1, 8):
            v[f] += 0.8**n * np.exp(-0.5 * ((np.arange(bins) - n * pitch / bin_hz) / 0.8) ** 2)
    v = v.astype(np.float32).astype(np.float64)
    s = salience(v, bin_hz, grid)
    out["melody"] = {"frames": frames, "bins": bins, "grid": {**grid, "binHz": bin_hz}, "v": numbers(v), "salience": numbers(s),
                     "path": best_path(s, 12, 0.03)}

    with open(os.path.join(HERE, "classic.json"), "w", encoding="utf-8") as file:
        json.dump(out, file)
        file.write("\n")


if __name__ == "__main__":
    main()
