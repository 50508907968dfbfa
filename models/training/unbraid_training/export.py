"""A checkpoint as the app wants it: an ONNX graph, its manifest, and a golden input and output."""

from __future__ import annotations

import hashlib
import inspect
import json
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from . import checkpoint
from .constants import BINS, FRAMES, HOP, N_FFT, SAMPLE_RATE, SEGMENT, STEMS
from .networks import build
from .networks.specialist import Specialist
from .separate import OVERLAP, separate_segment
from .spectral import stft, to_graph

OPSET = 17

# Segments that the app separates together (see the manifest's `chain`): these nets are light.
CHAIN = 4

# A golden of 32 frames says as much as one of a whole segment, at an eighth of its size.
GOLDEN_FRAMES = 32

_LAYOUTS = {
    "softmax": ("mask-mag", "b s ch f t", "mask-magnitude"),
    "complex": ("mask-complex", "b s (ch ri) f t", "complex-spectrogram"),
}


def load_network(path: Path) -> tuple[nn.Module, dict]:
    """The averaged network of a checkpoint, ready to use, and the checkpoint."""
    state = checkpoint.load(path)
    network = build(state["settings"]["network"])
    network.load_state_dict(state["ema"])
    return network.eval(), state


def shipped(path: Path, only: str | None = None) -> tuple[nn.Module, tuple[str, ...]]:
    """The network of a checkpoint as it ships, and its stems: all of them, or `only` one and the rest, with weights of 16 bits."""
    network, _ = load_network(path)
    if only is None:
        return network, STEMS
    from .halves import fold_norms, round_weights

    network = fold_norms(network)
    round_weights(network)
    rest = "accompaniment" if only == "vocals" else f"no-{only}"
    return Specialist(network, STEMS.index(only)).eval(), (only, rest)


def export_graph(network: nn.Module, path: Path) -> None:
    """Writes spec [1, (ch ri), f, t] to masks as ONNX. Frames are free, so that goldens may be short."""
    spec = torch.randn(1, 4, BINS, FRAMES)
    options = {}
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        # The older exporter writes the plain operators that every provider of ONNX Runtime knows.
        options["dynamo"] = False
    with warnings.catch_warnings():
        # Every size but time is meant to become a constant.
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        torch.onnx.export(
            network,
            (spec,),
            str(path),
            opset_version=OPSET,
            input_names=["spec"],
            output_names=["masks"],
            dynamic_axes={"spec": {3: "frames"}, "masks": {4: "frames"}},
            **options,
        )


def golden_input(frames: int = GOLDEN_FRAMES, seed: int = 7) -> np.ndarray:
    """A bass note, a sung-like tone with vibrato, clicks and noise, [2, (frames − 1) · hop] float32."""
    length = (frames - 1) * HOP
    rng = np.random.default_rng(seed)
    time = np.arange(length) / SAMPLE_RATE
    bass = 0.2 * np.sign(np.sin(2 * np.pi * 55 * time))
    phase = 2 * np.pi * (330 * time + 1.5 * np.sin(2 * np.pi * 5.5 * time))
    voice = sum(0.12 / n * np.sin(n * phase) for n in range(1, 12))
    clicks = rng.normal(0, 0.3, length) * np.exp(-((time * 8) % 1) * 12)
    left = bass + voice + clicks
    right = bass + 0.8 * voice + 0.6 * clicks + rng.normal(0, 0.01, length)
    return (0.5 * np.stack([left, right])).astype(np.float32)


def write_golden(network: nn.Module, folder: Path, name: str) -> dict:
    """NAME.golden-in.f32 [channels][length] and NAME.golden-out.f32 [stems][channels][length]."""
    mix = golden_input()
    stems = separate_segment(network, torch.from_numpy(mix)[None])[0].numpy()
    mix.tofile(folder / f"{name}.golden-in.f32")
    np.ascontiguousarray(stems).tofile(folder / f"{name}.golden-out.f32")
    # -90 dB below full scale.
    return {"input": f"{name}.golden-in.f32", "output": f"{name}.golden-out.f32", "maxAbs": 3e-5}


def manifest(
    name: str, title: str, description: str, kind: str, graph: Path, golden: dict, stems: tuple[str, ...] = STEMS
) -> dict:
    """The model's manifest (schema unbraid-model/1); see the app's common/separation/manifest.ts."""
    data = graph.read_bytes()
    role, layout, family = _LAYOUTS[kind]
    return {
        "schema": "unbraid-model/1",
        "id": name,
        "name": title,
        "description": description,
        "kind": family,
        "license": {
            "weights": "GPL-3.0-or-later",
            "code": "GPL-3.0-or-later",
            "redistributable": True,
            "attribution": "Trained on free material; its makers are named in NOTICE and models/README.md.",
        },
        "audio": {"sampleRate": SAMPLE_RATE, "channels": 2},
        "stft": {"nFft": N_FFT, "hop": HOP, "bins": [0, BINS]},
        "segment": {"length": SEGMENT, "overlap": OVERLAP, "window": "linear-fade", "chain": CHAIN},
        "graphs": [
            {
                "file": graph.name,
                "bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "stems": list(stems),
                "inputs": [{"name": "spec", "role": "spec", "layout": "b (ch ri) f t"}],
                "outputs": [{"name": "masks", "role": role, "layout": layout}],
            }
        ],
        "stems": {"order": list(stems), "residual": stems[-1]},
        "golden": [golden],
    }


def export(path: Path, models: Path, name: str, title: str, description: str, only: str | None = None) -> Path:
    """Writes weights and goldens below `models`/weights and the manifest below `models`/manifests; returns
    the graph's path. `only` names the stem of a specialist. An empty title or description is that of the manifest
    before."""
    network, stems = shipped(path, only)
    weights = models / "weights"
    weights.mkdir(parents=True, exist_ok=True)
    (models / "manifests").mkdir(parents=True, exist_ok=True)
    graph = weights / f"{name}.onnx"
    export_graph(network, graph)
    if only is not None:
        import onnx

        from .halves import narrow

        model = onnx.load(str(graph))
        narrow(model)
        onnx.save(model, str(graph))
    golden = write_golden(network, weights, name)
    target = models / "manifests" / f"{name}.json"
    before = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    title = title or before.get("name", name)
    description = description or before.get("description", "")
    described = manifest(name, title, description, network.mask_kind, graph, golden, stems)
    target.write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return graph


def spec_and_masks(path: Path, only: str | None = None) -> tuple[Tensor, Tensor]:
    """A whole segment's spec and what PyTorch makes of it, to compare ONNX Runtime with."""
    network, _ = shipped(path, only)
    mix = torch.from_numpy(np.tile(golden_input(), (1, FRAMES // GOLDEN_FRAMES + 1))[:, :SEGMENT].copy())
    spec = to_graph(stft(mix[None]))
    with torch.no_grad():
        return spec, network(spec)
