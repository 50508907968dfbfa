"""Writes families/*.onnx, families/goldens.f32 and families/index.json: what the programs that families of separators
were made for do with songs of many lengths, around small networks with random weights.

Run with a Python that has numpy and onnx:  python3 test/parity/make_family_goldens.py

The rules of the hosts are written here anew, from what is known of them (docs/models.md names them), in plain NumPy and
float64; the networks are run by ONNX's reference implementation. Geometries are small, with the proportions of the
real ones: windows of about 500 samples, transforms of 128 and 192.
"""

import json
import os
import zlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "families")
FLOAT = TensorProto.FLOAT


# ---------------------------------------------------------------- networks

class Net:
    """Nodes and weights of a graph; weights are random, the same in every run."""

    def __init__(self, name):
        self.name, self.nodes, self.weights = name, [], []
        self.rng = np.random.default_rng(zlib.crc32(name.encode()))
        self.count = 0

    def fresh(self):
        self.count += 1
        return f"v{self.count}"

    def constant(self, array):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def random(self, *shape, scale):
        return self.constant((self.rng.normal(0, scale, shape)).astype(np.float32))

    def ints(self, *values):
        return self.constant(np.array(values, np.int64))

    def op(self, kind, *inputs, outputs=None, **attributes):
        outputs = outputs or [self.fresh()]
        self.nodes.append(helper.make_node(kind, list(inputs), outputs, **attributes))
        return outputs[0]

    def conv(self, x, into, out, dims):
        kernel = [3] * dims
        weight = self.random(out, into, *kernel, scale=1 / np.sqrt(into * 3**dims))
        return self.op("Conv", x, weight, self.random(out, scale=0.05), kernel_shape=kernel, pads=[1] * (2 * dims))

    def body(self, x, into, out, dims):
        """Two convolutions, and a gain that depends on everything the network sees."""
        hidden = self.op("Relu", self.conv(x, into, 6, dims))
        mean = self.op("ReduceMean", hidden, axes=list(range(2, 2 + dims)), keepdims=1)
        gain = self.op("Sigmoid", mean)
        return self.conv(self.op("Mul", hidden, gain), 6, out, dims)

    def save(self, inputs, outputs):
        """`inputs` and `outputs` are (name, dims); outputs are (name, dims, value)."""
        for name, _, value in outputs:
            self.op("Identity", value, outputs=[name])
        graph = helper.make_graph(
            self.nodes, self.name,
            [helper.make_tensor_value_info(name, FLOAT, dims) for name, dims in inputs],
            [helper.make_tensor_value_info(name, FLOAT, dims) for name, dims, _ in outputs],
            self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="unbraid-tests")
        model.ir_version = 8
        onnx.checker.check_model(model)
        onnx.save(model, os.path.join(HERE, f"{self.name}.onnx"))
        return runner(model)


def runner(model):
    evaluator = ReferenceEvaluator(model)
    names = [value.name for value in model.graph.input]
    return lambda *arrays: evaluator.run(None, dict(zip(names, [np.asarray(a, np.float32) for a in arrays])))


def spectral_net(name, bins, frames, stems=None, flat=False):
    """[1, 4, bins, frames] to the same, or with a stem axis, or with stems and channels in one."""
    net = Net(name)
    y = net.body("input", 4, 4 * (stems or 1), 2)
    dims = [1, 4 * (stems or 1), bins, frames]
    if stems and not flat:
        dims = [1, stems, 4, bins, frames]
        y = net.op("Reshape", y, net.ints(*dims))
    return net.save([("input", [1, 4, bins, frames])], [("output", dims, y)])


def wave_net(name, length, stems):
    net = Net(name)
    y = net.op("Reshape", net.body("mix", 2, 2 * stems, 1), net.ints(1, stems, 2, length))
    return net.save([("mix", [1, 2, length])], [("stems", [1, stems, 2, length], y)])


def hybrid_net(name, length, bins, frames, stems):
    net = Net(name)
    wave = net.op("Reshape", net.body("mix", 2, 2 * stems, 1), net.ints(1, stems, 2, length))
    spec = net.op("Reshape", net.body("spec", 4, 4 * stems, 2), net.ints(1, stems, 4, bins, frames))
    return net.save(
        [("mix", [1, 2, length]), ("spec", [1, 4, bins, frames])],
        [("spec_out", [1, stems, 4, bins, frames], spec), ("wave_out", [1, stems, 2, length], wave)])


