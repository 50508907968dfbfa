"""ONNX Runtime against PyTorch on one whole segment, through the runtime the app ships."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from .export import spec_and_masks

_SCRIPT = Path(__file__).resolve().parents[1] / "verify-onnx.mjs"


def verify(checkpoint: Path, graph: Path, only: str | None = None) -> int:
    """Prints the differences of the masks in dB; 0 when RMS and largest are below -90 dB, else 1."""
    spec, masks = spec_and_masks(checkpoint, only)
    with tempfile.TemporaryDirectory() as folder:
        given, expected = Path(folder) / "spec.f32", Path(folder) / "masks.f32"
        spec.numpy().tofile(given)
        masks.numpy().tofile(expected)
        shape = ",".join(str(size) for size in spec.shape)
        command = ["node", str(_SCRIPT), str(graph.resolve()), str(given), shape, str(expected)]
        return subprocess.run(command, check=False).returncode
