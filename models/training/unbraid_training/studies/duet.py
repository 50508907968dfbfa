"""Duets of piano and violin without end, played with the notes of the sample library."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..audio import write_wav
from ..constants import SAMPLE_RATE
from ..harmony import arpeggio, chords, compose, melody
from ..instruments import Orchestra
from ..library import Library

PIANOS = ("BengtNilsson.HeadroomPiano/Samples", "SplendidGrandPiano/Samples")
"""Trained on."""
UNHEARD_PIANO = "Discord-SFZ-GM-Bank/001-Acoustic_Grand_Piano"
VIOLIN = "spectmorph-instruments/violin"
"""The library has one violin that spans its range: measured with other music, not with another instrument."""


@dataclass
class Duets:
    """Draws excerpts at `rate` Hz. Played phrases are kept and paired anew, since playing takes longer than training."""

    orchestra: Orchestra
    rate: int
    seconds: float = 6.0
    unheard: bool = False
    phrases: int = 60
    """Phrases of each instrument that are held; one of them is played anew for every batch."""
    _held: tuple[list[np.ndarray], list[np.ndarray]] = field(default_factory=lambda: ([], []))

    def batch(self, rng: np.random.Generator, size: int, samples: int) -> Tensor:
        """[b, (piano, violin), samples] float32, each at a random level."""
        self._refresh(rng)
        out = np.zeros((size, 2, samples), np.float32)
        for row in out:
            for part, held in zip(row, self._held):
                phrase = held[rng.integers(len(held))]
                start = rng.integers(max(1, len(phrase) - samples))
                piece = phrase[start : start + samples]
                part[: len(piece)] = piece * 10 ** (rng.uniform(-9, 3) / 20)
        return torch.from_numpy(out)

    def phrase(self, rng: np.random.Generator, instrument: int) -> np.ndarray:
        """A phrase of the piano (0) or the violin (1), [samples] at `rate`, with an RMS of 0.1."""
        score = compose(rng, self.seconds, float(rng.uniform(0.35, 0.9)))
        if instrument == 0:
            name = UNHEARD_PIANO if self.unheard else PIANOS[rng.integers(len(PIANOS))]
            notes = (chords, arpeggio)[rng.integers(2)](rng, score)
        else:
            name, notes = VIOLIN, melody(rng, score, 55, 93)
        samples = self.orchestra.pitched["other"][name]
        wave = at_rate(self.orchestra.play(rng, notes, samples, self.seconds)[0], self.rate)
        return wave * np.float32(0.1 / (np.sqrt(np.mean(wave**2)) + 1e-6))

    def _refresh(self, rng: np.random.Generator) -> None:
        for instrument, held in enumerate(self._held):
            while len(held) < self.phrases:
                held.append(self.phrase(rng, instrument))
            held[rng.integers(len(held))] = self.phrase(rng, instrument)


def write_duet(library: Path, out: Path, seed: int, phrases: int = 5) -> None:
    """True stems and their sum as WAV, on a piano that nothing was trained on: half a minute, with both players at one level."""
    duets = Duets(Orchestra(Library(library), held_out=False), SAMPLE_RATE, unheard=True)
    rng = np.random.default_rng(seed)
    piano, violin = (np.concatenate([duets.phrase(rng, part) for _ in range(phrases)]) for part in (0, 1))
    gain = np.float32(0.9 / max(0.9, float(np.abs(piano + violin).max())))
    out.mkdir(parents=True, exist_ok=True)
    for name, wave in (("piano", piano), ("violin", violin), ("mixture", piano + violin)):
        write_wav(out / f"{name}.wav", np.stack([wave, wave]) * gain)


def at_rate(wave: np.ndarray, rate: int) -> np.ndarray:
    """44.1 kHz to a lower rate by cutting the spectrum, [..., samples]; the end runs into the beginning by some samples."""
    length = round(wave.shape[-1] * rate / SAMPLE_RATE)
    spectrum = np.fft.rfft(wave)[..., : length // 2 + 1]
    return (np.fft.irfft(spectrum, length) * (length / wave.shape[-1])).astype(np.float32)
