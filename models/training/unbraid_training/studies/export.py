"""A trained study as the app wants it: ONNX with weights of 16 bits, a manifest of version 2, and a golden."""

from __future__ import annotations

import hashlib
import inspect
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from ..constants import BINS, FRAMES, HOP, N_FFT, SEGMENT, STEMS
from ..export import OPSET
from ..halves import narrow, round_weights
from ..spectral import istft, stft
from . import deepconvsep, drum_kit, feedforward, lead_backing, lstm_mask, open_unmix
from .training import trained

FREE = {
    "weights": "GPL-3.0-or-later",
    "code": "GPL-3.0-or-later",
    "redistributable": True,
    "attribution": "Trained on free material; its makers are named in NOTICE and models/README.md.",
}


@dataclass(frozen=True)
class Form:
    """What a study's manifest says, beside its files."""

    title: str
    description: str
    settings: dict
    """Fields of the manifest as they are."""
    stems: tuple[str, ...]
    example: tuple[int, ...]
    """Shape of the graph's input; the axis `frames` may then have any size."""
    frames: tuple[int, int] | None = None
    """The axes of input and output that are free."""
    golden: int = 0
    """Samples of the golden; 0 without one."""
    input: dict = field(default_factory=dict)
    output: dict = field(default_factory=dict)
    licence: dict = field(default_factory=lambda: dict(FREE))
    half: bool = True
    """Whether weights are stored in 16 bits. Norms are folded into them on the way to ONNX, and would be rounded twice."""
    study: bool = True
    """Whether it is there to learn from, not to work with."""
    graph: Callable[[nn.Module], nn.Module] = lambda network: network
    """What is exported of the trained network."""


def mask_form(n_fft: int, hop: int, rate: int, frames: int, **segment: object) -> dict:
    return {
        "preset": "mask",
        "audio": {"sampleRate": rate, "channels": 2},
        "stft": {"nFft": n_fft, "hop": hop},
        "segment": {"length": (frames - 1) * hop, **segment},
    }


_DUET = {"stems": {"order": list(feedforward.STEMS), "residual": "other"}}
_FREE = {"fixed": False}

