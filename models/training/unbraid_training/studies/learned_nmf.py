"""Supervised non-negative matrix factorisation as a graph: spectra learned from examples of each source stay as they are, and
the graph fits their activations to the song (Smaragdis, Raj & Shashanka 2007; updates of Lee & Seung 2001)."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from ..audio import AudioError, decode
from ..constants import HOP, N_FFT, STEMS
from ..nmf import dictionaries, learn, magnitudes
from ..stems import AUDIO
from .export import Form, mask_form, write_model
from .feedforward import shares

ROUNDS = 30
FRAMES = 256


class LearnedNmf(nn.Module):
    """Magnitudes [1, ch, t, f] to ratio masks [1, s, ch, t, f], the same for all channels."""

    def __init__(self, spectra: list[Tensor]) -> None:
        super().__init__()
        self.sizes = [part.shape[1] for part in spectra]
        # float16 in the file: sums of 1 over 2,049 bins would leave its range.
        whole = torch.cat(spectra, dim=1).T
        self.spectra = nn.Parameter(whole / whole.amax(dim=1, keepdim=True), requires_grad=False)

    def forward(self, rows: Tensor) -> Tensor:
        channels = int(rows.shape[1])
        target = rows.mean(dim=(0, 1))
        target = target / (target.amax() + 1e-8)
        weight = self.spectra.sum(1)
        active = target.mean(dim=1, keepdim=True) * torch.ones_like(weight) + 1e-8
        for _ in range(ROUNDS):
            active = active * ((target / (active @ self.spectra + 1e-8)) @ self.spectra.T) / weight
        parts, first = [], 0
        for size in self.sizes:
            own = slice(first, first + size)
            parts.append(active[:, own] @ self.spectra[own])
            first += size
        return shares(torch.stack(parts)[None]).unsqueeze(2).expand(-1, -1, channels, -1, -1)


def examples_in(folder: Path) -> dict[str, Tensor]:
    """Magnitudes [bins, frames] of each source: a file NAME.wav, or a folder NAME of files. Raises AudioError for none."""
    found: dict[str, list[Tensor]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in AUDIO:
            name = path.stem if path.parent == folder else path.relative_to(folder).parts[0]
            found.setdefault(name, []).append(magnitudes(decode(path).copy()))
    if len(found) < 2:
        raise AudioError(f"{folder}: examples of two sources at least are needed, each a file or a folder by its name")
    return {name: torch.cat(parts, dim=1) for name, parts in found.items()}


def from_examples(folder: Path, components: int, seed: int) -> tuple[tuple[str, ...], list[Tensor]]:
    """The sources of a folder, and spectra [bins, components] of each. Raises AudioError."""
    spectra = []
    examples = examples_in(folder)
    for target in examples.values():
        loud = target.sum(0)
        frames = target[:, loud > 0.1 * loud.max()]
        spectra.append(learn(frames / frames.sum(0), components, 60, seed))
    return tuple(examples), spectra


def from_sets(folders: list[Path], components: int, seed: int) -> tuple[tuple[str, ...], list[Tensor]]:
    """The four stems of training sets, and spectra of each."""
    return STEMS, dictionaries(folders, components=components, seed=seed)


def export(
    name: str, stems: tuple[str, ...], spectra: list[Tensor], weights: Path, manifests: Path, licence: dict | None = None
) -> list[Path]:
    """Writes the graph, its manifest and a golden; returns the graph's path."""
    own = {} if licence is None else {"licence": licence}
    form = Form(
        "NMF, learned",
        f"Spectra of {', '.join(stems)} learned from examples; only their activations are fitted (supervised NMF): for study",
        {
            **mask_form(N_FFT, HOP, 44100, FRAMES, align=HOP, fixed=False),
            "stems": {"order": list(stems), "residual": stems[-1]},
        },
        stems,
        (1, 2, FRAMES, N_FFT // 2 + 1),
        frames=(2, 3),
        golden=12 * HOP,
        input={"layout": "b ch t f"},
        output={"layout": "b s ch t f"},
        **own,
    )
    return write_model(name, form, [(name, LearnedNmf(spectra), stems)], weights, manifests)
