"""Mixtures without end from a store: coherent songs and random remixes, with the field's augmentations.

The random numbers come from NumPy on the CPU, so a run can be resumed exactly; the sound is handled by PyTorch on
the trainer's device, where a GPU keeps the whole store in its memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from .constants import OTHER, SEGMENT, STEMS
from .store import Song, Store


@dataclass
class RemixSettings:
    """Chances and ranges of the augmentations."""

    coherent: float = 0.5
    """Chance that all stems come from one moment of one song."""
    absent: float = 0.1
    """Chance that a stem is left out."""
    gain_db: tuple[float, float] = (-9.0, 5.0)
    swap: float = 0.5
    resample: float = 0.25
    """Chance of a change of pitch and tempo, and its largest ratio."""
    ratio: float = 1.12
    song_share: float = 0.5
    """Chance that a source is a true song where the store has both songs and rendered excerpts."""
    samples: int = SEGMENT


@dataclass
class Remixer:
    """Draws training examples. Its whole state is `rng`, so a checkpoint can restore it."""

    store: Store
    seed: int
    settings: RemixSettings = field(default_factory=RemixSettings)
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self._resident: dict[tuple[str, str], Tensor] = {}

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        """Stems [b, s, 2, samples] and the joint flags [b]."""
        examples = [self.example() for _ in range(size)]
        return torch.stack([stems for stems, _ in examples]), torch.tensor([joint for _, joint in examples])

    def example(self) -> tuple[Tensor, bool]:
        """Stems [s, 2, samples] float32, and whether bass and other can only be judged together."""
        rng, settings = self.rng, self.settings
        coherent = rng.random() < settings.coherent
        stems = torch.zeros(len(STEMS), 2, settings.samples, device=self.device)
        joint = False
        song = self._song(None)
        start, ratio = self._where(song)
        for i, stem in enumerate(STEMS):
            if not coherent:
                song = self._song(stem)
                start, ratio = self._where(song)
            if rng.random() < settings.absent or stem not in song.stems:
                continue
            samples = self.read(song, stem, start, ratio)
            # Whatever bass there is would be judged against the bass hidden in this stem.
            joint = joint or (song.joint and i == OTHER)
            stems[i] = self._augment(samples if coherent else even(samples))
        return stems, joint

    def read(self, song: Song, stem: str, start: int, ratio: float) -> Tensor:
        """[2, samples] float32 from a frame on, played `ratio` times as fast."""
        samples = self.settings.samples
        if ratio == 1.0:
            return self._piece(song, stem, start, samples)
        source = self._piece(song, stem, start, int(samples * ratio) + 2)
        at = torch.arange(samples, device=self.device, dtype=torch.float64) * ratio
        low = at.long()
        part = (at - low).float()
        return source[:, low] * (1 - part) + source[:, low + 1] * part

    def _piece(self, song: Song, stem: str, start: int, frames: int) -> Tensor:
        if self.device.type == "cpu":
            return torch.from_numpy(song.read(stem, start, frames))
        key = (song.name, stem)
        if key not in self._resident:
            self._resident[key] = torch.from_numpy(np.array(song.stems[stem])).to(self.device)
        piece = self._resident[key][start : start + frames].float().T / 32768
        return torch.nn.functional.pad(piece, (0, frames - piece.shape[1]))

    def _song(self, stem: str | None) -> Song:
        fits = [song for song in self.store.songs if stem is None or stem in song.stems]
        fits = fits or self.store.songs
        true = [song for song in fits if not song.name.startswith("render")]
        made = [song for song in fits if song.name.startswith("render")]
        pool = true if true and (not made or self.rng.random() < self.settings.song_share) else made
        return pool[self.rng.integers(len(pool))]

    def _where(self, song: Song) -> tuple[int, float]:
        """A start in frames and a resampling ratio; the same for all stems of a coherent example."""
        ratio = 1.0
        if self.rng.random() < self.settings.resample:
            ratio = float(self.settings.ratio ** self.rng.uniform(-1, 1))
        room = song.frames - int(self.settings.samples * ratio) - 2
        return int(self.rng.integers(max(1, room))), ratio

    def _augment(self, samples: Tensor) -> Tensor:
        settings = self.settings
        gain = 10 ** (self.rng.uniform(*settings.gain_db) / 20)
        if self.rng.random() < 0.5:
            gain = -gain
        if self.rng.random() < settings.swap:
            samples = samples.flip(0)
        return samples * gain


def even(samples: Tensor) -> Tensor:
    """Stems of different songs at one loudness, that of their loud quarters of a second, so that gains alone
    decide the balance; near-silence is not pulled up by more than 20 dB. [2, samples] to the same."""
    block = min(11025, samples.shape[1])
    count = samples.shape[1] // block
    power = (samples[:, : count * block].reshape(2, count, -1) ** 2).mean(dim=(0, 2))
    loud = power * (power >= 0.1 * power.max())
    level = torch.sqrt(loud.sum() / (loud > 0).sum().clamp_min(1))
    return samples * torch.clamp(0.1 / (level + 1e-9), max=10.0)
