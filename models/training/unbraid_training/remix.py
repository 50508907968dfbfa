"""Mixtures without end from a store: coherent songs and random remixes, with the field's augmentations."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

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

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)

    def example(self) -> tuple[np.ndarray, bool]:
        """Stems [s, 2, samples] float32, and whether bass and other can only be judged together."""
        rng, settings = self.rng, self.settings
        coherent = rng.random() < settings.coherent
        stems = np.zeros((len(STEMS), 2, settings.samples), np.float32)
        joint = False
        song = self._song(None)
        start, ratio = self._where(song)
        for i, stem in enumerate(STEMS):
            if not coherent:
                song = self._song(stem)
                start, ratio = self._where(song)
            if rng.random() < settings.absent:
                continue
            samples = self._read(song, stem, start, ratio)
            # Whatever bass there is would be judged against the bass hidden in this stem.
            joint = joint or (song.joint and i == OTHER and bool(np.any(samples)))
            stems[i] = self._augment(samples if coherent else _even(samples))
        return self._level(stems), joint

    def batch(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Stems [b, s, 2, samples] and the joint flags [b]."""
        examples = [self.example() for _ in range(size)]
        return np.stack([stems for stems, _ in examples]), np.array([joint for _, joint in examples])

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
            ratio = self.settings.ratio ** self.rng.uniform(-1, 1)
        room = song.frames - int(self.settings.samples * ratio) - 2
        return int(self.rng.integers(max(1, room))), ratio

    def _read(self, song: Song, stem: str, start: int, ratio: float) -> np.ndarray:
        samples = self.settings.samples
        if ratio == 1.0:
            return song.read(stem, start, samples)
        source = song.read(stem, start, int(samples * ratio) + 2)
        at = np.arange(samples) * ratio
        low = at.astype(np.int64)
        part = (at - low).astype(np.float32)
        return source[:, low] * (1 - part) + source[:, low + 1] * part

    def _augment(self, samples: np.ndarray) -> np.ndarray:
        settings = self.settings
        samples = samples * np.float32(10 ** (self.rng.uniform(*settings.gain_db) / 20))
        if self.rng.random() < settings.swap:
            samples = samples[::-1]
        if self.rng.random() < 0.5:
            samples = -samples
        return samples

    def _level(self, stems: np.ndarray) -> np.ndarray:
        """Brings the mixture to −16 dB RMS give or take, so that a loss weighs examples alike."""
        rms = float(np.sqrt(np.mean(stems.sum(0) ** 2)))
        if rms < 1e-5:
            return stems
        return stems * np.float32(10 ** (self.rng.uniform(-20, -12) / 20) / rms)


def _even(samples: np.ndarray) -> np.ndarray:
    """Stems of different songs at one loudness, that of their loud quarters of a second, so that gains alone
    decide the balance; near-silence is not pulled up by more than 20 dB."""
    block = 11025
    count = max(1, samples.shape[1] // block)
    power = (samples[:, : count * block].reshape(2, count, -1) ** 2).mean(axis=(0, 2))
    loud = float(np.sqrt(power[power >= 0.1 * power.max()].mean()))
    return samples * np.float32(min(0.1 / max(loud, 1e-9), 10.0))