def recurrent_net(name, bins):
    """Magnitudes [1, 2, bins, T] to the same, through one LSTM in both directions (Open-Unmix's form)."""
    net, hidden = Net(name), 6
    flat = net.op("Reshape", net.op("Transpose", "input", perm=[3, 0, 1, 2]), net.ints(-1, 1, 2 * bins))
    scale = 1 / np.sqrt(2 * bins)
    weights = [net.random(2, 4 * hidden, 2 * bins, scale=3 * scale), net.random(2, 4 * hidden, hidden, scale=0.4),
               net.random(2, 8 * hidden, scale=0.1)]
    h = net.op("LSTM", flat, *weights, hidden_size=hidden, direction="bidirectional")
    h = net.op("Reshape", net.op("Transpose", h, perm=[0, 2, 1, 3]), net.ints(-1, 2 * hidden))
    y = net.op("Relu", net.op("Add", net.op("MatMul", h, net.random(2 * hidden, 2 * bins, scale=0.5)),
                              net.random(2 * bins, scale=0.3)))
    y = net.op("Transpose", net.op("Reshape", y, net.ints(-1, 1, 2, bins)), perm=[1, 2, 3, 0])
    dims = [1, 2, bins, "T"]
    return net.save([("input", dims)], [("output", dims, net.op("Mul", y, "input"))])


def split_net(name, frames, bins):
    """Magnitudes [2, splits, frames, bins] to the same (Spleeter's form)."""
    net = Net(name)
    x = net.op("Transpose", "x", perm=[1, 0, 2, 3])
    y = net.op("Transpose", net.op("Relu", net.body(x, 2, 2, 2)), perm=[1, 0, 2, 3])
    dims = [2, "splits", frames, bins]
    return net.save([("x", dims)], [("y", dims, net.op("Mul", y, "x"))])


def row_mask_net(name, rows, frames, stems):
    """[1, 2 · bins, T, 2] to complex masks [1, stems, 2 · bins, T, 2] (RoFormer's form)."""
    net = Net(name)
    x = net.op("Transpose", "spec", perm=[0, 3, 1, 2])
    y = net.op("Tanh", net.body(x, 2, 2 * stems, 2))
    y = net.op("Reshape", y, net.ints(1, stems, 2, rows, frames))
    y = net.op("Transpose", y, perm=[0, 1, 3, 4, 2])
    return net.save([("spec", [1, rows, frames, 2])], [("mask", [1, stems, rows, frames, 2], y)])


def parts_net(name, bins, frames, stems):
    """Two parts [1, 2, bins, T] to the two parts of spectra [1, stems, 2, bins, T] (RoFormer's third form)."""
    net = Net(name)
    x = net.op("Concat", "spec_real", "spec_imag", axis=1)
    y = net.op("Reshape", net.body(x, 4, 4 * stems, 2), net.ints(2, 1, stems, 2, bins, frames))
    parts = [net.op("Gather", y, net.constant(np.array(i, np.int64)), axis=0) for i in range(2)]
    dims = [1, stems, 2, bins, frames]
    return net.save([("spec_real", [1, 2, bins, frames]), ("spec_imag", [1, 2, bins, frames])],
                    [("out_real", dims, parts[0]), ("out_imag", dims, parts[1])])


# ---------------------------------------------------------------- transforms

def hann(n):
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)


def mirrored(x, left, right):
    """NumPy's reflection, also for signals that are shorter than the padding."""
    n = x.shape[-1]
    if n == 1:
        return np.repeat(x, 1 + left + right, -1)
    at = np.abs(np.arange(-left, n + right)) % (2 * (n - 1))
    return x[..., np.where(at < n, at, 2 * (n - 1) - at)]


def stft(x, n_fft, hop, window, frames=None):
    """[..., samples] to [..., bins, frames]; frames begin at multiples of the hop."""
    count = frames if frames is not None else (x.shape[-1] - n_fft) // hop + 1
    at = np.arange(count)[:, None] * hop + np.arange(n_fft)
    return np.swapaxes(np.fft.rfft(x[..., at] * window), -1, -2)


