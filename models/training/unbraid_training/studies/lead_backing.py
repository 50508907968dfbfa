"""Vocals into the lead and what is behind it: doubles, harmonies, crowds, choirs. Rendered voices know the truth.

The network is the fast one of the four stems (`RowUNet`), smaller, with the same frames and rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import voices
from ..audio import write_wav
from ..constants import SAMPLE_RATE
from ..desk import loudness, process
from ..effects import limiter_gain
from ..harmony import Score, compose
from ..instruments import Orchestra
from ..library import Library
from ..networks import FAST_ROWS
from ..networks.unet import RowUNet
from .held import Held

STEMS = ("lead", "backing")

# Backing voices against the lead, dB: seldom louder.
_BEHIND = (-14.0, 1.0)


def network() -> RowUNet:
    return RowUNet(FAST_ROWS, (12, 28, 48, 80), (0, 24, 24, 24), len(STEMS))


@dataclass
class Voices(Held):
    """Lines of song; in two thirds of the examples both parts sing the same one."""

    excerpts: int = 64

    def _example(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        out = np.zeros((len(STEMS), 2, samples), np.float32)
        together = self._held[rng.integers(self.excerpts)] if rng.random() < 0.67 else None
        last = int(self.seconds * SAMPLE_RATE) - samples
        start = int(rng.integers(last))
        for s, (stem, absent) in enumerate(zip(STEMS, (0.08, 0.15), strict=True)):
            if rng.random() < absent:
                continue
            one = together or self._held[rng.integers(self.excerpts)]
            begin = start if together else int(rng.integers(last))
            out[s] = one[stem][:, begin : begin + samples] * 10 ** (rng.uniform(-4, 4) / 20)
        if rng.random() < 0.5:
            out = out[:, ::-1].copy()
        return np.repeat(out.mean(1, keepdims=True), 2, axis=1) if rng.random() < 0.15 else out

    def excerpt(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """A line of song, both parts [2, samples], each with its own desk and room, under one limiter."""
        beat = float(rng.uniform(0.35, 0.9))
        score = compose(rng, self.seconds, beat)
        lead, backing = self._sung(rng, score)
        parts = {
            stem: process(self.orchestra, rng, "vocals", x, beat) if x.any() else x
            for stem, x in (("lead", lead), ("backing", backing))
        }
        if lead.any() and backing.any():
            gain = loudness(parts["lead"]) + rng.uniform(*_BEHIND) - loudness(parts["backing"])
            parts["backing"] = parts["backing"] * np.float32(10 ** (gain / 20))
        mix = parts["lead"] + parts["backing"]
        curve = np.float32(0.1 / (np.sqrt(np.mean(mix**2)) + 1e-6))
        curve = (curve * limiter_gain(mix * curve, 0.9)).astype(np.float32)
        return {stem: x * curve for stem, x in parts.items()}

    def _sung(self, rng: np.random.Generator, score: Score) -> tuple[np.ndarray, np.ndarray]:
        """A lead with one or two kinds of backing; a third of them as the songs of the four stems have them, at times alone."""
        sung = voices.sung_lead(self.orchestra, rng, score) if rng.random() < 0.7 else None
        if sung is None:
            return voices.vocal_parts(self.orchestra, rng, score)
        lead, singer = sung
        kinds = rng.choice(4, int(rng.choice([1, 1, 2])), replace=False)
        backing = np.zeros_like(lead)
        for kind in kinds:
            if kind < 3:
                backing += (voices.doubles, voices.harmony, voices.crowd)[kind](self.orchestra, rng, singer)
            elif self.orchestra.pitched["vocals"]:
                backing += voices.choir(self.orchestra, rng, score)
        return lead, backing


def write_voices(library: Path, out: Path, seed: int, excerpts: int = 4) -> None:
    """True parts and their sum as WAV: half a minute of voices that nothing was trained on."""
    sung = Voices(Orchestra(Library(library), held_out=True))
    rng = np.random.default_rng(seed)
    lines = [sung.excerpt(rng) for _ in range(excerpts)]
    out.mkdir(parents=True, exist_ok=True)
    stems = {stem: np.concatenate([one[stem] for one in lines], axis=1) for stem in STEMS}
    for name, wave in (*stems.items(), ("mixture", sum(stems.values()))):
        write_wav(out / f"{name}.wav", wave)