FORMS = {
    "drum-kit": Form(
        "Drum kit",
        "A drum track into kick, snare, hi-hat and the rest (toms and cymbals) by a small U-Net trained on rendered kits; for drums alone",
        {
            "preset": "mask",
            "audio": {"sampleRate": 44100, "channels": 2},
            "stft": {"nFft": drum_kit.N_FFT, "hop": drum_kit.HOP, "bins": [0, drum_kit.BINS]},
            "segment": {"length": drum_kit.SEGMENT, "overlap": 0.25, "chain": 4},
            "stems": {"order": list(drum_kit.JOINED), "residual": "rest"},
        },
        tuple(drum_kit.JOINED),
        (1, 4, drum_kit.BINS, drum_kit.FRAMES),
        frames=(3, 4),
        golden=31 * drum_kit.HOP,
        input={"name": "spec", "role": "spec", "layout": "b (ch ri) f t"},
        output={"name": "masks", "layout": "b s ch f t"},
        half=False,
        study=False,
        graph=drum_kit.Joined,
    ),
    "lead-backing": Form(
        "Lead and backing",
        "Vocals into the lead and the voices behind it by a small U-Net trained on rendered singing; for vocals alone",
        {
            "preset": "mask",
            "audio": {"sampleRate": 44100, "channels": 2},
            "stft": {"nFft": N_FFT, "hop": HOP, "bins": [0, BINS]},
            "segment": {"length": SEGMENT, "overlap": 0.25, "chain": 4},
            "stems": {"order": list(lead_backing.STEMS), "residual": "backing"},
        },
        lead_backing.STEMS,
        (1, 4, BINS, FRAMES),
        frames=(3, 4),
        golden=15 * HOP,
        input={"name": "spec", "role": "spec", "layout": "b (ch ri) f t"},
        output={"name": "masks", "layout": "b s ch f t"},
        half=False,
        study=False,
    ),
    "fnn-wave": Form(
        "FNN on the wave",
        "Piano and violin by a feed-forward network on raw frames of 32 ms: for study, it bleeds and clicks",
        {
            "preset": "waveform",
            "audio": {"sampleRate": feedforward.SAMPLE_RATE, "channels": 2},
            "segment": {"plan": "cover", "length": 32 * feedforward.FRAME, "overlap": 0, "window": "rectangular"},
            **_DUET,
        },
        feedforward.STEMS,
        (1, 2, 32 * feedforward.FRAME),
        golden=32 * feedforward.FRAME,
        output={"layout": "b s ch n"},
    ),
    "fnn-spectrogram": Form(
        "FNN on the spectrogram",
        "Piano and violin by masks of a feed-forward network that sees one frame of the spectrogram at a time: for study",
        {**mask_form(feedforward.N_FFT, feedforward.HOP, feedforward.SAMPLE_RATE, 251, align=feedforward.HOP, **_FREE), **_DUET},
        feedforward.STEMS,
        (1, 2, 251, feedforward.BINS),
        frames=(2, 3),
        golden=40 * feedforward.HOP,
        input={"layout": "b ch t f"},
        output={"layout": "b s ch t f"},
    ),
    "lstm-mask": Form(
        "LSTM mask",
        "Vocals and accompaniment by a small recurrent network at 16 kHz, after the recipe for MIR-1K (Huang 2014): for study",
        {
            **mask_form(lstm_mask.N_FFT, lstm_mask.HOP, lstm_mask.SAMPLE_RATE, 314, align=lstm_mask.HOP, **_FREE),
            "stems": {"order": list(lstm_mask.STEMS), "residual": "accompaniment"},
        },
        lstm_mask.STEMS,
        (1, 4, lstm_mask.BINS, 314),
        frames=(3, 4),
        golden=24 * lstm_mask.HOP,
        input={"name": "spec", "role": "spec", "layout": "b (ch ri) f t"},
        output={"layout": "b s ch f t"},
    ),
    "deepconvsep": Form(
        "DeepConvSep",
        "Four stems by two convolutions and a bottleneck over blocks of 30 frames, in stereo (Chandna 2017): for study",
        {
            **mask_form(deepconvsep.N_FFT, deepconvsep.HOP, 44100, deepconvsep.FRAMES, overlap=0.25),
            "stems": {"order": list(STEMS), "residual": "other"},
        },
        STEMS,
        (1, 2, deepconvsep.FRAMES, deepconvsep.BINS),
        golden=(deepconvsep.FRAMES - 1) * deepconvsep.HOP,
        input={"layout": "b ch t f"},
        output={"layout": "b s ch t f"},
    ),
    "openunmix-small": Form(
        "Open-Unmix, small",
        "Four stems by a recurrent network for each, then a multichannel Wiener filter (Stöter 2019), at an eighth of the size: for study",
        {"preset": "open-unmix", "stems": {"order": list(STEMS), "residual": "other"}},
        STEMS,
        (1, 2, open_unmix.BINS, 64),
        frames=(3, 3),
    ),
}


def export(path: Path, models: Path) -> list[Path]:
    """Writes the graphs and the golden of a checkpoint below `models`/weights and its manifest below `models`/manifests;
    returns the graphs' paths."""
    name, network = trained(path)
    form = FORMS[name]
    targets = getattr(network, "targets", None)
    graphs = [(name, form.graph(network), form.stems)] if targets is None else [
        (f"{name}-{stem}", target, (stem,)) for stem, target in targets.items()
    ]
    return write_model(name, form, graphs, models / "weights", models / "manifests")


def write_model(
    name: str, form: Form, graphs: list[tuple[str, nn.Module, tuple[str, ...]]], weights: Path, manifests: Path
) -> list[Path]:
    """Writes graphs (name, network, stems) and golden into `weights` and the manifest into `manifests`, which may be the same
    folder; returns the graphs' paths."""
    described = []
    for graph_name, graph, stems in graphs:
        if form.half:
            round_weights(graph)
        target = weights / f"{graph_name}.onnx"
        write_graph(graph.eval(), form, target)
        described.append(_graph_manifest(target, form, stems))
    manifest = {
        "schema": "unbraid-model/2",
        "id": name,
        "name": form.title,
        "description": form.description,
        **({"study": True} if form.study else {}),
        "license": form.licence,
        **form.settings,
        "graphs": described,
    }
    if form.golden:
        manifest["golden"] = [_write_golden(graphs[0][1], name, form, weights)]
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (manifests / f"{name}.json").write_text(text, encoding="utf-8")
    return [weights / entry["file"] for entry in described]