def centred(x, n_fft, hop, window):
    return stft(mirrored(x, n_fft // 2, n_fft // 2), n_fft, hop, window)


def overlap_add(spectrum, n_fft, hop, window):
    frames = np.fft.irfft(np.swapaxes(spectrum, -1, -2), n_fft) * window
    count = frames.shape[-2]
    out = np.zeros(spectrum.shape[:-2] + ((count - 1) * hop + n_fft,))
    energy = np.zeros(out.shape[-1])
    for f in range(count):
        out[..., f * hop:f * hop + n_fft] += frames[..., f, :]
        energy[f * hop:f * hop + n_fft] += window**2
    return out, energy


def inverse_centred(spectrum, n_fft, hop, window, length):
    out, energy = overlap_add(spectrum, n_fft, hop, window)
    inside = slice(n_fft // 2, n_fft // 2 + length)
    return out[..., inside] / energy[inside]


def to_rows(z):
    """[2, bins, T] complex to [1, 4, bins, T]: L.re, L.im, R.re, R.im."""
    return np.stack([z[0].real, z[0].imag, z[1].real, z[1].imag])[None]


def from_rows(rows):
    """[..., 4, bins, T] to complex [..., 2, bins, T]."""
    return np.stack([rows[..., 0, :, :] + 1j * rows[..., 1, :, :], rows[..., 2, :, :] + 1j * rows[..., 3, :, :]], -3)


# ---------------------------------------------------------------- hosts

def mdx_host(net, x, n_fft, hop, bins, frames, overlap=0.25):
    """UVR MDX-Net as audio-separator runs it; [2, n] to [1, 2, n]."""
    n, window = x.shape[1], hann(n_fft)
    chunk, trim = hop * (frames - 1), n_fft // 2
    kept = chunk - 2 * trim
    mix = np.concatenate([np.zeros((2, trim)), x, np.zeros((2, kept + trim - n % kept))], 1)
    total, result, divider = mix.shape[1], np.zeros((2, mix.shape[1])), np.zeros(mix.shape[1])
    for start in range(0, total, int((1 - overlap) * chunk)):
        end = min(start + chunk, total)
        part = np.zeros((2, chunk))
        part[:, :end - start] = mix[:, start:end]
        z = centred(part, n_fft, hop, window)
        rows = to_rows(z[:, :bins])
        rows[:, :, :3] = 0
        full = np.zeros_like(z)
        full[:, :bins] = from_rows(net(rows)[0][0])
        wave = inverse_centred(full, n_fft, hop, window, chunk)
        weight = np.hanning(end - start)
        result[:, start:end] += wave[:, :end - start] * weight
        divider[start:end] += weight
    return (result / np.where(divider > 0, divider, 1))[None, :, trim:trim + n]


def normalised(x):
    mono = x.mean(0)
    # A song of one sample has no deviation.
    std = mono.std(ddof=1) if mono.size > 1 else 0.0
    return (x - mono.mean()) / (std + 1e-8), lambda y: y * (std + 1e-8) + mono.mean()


def demucs_host(model, x, length, stems, overlap=0.25, offsets=None, max_shift=0):
    """Demucs' apply_model with its normalisation; `offsets` are those of the shifts. [2, n] to [stems, 2, n]."""
    x, back = normalised(x)

    def split(whole, begin, size):
        """Windows over `size` samples of `whole` from `begin` on; short ones take what is around them."""
        out, total = np.zeros((stems, 2, size)), np.zeros(size)
        ramp = np.minimum(np.arange(length) + 1, length - np.arange(length)).astype(float)
        for offset in range(0, size, int((1 - overlap) * length)):
            own = min(size - offset, length)
            missing = length - own
            first = begin + offset - missing // 2
            left, right = max(0, first), min(whole.shape[1], first + length)
            part = np.pad(whole[:, left:right], ((0, 0), (left - first, first + length - right)))
            wave = model(part)[..., missing // 2:missing // 2 + own]
            out[..., offset:offset + own] += ramp[:own] * wave
            total[offset:offset + own] += ramp[:own]
        return out / total

    if not offsets:
        return back(split(x, 0, x.shape[1]))
    padded = np.pad(x, ((0, 0), (max_shift, max_shift)))
    passes = [split(padded, offset, x.shape[1] + max_shift - offset)[..., max_shift - offset:] for offset in offsets]
    return back(np.mean(passes, 0))


def hybrid_model(net, n_fft, hop, length):
    """HTDemucs' own transforms around a network of two branches."""
    pad, frames, window = 3 * hop // 2, -(-length // hop), hann(n_fft)

    def run(part):
        z = mirrored(part, pad, pad + frames * hop - length)
        z = centred(z, n_fft, hop, window)[:, :-1, 2:2 + frames] / np.sqrt(n_fft)
        spec, wave = net(part[None], to_rows(z))
        y = from_rows(spec[0]) * np.sqrt(n_fft)
        y = np.pad(y, ((0, 0), (0, 0), (0, 1), (2, 2)))
        size = frames * hop + 2 * pad
        return inverse_centred(y, n_fft, hop, window, size)[..., pad:pad + length] + wave[0]

    return run


def bordered_host(model, x, length, stems, parts):
    """The generic demix of Music-Source-Separation-Training with `parts` overlaps; [2, n] to [stems, 2, n]."""
    n, step, fade = x.shape[1], length // parts, length // 10
    border = length - step
    mirror = n > 2 * border and border > 0
    mix = mirrored(x, border, border) if mirror else x
    total = mix.shape[1]
    result, divider = np.zeros((stems, 2, total)), np.zeros(total)
    window = np.ones(length)
    window[-fade:] = np.linspace(1, 0, fade)
    window[:fade] = np.linspace(0, 1, fade)
    for start in range(0, total, step):
        part = mix[:, start:start + length]
        own = part.shape[1]
        if own < length:
            missing = ((0, 0), (0, length - own))
            part = np.pad(part, missing, mode="reflect") if own > length // 2 else np.pad(part, missing)
        weight = window.copy()
        if start == 0:
            weight[:fade] = 1
        elif start + step >= total:
            weight[-fade:] = 1
        result[..., start:start + own] += model(part)[..., :own] * weight[:own]
        divider[start:start + own] += weight[:own]
    result = result / np.where(divider > 0, divider, 1)
    return result[..., border:-border] if mirror else result


def mdx23c_model(net, n_fft, hop, bins):
    window = hann(n_fft)

    def run(part):
        z = centred(part, n_fft, hop, window)
        y = from_rows(net(to_rows(z[:, :bins]))[0][0])
        full = np.zeros(y.shape[:2] + z.shape[1:], complex)
        full[:, :, :bins] = y
        return inverse_centred(full, n_fft, hop, window, part.shape[1])

    return run


def scnet_model(net, n_fft, hop, stems):
    """A transform without a window over zeros up to an odd number of hops."""
    window = np.ones(n_fft)

    def run(part):
        length = part.shape[1]
        missing = hop - length % hop
        if (length + missing) // hop % 2 == 0:
            missing += hop
        z = centred(np.pad(part, ((0, 0), (0, missing))), n_fft, hop, window) / np.sqrt(n_fft)
        rows = net(to_rows(z))[0][0]
        y = from_rows(rows.reshape((stems, 4) + rows.shape[1:])) * np.sqrt(n_fft)
        return inverse_centred(y, n_fft, hop, window, length + missing)[..., :length]

    return run


def roformer_model(net, n_fft, hop):
    """Masks with rows 2 · bin + channel; no direct current."""
    window = hann(n_fft)

    def run(part):
        z = centred(part, n_fft, hop, window)
        rows = np.swapaxes(z, 0, 1).reshape((-1,) + z.shape[2:])
        mask = net(np.stack([rows.real, rows.imag], -1)[None])[0][0]
        y = rows * (mask[..., 0] + 1j * mask[..., 1])
        y = np.swapaxes(y.reshape((len(mask), -1, 2) + z.shape[2:]), 1, 2)
        y[:, :, 0] = 0
        return inverse_centred(y, n_fft, hop, window, part.shape[1])

    return run


def parts_model(net, n_fft, hop):
    """Masked spectra in two parts."""
    window = hann(n_fft)

    def run(part):
        z = centred(part, n_fft, hop, window)
        re, im = net(z.real[None], z.imag[None])
        y = re[0] + 1j * im[0]
        y[:, :, 0] = 0
        return inverse_centred(y, n_fft, hop, window, part.shape[1])

    return run


def spleeter_host(nets, x, n_fft, hop, split, above):
    """Spleeter with TensorFlow's transform: zeros in front, no centring, a fixed gain of the inverse."""
    n, window = x.shape[1], hann(n_fft)
    length = n + n_fft
    count = -(-length // hop)
    padded = np.zeros((2, (count - 1) * hop + n_fft))
    padded[:, n_fft:length] = x
    z = stft(padded, n_fft, hop, window, count)
    bins, splits = n_fft // 4, -(-count // split)
    level = np.zeros((2, splits * split, bins))
    level[:, :count] = np.swapaxes(np.abs(z[:, :bins]), 1, 2)
    estimates = np.stack([net(level.reshape(2, splits, split, bins))[0] for net in nets]).astype(float)
    masks = (estimates**2 + 1e-10 / len(nets)) / ((estimates**2).sum(0) + 1e-10)
    masks = np.swapaxes(masks.reshape(len(nets), 2, splits * split, bins)[:, :, :count], 2, 3)
    rest = masks.mean(2, keepdims=True) if above == "mean" else np.zeros_like(masks[:, :, :1])
    masks = np.concatenate([masks, np.repeat(rest, z.shape[1] - bins, 2)], 2)
    wave, _ = overlap_add(masks * z, n_fft, hop, window)
    return wave[..., n_fft:n_fft + n] * 2 / 3


def wiener(x, y, iterations, eps=1e-10):
    """Expectation-maximisation; x is [2, bins, T], y [stems, 2, bins, T]."""
    scale = max(1, np.abs(x).max() / 10)
    x, y = x / scale, y / scale
    for _ in range(iterations):
        v = (np.abs(y) ** 2).mean(1)
        r = np.einsum("jabt,jcbt->jbac", y, y.conj()) / (eps + v.sum(-1))[..., None, None]
        c = np.sqrt(eps) * np.eye(2) + np.einsum("jbt,jbac->btac", v, r)
        solved = np.linalg.solve(c, np.moveaxis(x, 0, -1)[..., None])[..., 0]
        y = np.einsum("jbt,jbac,btc->jabt", v, r, solved)
    return y * scale


def unmix_host(nets, x, n_fft, hop, excerpt):
    """Open-Unmix: the whole song through each network, then the filter over excerpts."""
    window = hann(n_fft)
    z = centred(x, n_fft, hop, window)
    phase = np.exp(1j * np.angle(z))
    y = np.stack([net(np.abs(z)[None])[0][0] * phase for net in nets])
    for first in range(0, z.shape[-1], excerpt):
        here = slice(first, first + excerpt)
        y[..., here] = wiener(z[..., here], y[..., here], 1)
    return inverse_centred(y, n_fft, hop, window, x.shape[1])


# ---------------------------------------------------------------- goldens

def noise(length, seed):
    """The noise of test/fixtures/signals.ts, value for value."""
    state = seed * 7919 % 2147483647 or 1
    values = np.empty(length, np.float32)
    for i in range(length):
        state = state * 48271 % 2147483647
        values[i] = state / 1073741824 - 1
    return values


def song(length, channels, kind):
    if kind == "silence":
        return np.zeros((channels, length), np.float32)
    # A mean that is not 0: zeros before the normalisation are not those after it.
    planes = [np.float32(0.25) * noise(length, c + 1) + np.float32(0.0625) for c in range(channels)]
    return np.stack(planes).astype(np.float32)


def kept(length):
    """The samples that are stored: every 11th, and both ends."""
    return np.unique(np.concatenate([np.arange(0, length, 11), np.arange(min(6, length)),
                                     np.arange(max(0, length - 6), length)]))


def shift_of(seed, most):
    """Mulberry32, as in segment-weights.ts: the app's shifts are the same in every run."""
    imul = lambda a, b: (a * b) & 0xFFFFFFFF
    t = (seed + 0x6D2B79F5) & 0xFFFFFFFF
    t = imul(t ^ (t >> 15), t | 1)
    t ^= (t + imul(t ^ (t >> 7), t | 61)) & 0xFFFFFFFF
    return int(((t ^ (t >> 14)) & 0xFFFFFFFF) / 4294967296 * most)


def families():
    demucs = wave_net("htdemucs", 470, 2)
    hybrid = hybrid_model(hybrid_net("htdemucs-hybrid", 470, 64, 15, 2), 128, 32, 470)
    mdx = spectral_net("mdx-net", 64, 16)
    mdx23c = mdx23c_model(spectral_net("mdx23c", 64, 16, stems=2), 128, 32, 64)
    scnet = scnet_model(spectral_net("scnet", 65, 16, stems=2, flat=True), 128, 32, 2)
    roformer = roformer_model(row_mask_net("bs-roformer", 130, 21, 1), 128, 28)
    parts = parts_model(parts_net("roformer-parts", 65, 21, 2), 128, 28)
    spleeter = [split_net(f"spleeter-{i}", 16, 32) for i in range(2)]
    unmix = [recurrent_net(f"open-unmix-{i}", 65) for i in range(2)]
    most = 441
    offsets = [most - shift_of(i + 1, most + 1) for i in range(3)]
    yield "mdx-net", 480, 360, lambda x: mdx_host(mdx, x, 192, 32, 64, 16)
    yield "mdx23c", 480, 120, lambda x: bordered_host(mdx23c, x, 480, 2, 4)
    yield "htdemucs", 470, 352, lambda x: demucs_host(lambda p: demucs(p[None])[0][0], x, 470, 2)
    yield "htdemucs-shifts", 470, 352, lambda x: demucs_host(
        lambda p: demucs(p[None])[0][0], x, 470, 2, offsets=offsets, max_shift=most)
    yield "htdemucs-hybrid", 470, 352, lambda x: demucs_host(hybrid, x, 470, 2)
    yield "scnet", 470, 117, lambda x: (lambda y, back: back(bordered_host(scnet, y, 470, 2, 4)))(*normalised(x))
    yield "bs-roformer", 560, 280, lambda x: bordered_host(roformer, x, 560, 1, 2)
    yield "roformer-parts", 560, 280, lambda x: bordered_host(parts, x, 560, 2, 2)
    yield "spleeter", 512, 512, lambda x: spleeter_host(spleeter, x, 128, 32, 16, "zero")
    yield "spleeter-mean", 512, 512, lambda x: spleeter_host(spleeter, x, 128, 32, 16, "mean")
    yield "open-unmix", 640, 640, lambda x: unmix_host(unmix, x, 128, 32, 20)


def main():
    os.makedirs(HERE, exist_ok=True)
    index, arrays, offset = {}, [], 0
    for name, length, step, host in families():
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        lengths = [1, 2, length - 1, length, length + 1, 2 * length, 3 * length, step, 2 * step, 2 * step + 1]
        lengths += sorted(rng.integers(1, 5 * length, 40).tolist())
        cases = [(n, 2, "noise") for n in lengths]
        cases += [(length + 77, 2, "silence"), (1, 2, "silence"), (3 * length - 5, 1, "noise"), (1, 1, "noise")]
        index[name] = []
        for n, channels, kind in cases:
            x = song(n, channels, kind)
            y = host(np.repeat(x, 2, 0) if channels == 1 else x).astype(float)
            if channels == 1:
                y = y.mean(1, keepdims=True)
            assert np.isfinite(y).all(), (name, n)
            values = np.ascontiguousarray(y[..., kept(n)], "<f4")
            index[name].append({"frames": n, "channels": channels, "kind": kind, "stems": len(y), "offset": offset})
            arrays.append(values.ravel())
            offset += values.size
        print(name, len(cases), offset * 4 >> 10, "KiB")
    np.concatenate(arrays).tofile(os.path.join(HERE, "goldens.f32"))
    with open(os.path.join(HERE, "index.json"), "w") as file:
        json.dump(index, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
