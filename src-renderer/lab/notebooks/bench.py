from scipy.fft import next_fast_len
from scipy.ndimage import maximum_filter1d, median_filter, minimum_filter1d

length, hop, centred = settings["length"], settings["hop"], settings["centred"]
powers = settings["representation"] in ("power", "log-power")
grid = (settings["window"], length, hop)
weights = window(*grid[:2])


# The transform. Where windows leave gaps it is that of the lessons, else frame f is centred on sample f * hop.


def forward(signal):
    if not centred:
        return analyse(signal, *grid)
    frames, half = settings["frames"], length // 2
    behind = max(half, (frames - 1) * hop + length - half - len(signal))
    padded = np.pad(signal, (half, behind), "reflect")
    return np.fft.rfft(padded[hop * np.arange(frames)[:, None] + np.arange(length)] * weights)


def back(spectrum, samples):
    if not centred:
        return synthesise(spectrum, *grid, samples)
    end = length // 2 + samples
    out, energy = np.zeros((2, max(end, (len(spectrum) - 1) * hop + length)))
    for f, frame in enumerate(np.fft.irfft(spectrum, length) * weights):
        out[f * hop : f * hop + length] += frame
        energy[f * hop : f * hop + length] += weights**2
    out = np.where(energy > 1e-8 * np.mean(weights**2), out / np.maximum(energy, 1e-30), 0)
    return out[length // 2 : end]


# Methods: two parts of V [frames][bins].


def odd(wanted):
    return 2 * nearest((min(31, max(3, wanted)) - 1) / 2) + 1


def hpss(V):
    """Medians along time and along frequency, of levels in steps of a sixteenth of an octave."""
    words = V.view(np.uint32) >> 19
    lowest = max(0, int(words.max()) - 255)
    levels = np.maximum(words.astype(int) - lowest, 0).astype(np.uint8)
    values = ((lowest + np.arange(256)) << 19 | 1 << 18).astype(np.uint32).view(np.float32)
    values[0] = 0
    along_time, along_frequency = odd(0.72 * RATE / hop), odd(340 * length / RATE)
    held = median_filter(levels, (along_time, 1), mode="reflect")
    struck = median_filter(levels, (1, along_frequency), mode="reflect")
    return values[held], values[struck]


def is_drum(w, h):
    """Whether a struck, noisy sound is nearer to a component than a low or a high held one."""
    w = w[1:] + 1e-9
    tone = 1 - np.exp(np.mean(np.log(w))) / np.mean(w)
    centroid = np.sum(w * np.arange(1, len(w) + 1)) / np.sum(w) * RATE / length
    burst = min(1, np.sum(np.maximum(0, np.diff(h, prepend=0))) / (np.sum(h) + 1e-9))
    pitch = np.log2(max(50, centroid) / 50)
    kinds = [(0.6, 0.5, 6), (1, 0.15, 1.5), (0.95, 0.15, 4.5)]  # drums, bass, others
    apart = [(2 * (tone - t)) ** 2 + (3 * (burst - b)) ** 2 + ((pitch - p) / 3) ** 2 for t, b, p in kinds]
    return np.argmin(apart) == 0


def nmf(V, parts=8, rounds=8):
    """Kullback-Leibler divergence, from random numbers; components that sound like drums against the others."""
    frames, bins = V.shape
    start = 0.5 + randoms(1, parts * (bins + frames))
    W = start[: parts * bins].reshape(parts, bins) / bins
    H = start[parts * bins :].reshape(frames, parts) * V.sum(dtype=float) / (frames * parts)
    for _ in range(rounds):
        H *= (V / (H @ W + 1e-12)) @ W.T / W.sum(axis=1)
        W *= H.T @ (V / (H @ W + 1e-12)) / np.maximum(1e-12, H.sum(axis=0))[:, None]
        total = W.sum(axis=1)
        W, H = W / total[:, None], H * total
    drum = np.array([is_drum(W[k], H[:, k]) for k in range(parts)])
    return H[:, ~drum] @ W[~drum], H[:, drum] @ W[drum]


def period_of(V):
    """The lag at which V repeats: the beat spectrum is highest there and at its multiples, above what is around."""
    frames = len(V)
    size = 2 ** int(np.ceil(np.log2(max(2, 2 * frames))))
    spectrum = np.abs(np.fft.rfft(V.astype(float) ** 2, size, axis=0)) ** 2
    beat = np.fft.irfft(spectrum.sum(axis=1))[:frames] / (frames - np.arange(frames))
    beat = beat / beat[0] if beat[0] > 0 else beat
    least, most = (max(1, nearest(seconds * RATE / hop)) for seconds in (0.4, 4))
    end = 3 * frames // 4
    best, period = -np.inf, least
    for lag in range(least, min(most, end // 3) + 1):
        reach, near = 3 * lag // 4, max(1, lag // 10)
        scores = []
        for at in range(lag, end, lag):
            around = np.arange(max(1, at - reach), min(end - 1, at + reach) + 1)
            scores.append(beat[around[np.abs(around - at) <= near]].max() - beat[around].mean())
        if scores and np.mean(scores) > best:
            best, period = np.mean(scores), lag
    return period


def repet(V):
    """The median of the frames that lie whole periods apart repeats; the voice is what rises above it."""
    period = period_of(V)
    background = np.zeros_like(V)
    for f in range(min(period, len(V))):
        same = V[f::period]
        background[f::period] = np.minimum(np.sort(same, axis=0)[(len(same) - 1) // 2], same)
    return V - background, background


def ft2d(V, reach=12):
    """Peaks of the two-dimensional transform along the rate of repetition are what repeats."""
    rows, columns = (fast(n) for n in V.shape)
    spectrum = np.fft.fft(np.fft.rfft(V, columns, axis=1), rows, axis=0)
    size = np.abs(spectrum)
    most = maximum_filter1d(size, 2 * reach + 1, axis=0, mode="nearest")
    least = minimum_filter1d(size, 2 * reach + 1, axis=0, mode="nearest")
    # Equal ones, of both signs of a rate, are equal but for rounding.
    peak = (size >= most * (1 - 1e-9)) & (most - least > size.std())
    peak[0] = True
    kept = np.fft.ifft(np.where(peak, spectrum, 0), axis=0)
    background = np.fft.irfft(kept, columns, axis=1)[: len(V), : V.shape[1]]
    return np.abs(V - background), np.abs(background)


def fast(least):
    """The next multiple of 64 that has the factors 2, 3 and 5 only."""
    return 64 * next_fast_len(-(-least // 64), real=True)


def oracle(_):
    return tuple(np.abs(forward(part)).astype(np.float32) for part in (TRUE_VOICE, TRUE_REST))


def split(V):
    """Powers where they were chosen; medians and true parts are those of magnitudes, squared."""
    method = {"hpss": hpss, "nmf": nmf, "repet": repet, "ft2d": ft2d, "oracle": oracle}[settings["method"]]
    late = method in (hpss, oracle)
    a, b = method(V**2 if powers and not late else V)
    return (a**2, b**2) if powers and late else (a, b)


def mask_of(a, b):
    if settings["mask"] == "binary":
        return (a >= b).astype(float)
    return share(a.astype(float), b.astype(float), settings["exponent"] if settings["mask"] == "ratio" else 1)


# What is drawn, [frames][bins or bands]: 1 or 0 dB is the greatest.


def mel_bank(bands=96):
    """Triangles of equal area on Slaney's mel scale."""
    step, corner = np.log(6.4) / 27, 15
    highest = RATE / 2
    top = highest / 200 * 3 if highest < 1000 else corner + np.log(highest / 1000) / step
    mels = np.linspace(0, top, bands + 2)
    edges = np.where(mels < corner, mels * 200 / 3, 1000 * np.exp(step * (mels - corner)))[:, None]
    hertz = np.arange(length // 2 + 1) * RATE / length
    left, middle, right = edges[:-2], edges[1:-1], edges[2:]
    height = np.minimum((hertz - left) / (middle - left), (right - hertz) / (right - middle))
    return np.maximum(0, height) * 2 / (right - left)


def drawn(V):
    kind = settings["representation"]
    if kind == "mel":
        V = V @ mel_bank().T
    level = V / max(V.max(), 1e-12)
    if kind == "magnitude":
        return level
    return level**2 if kind == "power" else 20 * np.log10(np.maximum(level, 1e-12))


spectrum = forward(MIX)
V = np.abs(spectrum).astype(np.float32)
mask = mask_of(*split(V))
whole, first = back(spectrum, len(MIX)), back(mask * spectrum, len(MIX))
second = whole - first
picture = drawn(V)

sums = overlap_of(weights, hop)
count = min(200, hop)
shown = sums[np.arange(count) * hop // count]
numbers = {
    "error": -sdr(MIX, whole),
    "ripple": 100 * (shown.max() - shown.min()) / sums.mean(),
    "balance": ratio_db(np.sum(first**2), np.sum(second**2)),
}
if TRUE_VOICE is not None and settings["method"] not in ("hpss", "nmf"):
    numbers["voiceSdr"] = sdr(TRUE_VOICE, first)
report(**numbers)