def _graph_manifest(path: Path, form: Form, stems: tuple[str, ...]) -> dict:
    data = path.read_bytes()
    entry = {
        "file": path.name,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "stems": list(stems),
    }
    if form.input:
        entry["inputs"] = [form.input]
    if form.output:
        entry["outputs"] = [form.output]
    return entry


def write_graph(network: nn.Module, form: Form, path: Path) -> None:
    """ONNX whose large weights are float16 and widened when the graph is loaded."""
    options = {}
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        options["dynamo"] = False
    names = (form.input.get("name", "input"), form.output.get("name", "output"))
    if form.frames:
        options["dynamic_axes"] = {names[0]: {form.frames[0]: "frames"}, names[1]: {form.frames[1]: "frames"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (torch.rand(form.example),),
            str(path),
            opset_version=OPSET,
            input_names=[names[0]],
            output_names=[names[1]],
            **options,
        )
    model = onnx.load(str(path))
    if form.half:
        narrow(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


@torch.no_grad()
def separate(name: str, network: nn.Module, mix: Tensor) -> Tensor:
    """What a study makes of one segment [2, n], [s, 2, n]; not of Open-Unmix, whose filter is the app's."""
    if name == "fnn-wave":
        return network(mix[None])[0]
    return masked(network, FORMS[name], mix)


@torch.no_grad()
def masked(network: nn.Module, form: Form, mix: Tensor) -> Tensor:
    """What masks make of one segment [2, n], [s, 2, n]."""
    size = form.settings["stft"]
    whole = stft(mix, size["nFft"], size["hop"])
    first, end = size.get("bins", (0, whole.shape[-2]))
    spectrum = whole[:, first:end]
    if form.input.get("role") == "spec":
        parts = torch.view_as_real(spectrum).permute(0, 3, 1, 2).reshape(1, 4, *spectrum.shape[1:])
        masks = network(parts)[0]
    else:
        masks = network(spectrum.abs().transpose(1, 2)[None])[0].transpose(2, 3)
    estimates = torch.zeros(len(masks), *whole.shape, dtype=whole.dtype)
    estimates[:, :, first:end] = masks * spectrum
    return istft(estimates, mix.shape[-1], size["nFft"], size["hop"])


def _write_golden(network: nn.Module, name: str, form: Form, folder: Path) -> dict:
    rate = form.settings["audio"]["sampleRate"]
    mix = golden_mix(form.golden, rate)
    wave = torch.from_numpy(mix)
    stems = (separate(name, network, wave) if name in FORMS else masked(network, form, wave)).numpy()
    files = {"input": f"{name}.golden-in.f32", "output": f"{name}.golden-out.f32"}
    mix.tofile(folder / files["input"])
    np.ascontiguousarray(stems, dtype=np.float32).tofile(folder / files["output"])
    return {**files, "maxAbs": 3e-5}


def golden_mix(samples: int, rate: int) -> np.ndarray:
    """Two tones with overtones, one of them with vibrato, and clicks, [2, samples]."""
    time = np.arange(samples) / rate
    phase = 2 * np.pi * (660 * time + 1.2 * np.sin(2 * np.pi * 5.5 * time))
    bowed = sum(0.1 / n * np.sin(n * phase) for n in range(1, 8))
    struck = sum(0.2 / n * np.sin(2 * np.pi * 220 * n * time) for n in range(1, 6)) * np.exp(-3 * (time % 0.5))
    clicks = np.random.default_rng(5).normal(0, 0.2, samples) * np.exp(-((time * 8) % 1) * 30)
    return np.stack([bowed + struck + clicks, 0.7 * bowed + struck + 0.4 * clicks]).astype(np.float32)
