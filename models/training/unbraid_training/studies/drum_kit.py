"""Drums into the pieces of the kit: kick, snare, toms, hi-hat and cymbals. Rendered kits know the truth. Toms and cymbals are
rare in grooves and not learned well enough yet: what ships has them in one stem (`Joined`).

The network is the fast one of the four stems (`RowUNet`), smaller, on frames of half the length, since hits are short.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from .. import arrange
from ..audio import write_wav
from ..constants import SAMPLE_RATE
from ..effects import biquad, compressor_gain, equalise, limiter_gain, reverb
from ..harmony import compose
from ..instruments import Orchestra
from ..library import Library
from ..networks.unet import RowUNet
from .held import Held

STEMS = ("kick", "snare", "toms", "hihat", "cymbals")
N_FFT, HOP = 2048, 512
# The Nyquist bin is left out, as by the networks of the four stems.
BINS = N_FFT // 2
FRAMES = 256
SEGMENT = (FRAMES - 1) * HOP
GROUPS = ((1, 64), (2, 32), (4, 32), (8, 32), (16, 32))

# The library's pieces by stem; shakers, bells and the like belong to no kit that people want to part.
PIECES = {
    "kick": ("kick",),
    "snare": ("snare", "clap"),
    "toms": ("tom",),
    "hihat": ("closed-hat", "open-hat"),
    "cymbals": ("crash", "ride"),
}


def network() -> RowUNet:
    return RowUNet(GROUPS, (12, 28, 48, 80), (0, 24, 24, 24), len(STEMS))


# Stems of what ships, and the trained ones that each is made of.
JOINED = {"kick": ("kick",), "snare": ("snare",), "hihat": ("hihat",), "rest": ("toms", "cymbals")}


class Joined(nn.Module):
    """The masks of a trained network [b, 5, ch, f, t] as those of `JOINED` [b, 4, ch, f, t]; the input stays the same."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, spec: Tensor) -> Tensor:
        masks = dict(zip(STEMS, self.network(spec).unbind(1), strict=True))
        return torch.stack([sum(masks[piece] for piece in pieces[1:]) + masks[pieces[0]] for pieces in JOINED.values()], dim=1)


class Kits(Held):
    """Grooves; in two fifths of the examples all pieces are of one excerpt, in the others each comes from another one."""

    def _example(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        out = np.zeros((len(STEMS), 2, samples), np.float32)
        whole = self._held[rng.integers(self.excerpts)] if rng.random() < 0.4 else None
        last = int(self.seconds * SAMPLE_RATE) - samples
        start = int(rng.integers(last))
        for s, stem in enumerate(STEMS):
            if rng.random() < 0.06:
                continue
            if whole:
                out[s] = whole[stem][:, start : start + samples] * 10 ** (rng.uniform(-3, 3) / 20)
                continue
            # Toms and cymbals are rare and hats quiet: by themselves, they would hardly be learned.
            heard = [one[stem] for one in self._held if one[stem].any()]
            if not heard:
                continue
            begin = int(rng.integers(last))
            piece = heard[rng.integers(len(heard))][:, begin : begin + samples]
            level = np.sqrt(np.mean(piece**2)) + 1e-3
            out[s] = piece * np.float32(0.1 / level * 10 ** (rng.uniform(-12, 3) / 20))
        if rng.random() < 0.5:
            out = out[:, ::-1].copy()
        return np.repeat(out.mean(1, keepdims=True), 2, axis=1) if rng.random() < 0.2 else out

    def excerpt(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """A groove on a random kit: every stem [2, samples], in one room, behind one compressor, which all of them share
        so that they add up to what it makes of their sum."""
        source, beat = arrange.groove(self.orchestra, rng)
        score = compose(rng, self.seconds, float(np.clip(beat * rng.uniform(0.85, 1.2), 0.3, 1.1)))
        hits = arrange.liven(rng, score, arrange.drum_hits(rng, score, source))
        played = self.orchestra.drum_pieces(rng, hits, self.seconds)
        silence = np.zeros((2, int(self.seconds * SAMPLE_RATE)), np.float32)
        stems = {
            stem: sum((played[piece] for piece in pieces if piece in played), silence)
            for stem, pieces in PIECES.items()
        }
        rooms = [entry for entry in self.orchestra.impulses if "cabinet" not in entry.file]
        if rooms and rng.random() < 0.6:
            impulse = self.orchestra.library.audio(rooms[rng.integers(len(rooms))])
            length, wet = rng.uniform(0.2, 1.5), rng.uniform(0.02, 0.35)
            stems = {stem: reverb(x, impulse, wet * rng.uniform(0.5, 1.5), length) for stem, x in stems.items()}
        sections = []
        if rng.random() < 0.5:
            sections.append(biquad("low-shelf", float(rng.uniform(80, 300)), float(rng.uniform(-5, 4))))
        if rng.random() < 0.5:
            sections.append(biquad("high-shelf", float(rng.uniform(3000, 10000)), float(rng.uniform(-8, 6))))
        stems = {stem: equalise(x, sections) for stem, x in stems.items()}
        mix = sum(stems.values())
        level = np.float32(0.1 / (np.sqrt(np.mean(mix**2)) + 1e-6))
        curve = np.full(mix.shape[1], level)
        if rng.random() < 0.6:
            curve = curve * compressor_gain(
                mix * level, rng.uniform(-28, -12), rng.uniform(1.5, 8), rng.uniform(0.001, 0.03), rng.uniform(0.05, 0.4)
            )
        curve = (curve * limiter_gain(mix * curve, 0.9)).astype(np.float32)
        return {stem: x * curve for stem, x in stems.items()}


def write_kit(library: Path, out: Path, seed: int, excerpts: int = 4) -> None:
    """True stems and their sum as WAV: half a minute on drums that nothing was trained on."""
    kits = Kits(Orchestra(Library(library), held_out=True))
    rng = np.random.default_rng(seed)
    played = [kits.excerpt(rng) for _ in range(excerpts)]
    out.mkdir(parents=True, exist_ok=True)
    stems = {
        stem: np.concatenate([sum(one[piece] for piece in pieces) for one in played], axis=1) for stem, pieces in JOINED.items()
    }
    for name, wave in (*stems.items(), ("mixture", sum(stems.values()))):
        write_wav(out / f"{name}.wav", wave)

